package dev.nexthop.dsn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others chose can't turn the words around it. */
class LinesTest {
    @ParameterizedTest
    @CsvSource({
        "ab\u202Ecd@example.net, ab?cd@example.net",
        "\u2066a\u2069\u200E\u200F\u061C, ?a????",
        "שלום@example.net, שלום@example.net",
        "\uD83D\uDE00x, \uD83D\uDE00x"
    })
    void marksOfDirectionAreShown(String from, String to) {
        assertThat(Lines.still(from)).isEqualTo(to);
    }
}
