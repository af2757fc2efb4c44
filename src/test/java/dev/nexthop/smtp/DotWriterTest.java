package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotWriterTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                     | .\\r\\n
            a                      | a\\r\\n.\\r\\n
            a\\r\\n                | a\\r\\n.\\r\\n
            .                      | ..\\r\\n.\\r\\n
            .\\r\\n                | ..\\r\\n.\\r\\n
            a\\r\\n.b\\r\\n..c     | a\\r\\n..b\\r\\n...c\\r\\n.\\r\\n
            a.b\\r\\n              | a.b\\r\\n.\\r\\n
            a\\n.\\nb\\r\\n        | a\\r\\n..\\r\\nb\\r\\n.\\r\\n
            a\\r.\\rb              | a\\r\\n..\\r\\nb\\r\\n.\\r\\n
            a\\r                   | a\\r\\n.\\r\\n
            a\\r\\r\\n             | a\\r\\n\\r\\n.\\r\\n
            a\\r\\n\\r\\n          | a\\r\\n\\r\\n.\\r\\n
            a\\r\\n.\\r\\nMAIL     | a\\r\\n..\\r\\nMAIL\\r\\n.\\r\\n
            a\\n.\\r\\nMAIL        | a\\r\\n..\\r\\nMAIL\\r\\n.\\r\\n
            a\\r\\n.\\nMAIL        | a\\r\\n..\\r\\nMAIL\\r\\n.\\r\\n
            a\\r.\\r\\nMAIL        | a\\r\\n..\\r\\nMAIL\\r\\n.\\r\\n
            """)
    void dotsAreDoubledAndLineEndsAreWhole(String content, String wire) throws IOException {
        byte[] bytes = content.strip().translateEscapes().getBytes(StandardCharsets.ISO_8859_1);
        String expected = wire.strip().translateEscapes();
        assertThat(written(bytes, bytes.length + 1)).isEqualTo(expected);
        assertThat(written(bytes, 1)).as("octet by octet").isEqualTo(expected);
    }

    @Test
    void anySplitOfAnyContentGivesWhatTheSlowWayGives() throws IOException {
        Random random = new Random(42);
        byte[] alphabet = {'.', '\r', '\n', 'a', '.', '\r', '\n', (byte) 0x80};
        for (int round = 0; round < 20_000; round++) {
            byte[] content = new byte[random.nextInt(24)];
            for (int i = 0; i < content.length; i++) {
                content[i] = alphabet[random.nextInt(alphabet.length)];
            }
            check(content, 1 + random.nextInt(8));
        }
    }

    /** Compares with a writer that any reader can check, and looks for an end inside the content. */
    static void check(byte[] content, int piece) throws IOException {
        String wire = written(content, piece);
        assertThat(wire).isEqualTo(slow(content));
        assertThat(wire).endsWith(".\r\n");
        String body = wire.substring(0, wire.length() - 3);
        assertThat("\r\n" + body).doesNotContain("\r\n.\r", "\r\n.\n", "\n.\r\n", "\r.\r");
        assertThat(body.replace("\r\n", "")).doesNotContain("\r", "\n");
    }

    private static String slow(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        StringBuilder wire = new StringBuilder();
        if (!lines.isEmpty()) {
            String whole = lines.endsWith("\n") ? lines : lines + "\n";
            for (String line : whole.substring(0, whole.length() - 1).split("\n", -1)) {
                wire.append(line.startsWith(".") ? "." : "").append(line).append("\r\n");
            }
        }
        return wire.append(".\r\n").toString();
    }

    private static String written(byte[] content, int piece) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DotWriter writer = new DotWriter(out);
        for (int from = 0; from < content.length; from += piece) {
            writer.write(content, from, Math.min(piece, content.length - from));
        }
        writer.finish();
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
