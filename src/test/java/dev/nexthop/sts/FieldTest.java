package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of strangers, which must cost no more time than they are long. */
class FieldTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"a:b|a|b", "a: \t b c \t|a|b c", "a:b:c|a|b:c", "a:\u0085\u00e9|a|\u0085\u00e9"})
    void aLineIsAKeyAndAValue(String line, String key, String value) {
        assertThat(Field.of(line, 32, Field::alphanumeric)).contains(new Field(key, value));
    }

    @Test
    void aValueMayBeEmpty() {
        assertThat(Field.of("a:", 32, Field::alphanumeric)).contains(new Field("a", ""));
        assertThat(Field.of("a: \t", 32, Field::alphanumeric)).contains(new Field("a", ""));
    }

    @Test
    void whatIsNoFieldIsNone() {
        for (String line :
                List.of("", "a", ":b", "a :b", " a:b", "aaaaa:b", "a:b\rc", "a:\u0000", "a:b\u007f", "a\r:b")) {
            assertThat(Field.of(line, 4, Field::alphanumeric)).as(line).isEmpty();
        }
    }

    /** A thread without a carrier to itself that does nothing but match a pattern stops all others. */
    @Test
    void blanksCostNoTime() {
        String blanks = " ".repeat(60 * 1024);
        for (String end : List.of("\u0085", "\rx", "\u2028")) {
            byte[] policy = ("version: STSv1\na:" + blanks + end).getBytes(StandardCharsets.UTF_8);
            assertTimeoutPreemptively(
                    SOON,
                    () -> assertThatThrownBy(() -> PolicyFile.parse(policy))
                            .isInstanceOf(InvalidPolicyException.class));
            byte[] answer = ("HTTP/1.1 200 OK\r\na:" + " ".repeat(15 * 1024) + end + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            assertTimeoutPreemptively(
                    SOON,
                    () -> assertThatThrownBy(() -> HttpAnswer.read(new ByteArrayInputStream(answer), 100))
                            .isInstanceOf(IOException.class));
        }
        byte[] longer = ("HTTP/1.1 200 OK\r\na:" + " ".repeat(64 * 1024) + "\rx").getBytes(StandardCharsets.ISO_8859_1);
        assertTimeoutPreemptively(
                SOON,
                () -> assertThatThrownBy(() -> HttpAnswer.read(new ByteArrayInputStream(longer), 100))
                        .hasMessageContaining("longer than 16384"));
    }
}
