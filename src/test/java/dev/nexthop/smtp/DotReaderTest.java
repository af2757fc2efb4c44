package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5321 §4.1.1.4, §4.5.2 and §2.3.8: where a message ends, and where it does not. */
final class DotReaderTest {
    private static String real(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'.\\r\\n', '', ''",
        "'a\\r\\n.\\r\\n', 'a\\r\\n', ''",
        "'a\\r\\n.\\r\\nQUIT\\r\\n', 'a\\r\\n', 'QUIT\\r\\n'",
        "'..\\r\\n.\\r\\n', '.\\r\\n', ''",
        "'.a\\r\\n.\\r\\n', 'a\\r\\n', ''",
        "'...\\r\\n.\\r\\n', '..\\r\\n', ''",
        "'a.\\r\\n.\\r\\n', 'a.\\r\\n', ''",
        "'\\r\\n\\r\\n.\\r\\n', '\\r\\n\\r\\n', ''",
        "'. \\r\\n.\\r\\n', ' \\r\\n', ''",
    })
    void takesDotsOutAndStopsAtTheLastOne(String input, String content, String rest) throws IOException {
        InputBuffer buffer =
                new InputBuffer(new ByteArrayInputStream(real(input).getBytes(StandardCharsets.ISO_8859_1)));
        DotReader reader = new DotReader(buffer, LineEnds.REFUSE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reader.read(out::write);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo(real(content));
        assertThat(reader.bareCr() || reader.bareLf()).isFalse();
        assertThat(buffer.buffered()).isEqualTo(real(rest).length());
    }

    /** SMTP smuggling: each of these ends a message at some host, and at none that follows RFC 5321 §4.1.1.4. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'\\n.\\n', false, true",
        "'\\n.\\r\\n', false, true",
        "'\\r\\n.\\n', false, true",
        "'\\r.\\r', true, false",
        "'\\r\\n.\\r', true, false",
        "'\\r.\\r\\n', true, false",
        "'\\r.\\n', true, true",
        "'\\n.\\r', true, true",
        "'\\r\\r\\n.\\r\\r\\n', true, false",
        "'\\n\\n.\\r\\n', false, true",
        "'\\r\\n.\\r\\r\\n', true, false",
        "'\\n\\r.\\n\\r', true, true",
    })
    void nothingElseEndsAMessage(String sequence, boolean cr, boolean lf) throws IOException {
        String smuggled = "one" + real(sequence) + "MAIL FROM:<evil@example.org>\r\n.\r\n";
        InputBuffer buffer = new InputBuffer(new ByteArrayInputStream(smuggled.getBytes(StandardCharsets.ISO_8859_1)));
        DotReader reader = new DotReader(buffer, LineEnds.REFUSE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reader.read(out::write);
        assertThat(buffer.buffered())
                .as("nothing is left to be taken for a command")
                .isZero();
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).contains("MAIL FROM:<evil@example.org>");
        assertThat(reader.bareCr()).isEqualTo(cr);
        assertThat(reader.bareLf()).isEqualTo(lf);
    }

    @Test
    void normalisedContentHasNoBareEndsLeft() throws IOException {
        byte[] input = "a\nb\rc\r\r\n.\nd\r\n.\r\n".getBytes(StandardCharsets.ISO_8859_1);
        DotReader reader = new DotReader(new InputBuffer(new ByteArrayInputStream(input)), LineEnds.NORMALISE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reader.read(out::write);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("a\r\nb\r\nc\r\n\r\n\r\nd\r\n");
    }

    @Test
    void agreesWithThePlainReaderOnRandomInput() throws IOException {
        Random random = new Random(20261122);
        byte[] alphabet = {'.', '.', '\r', '\r', '\n', '\n', 'a', ' ', (byte) 0xC3, 0, 13, 10, 14, 127};
        for (int round = 0; round < 20_000; round++) {
            byte[] input = new byte[random.nextInt(60)];
            for (int i = 0; i < input.length; i++) {
                input[i] = alphabet[random.nextInt(alphabet.length)];
            }
            byte[] ended = java.util.Arrays.copyOf(input, input.length + 5);
            System.arraycopy("\r\n.\r\n".getBytes(StandardCharsets.ISO_8859_1), 0, ended, input.length, 5);
            LineEnds ends = random.nextBoolean() ? LineEnds.REFUSE : LineEnds.NORMALISE;
            DotReaderCheck.same(random.nextInt(4) == 0 ? input : ended, ends, random, 1 + random.nextInt(12));
        }
    }

    @Test
    void agreesWithThePlainReaderOnLargeMessages() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 30; round++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < 150_000) {
                text.append(random.nextInt(5) == 0 ? ".." : "x")
                        .append("y".repeat(random.nextInt(200)))
                        .append(random.nextInt(50) == 0 ? "\u00e9" : "")
                        .append("\r\n");
            }
            byte[] input = text.append(".\r\nQUIT\r\n").toString().getBytes(StandardCharsets.UTF_8);
            DotReaderCheck.same(input, LineEnds.REFUSE, random, 1 + random.nextInt(40_000));
        }
    }

    @Test
    void theBufferShrinksBehindALargeMessage() throws IOException {
        byte[] input = ("z".repeat(500) + "\r\n").repeat(400).concat(".\r\n").getBytes(StandardCharsets.ISO_8859_1);
        InputBuffer buffer = new InputBuffer(new ByteArrayInputStream(input));
        int[] widest = {0};
        new DotReader(buffer, LineEnds.REFUSE)
                .read((bytes, offset, length) -> widest[0] = Math.max(widest[0], bytes.length));
        assertThat(widest[0]).isEqualTo(InputBuffer.WIDE);
        assertThat(buffer.bytes).hasSize(InputBuffer.INITIAL);
    }
}
