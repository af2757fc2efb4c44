package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8461 §3.3, the side of the policy host. */
class PublishedPolicyTest {
    private static final PublishedPolicy POLICY = new PublishedPolicy(Optional.of("version: STSv1\r\n"));

    @ParameterizedTest
    @CsvSource({
        "mta-sts.example.org, 200",
        "MTA-STS.Example.ORG, 200",
        "example.org, 404",
        "mta-sts.example.com, 404",
        "mta-sts., 404",
        "www.mta-sts.example.org, 404",
        "127.0.0.1, 404",
        "mta-sts.broken.example, 503"
    })
    void itIsServedUnderTheNamesOfPolicyHosts(String host, int status) {
        Answer answer = POLICY.answer(host, new OneDomain());
        assertThat(answer.status()).isEqualTo(status);
        if (status == 200) {
            assertThat(answer.type()).startsWith("text/plain");
            assertThat(new String(answer.content(), StandardCharsets.UTF_8)).isEqualTo("version: STSv1\r\n");
        }
    }

    @Test
    void withoutConfigurationThereIsNone() {
        assertThat(new PublishedPolicy(Optional.empty())
                        .answer("mta-sts.example.org", new OneDomain())
                        .status())
                .isEqualTo(404);
    }
}
