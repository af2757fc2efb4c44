package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5321 §2.3.8: only CRLF ends a line. */
final class LineReaderTest {
    static List<String> read(byte[] input, int most, Random random, int pieces) throws IOException {
        LineReader reader = new LineReader(new InputBuffer(new Trickle(input, random, pieces)));
        List<String> found = new ArrayList<>();
        while (true) {
            LineKind kind = reader.next(most);
            String text = kind == LineKind.WHOLE
                    ? "|" + new String(reader.bytes(), reader.offset(), reader.length(), StandardCharsets.ISO_8859_1)
                    : "";
            found.add(kind + text);
            if (kind == LineKind.END) {
                return found;
            }
        }
    }

    /** The rule, without a buffer: cut at CRLF, look at each piece. */
    static List<String> plain(byte[] input, int most) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        List<String> found = new ArrayList<>();
        int at = 0;
        for (int end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n", at)) {
            String line = text.substring(at, end);
            at = end + 2;
            if (line.length() > most) {
                found.add("TOO_LONG");
            } else if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
                found.add("BROKEN");
            } else {
                found.add("WHOLE|" + line);
            }
        }
        if (text.substring(at).endsWith("\n")) {
            found.add("BARE_LF");
        }
        found.add("END");
        return found;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'QUIT~', 'WHOLE|QUIT,END'",
        "'~', 'WHOLE|,END'",
        "'QUIT', 'END'",
        "'A~B~', 'WHOLE|A,WHOLE|B,END'",
        "'A#B~C~', 'BROKEN,WHOLE|C,END'",
        "'A^B~C~', 'BROKEN,WHOLE|C,END'",
        "'A^~C~', 'BROKEN,WHOLE|C,END'",
        "'#~C~', 'BROKEN,WHOLE|C,END'",
        "'QUIT#', 'BARE_LF,END'",
        "'12345678~', 'WHOLE|12345678,END'",
        "'123456789~B~', 'TOO_LONG,WHOLE|B,END'",
        "'1234567890123456789012345678901234567890~B~', 'TOO_LONG,WHOLE|B,END'",
        "'123456789#0~B~', 'TOO_LONG,WHOLE|B,END'",
    })
    void table(String input, String expected) throws IOException {
        byte[] bytes =
                input.replace("~", "\r\n").replace('#', '\n').replace('^', '\r').getBytes(StandardCharsets.ISO_8859_1);
        for (int pieces : new int[] {1, 2, 3, 1000}) {
            assertThat(String.join(",", read(bytes, 8, new Random(1), pieces))).isEqualTo(expected);
        }
    }

    @Test
    void agreesWithThePlainRuleOnRandomInput() throws IOException {
        Random random = new Random(4);
        byte[] alphabet = {'\r', '\n', '\r', '\n', 'a', 'b', 0, (byte) 200};
        for (int round = 0; round < 20_000; round++) {
            byte[] input = new byte[random.nextInt(40)];
            for (int i = 0; i < input.length; i++) {
                input[i] = alphabet[random.nextInt(alphabet.length)];
            }
            int most = 1 + random.nextInt(12);
            assertThat(read(input, most, random, 1 + random.nextInt(9))).isEqualTo(plain(input, most));
        }
    }

    @Test
    void aLongLineFitsWhenItMay() throws IOException {
        byte[] input = ("AUTH PLAIN " + "A".repeat(12_000) + "\r\nQUIT\r\n").getBytes(StandardCharsets.ISO_8859_1);
        List<String> found = read(input, 12_288, new Random(2), 1500);
        assertThat(found.getFirst()).hasSize("WHOLE|AUTH PLAIN ".length() + 12_000);
        assertThat(found.subList(1, 3)).containsExactly("WHOLE|QUIT", "END");
    }

    @Test
    void anEndlessLineIsGivenUpWithinBoundedMemory() {
        byte[] input = new byte[LineReader.ENDLESS * 2];
        java.util.Arrays.fill(input, (byte) 'x');
        InputBuffer buffer = new InputBuffer(new ByteArrayInputStream(input));
        LineReader reader = new LineReader(buffer);
        assertThatThrownBy(() -> reader.next(512))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no end");
        assertThat(buffer.bytes).hasSize(InputBuffer.KEPT);
    }
}
