package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsciiTest {
    @ParameterizedTest
    @CsvSource({
        "'', true, true",
        "mail.example.org, true, true",
        "'~!', true, true",
        "a b, true, false",
        "'a\t', true, false",
        "'\u007f', true, false",
        "'\u0000', true, false",
        "'\u0080', false, false",
        "b\u00fccher, false, false",
        "'\ud83d\ude00', false, false",
    })
    void knowsItsCharacters(String text, boolean only, boolean visible) {
        assertThat(Ascii.only(text)).isEqualTo(only);
        assertThat(Ascii.visible(text)).isEqualTo(visible);
    }
}
