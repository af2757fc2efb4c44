package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nexthop.tls.StsPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Whatever a policy host sends is a policy within its bounds, which reads back as itself, or is refused with a sentence. */
final class PolicyFileFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyOctetsAreAPolicyOrRefused(byte[] octets) {
        try {
            PolicyFile file = PolicyFile.parse(octets);
            assertThat(file.maxAge()).isBetween(Duration.ZERO, PolicyFile.MAX_AGE);
            assertThat(file.patterns()).allMatch(PolicyFile::isPattern);
            assertThat(!file.patterns().isEmpty() || file.mode() == StsPolicy.Mode.NONE)
                    .isTrue();
            assertThat(PolicyFile.parse(file.text().getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(file);
        } catch (InvalidPolicyException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\n", "\r");
        }
    }

    @FuzzTest(maxDuration = "10s")
    void anyOctetsAreAResponseOrRefused(byte[] octets) {
        try {
            HttpAnswer answer = HttpAnswer.read(new ByteArrayInputStream(octets), 100);
            assertThat(answer.body()).hasSizeLessThanOrEqualTo(100);
            assertThat(answer.status()).isBetween(200, 999);
        } catch (IOException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\n", "\r");
        }
    }
}
