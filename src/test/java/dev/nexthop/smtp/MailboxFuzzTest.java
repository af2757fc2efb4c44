package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** A text is refused with a sentence, or it is a mailbox that reads back as itself. */
final class MailboxFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void aMailboxReadsBack(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        Mailbox mailbox;
        try {
            mailbox = Mailbox.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        assertThat(mailbox.localPart().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(64);
        assertThat(Mailbox.parse(mailbox.toString())).isEqualTo(mailbox);
    }
}
