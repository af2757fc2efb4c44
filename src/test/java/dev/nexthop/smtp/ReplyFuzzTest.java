package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class ReplyFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void whateverAServerSendsIsAPrintableReplyOrRefused(byte[] wire) {
        ReplyReader reader = new ReplyReader(new ByteArrayInputStream(wire));
        try {
            while (true) {
                Reply reply = reader.read();
                assertThat(reply.lines().size()).isBetween(1, ReplyReader.MAX_LINES);
                assertThat(reply.toString().chars().noneMatch(Character::isISOControl))
                        .isTrue();
            }
        } catch (IOException e) {
            assertThat(String.valueOf(e.getMessage()).chars().noneMatch(Character::isISOControl))
                    .isTrue();
        }
    }

    @FuzzTest(maxDuration = "10s")
    void noContentEndsEarly(byte[] content) throws IOException {
        DotWriterTest.check(content, 1 + Math.floorMod(java.util.Arrays.hashCode(content), 9));
    }
}
