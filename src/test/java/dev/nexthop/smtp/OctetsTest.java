package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OctetsTest {
    private static final byte[] RARE = {
        '\r', '\n', '\t', 0, 13 + 1, 127, (byte) 0x80, (byte) 0x8D, (byte) 0x8A, (byte) 0xFF
    };

    /** Content with a rare octet here and there. */
    private static byte[] content(Random random) {
        byte[] content = new byte[random.nextInt(64)];
        int every = 1 + random.nextInt(40);
        for (int i = 0; i < content.length; i++) {
            content[i] = random.nextInt(every) == 0 ? RARE[random.nextInt(RARE.length)] : (byte) 'x';
        }
        return content;
    }

    @Test
    void findWhatTheSlowWayFinds() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] content = content(random);
            int from = random.nextInt(content.length + 1);
            int end = from + random.nextInt(content.length - from + 1);
            int lineEnd = from;
            while (lineEnd < end && content[lineEnd] != '\r' && content[lineEnd] != '\n') {
                lineEnd++;
            }
            boolean ascii = true;
            for (int i = from; i < end; i++) {
                ascii &= content[i] >= 0;
            }
            assertThat(Octets.lineEnd(content, from, end)).isEqualTo(lineEnd);
            assertThat(Octets.ascii(content, from, end)).isEqualTo(ascii);
        }
    }
}
