package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.sts.InvalidPolicyException;
import dev.nexthop.sts.PolicyFile;
import dev.nexthop.sts.StsRecord;
import dev.nexthop.tls.StsPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code tls sts-policy} prints is what others read (RFC 8461 §3). */
class StsPolicyCommandTest {
    private final CommandRun command = new CommandRun();

    private int run(String words) {
        return command.alone(("tls sts-policy " + words).strip().split(" "));
    }

    @Test
    void itSaysWhatToPublishWhere() {
        assertThat(run("--domain Example.ORG --mx mx1.example.org --mx *.mx.example.net --mode enforce --id 7a"))
                .isZero();
        assertThat(command.out).hasToString("""
                1. First let a web server answer https://mta-sts.example.org/.well-known/mta-sts.txt with this, as text/plain,
                   without a redirect, with a certificate for mta-sts.example.org that others can verify:

                version: STSv1
                mode: enforce
                mx: mx1.example.org
                mx: *.mx.example.net
                max_age: 604800

                2. Then publish this in the zone of example.org, with another id whenever the policy is another:

                _mta-sts.example.org. 3600 IN TXT "v=STSv1; id=7a;"
                """);
    }

    @Test
    void programsGetWhatTheyCanServe() throws InvalidPolicyException {
        assertThat(run("--domain b\u00fccher.example --mx mx.b\u00fccher.example,mx2.example --max-age 1d --json"))
                .isZero();
        JsonNode json = JsonMapper.shared().readTree(command.out.toString());
        assertThat(json.path("url").asString())
                .isEqualTo("https://mta-sts.xn--bcher-kva.example/.well-known/mta-sts.txt");
        assertThat(json.path("txt").path("name").asString()).isEqualTo("_mta-sts.xn--bcher-kva.example.");
        assertThat(StsRecord.read(List.of(json.path("txt").path("value").asString())))
                .isInstanceOf(StsRecord.Found.class);
        assertThat(PolicyFile.parse(json.path("policy").asString().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new PolicyFile(
                        StsPolicy.Mode.TESTING,
                        List.of("mx.xn--bcher-kva.example", "mx2.example"),
                        Duration.ofDays(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "--domain example.org, --mx is missing",
        "--mx mx.example.org, --domain",
        "--domain [192.0.2.1] --mx mx.example.org, --domain: '[192.0.2.1]' is not a host name",
        "--domain example.org --mx m*.example.org, --mx: 'm*.example.org' is not a host name",
        "--domain example.org --mx *.*.example.org, is not a host name",
        "--domain example.org --mx mx.example.org --max-age 366d, --max-age: '366d'",
        "--domain example.org --mx mx.example.org --max-age soon, --max-age: 'soon'",
        "--domain example.org --mx mx.example.org --id a-b, --id: 'a-b'",
        "--domain example.org --mx mx.example.org --mode report, --mode"
    })
    void whatCanNotBePublishedIsRefused(String words, String why) {
        assertThat(run(words)).isEqualTo(2);
        assertThat(command.err.toString()).contains(why);
        assertThat(command.out).asString().isEmpty();
    }

    @Test
    void modeNoneNeedsNoHost() {
        assertThat(run("--domain example.org --mode none --max-age 1d")).isZero();
        assertThat(command.out.toString()).contains("mode: none").doesNotContain("mx:");
    }
}
