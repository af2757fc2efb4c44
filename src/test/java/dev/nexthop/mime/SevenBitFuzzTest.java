package dev.nexthop.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nexthop.mail.MessageBody;
import java.io.IOException;

/** Any message has a seven-bit form of the size that it says, or is refused with a phrase. */
final class SevenBitFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void aMessageBecomesSevenBitOrIsRefused(byte[] message) throws IOException {
        MessageBody body;
        try {
            body = SevenBit.of(MessageBody.of(message), SevenBit.Policy.ALWAYS);
        } catch (UnconvertibleException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        byte[] all = body.open().readAllBytes();
        assertThat((long) all.length).isEqualTo(body.size());
        assertThat(MessageBody.of(all).eightBit()).isFalse();
    }
}
