package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.sts.PolicyFile;
import dev.nexthop.tls.StsPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The MTA-STS policy that HTTP listeners serve. */
class ServedPolicyTest {
    private static final String LISTENER = """
            [server.listener.api]
            bind = "127.0.0.1:8080"
            protocol = "http"
            """;

    @Test
    void aPolicyIsServedWhenItIsConfigured() {
        assertThat(Load.ok(LISTENER).inbound().policy()).isEmpty();
        assertThat(Load.ok(LISTENER + """
                        [session.mta-sts]
                        mode = "enforce"
                        mx = ["MX.example.org", "*.example.net"]
                        """).inbound().policy())
                .contains(new PolicyFile(
                        StsPolicy.Mode.ENFORCE, List.of("mx.example.org", "*.example.net"), Duration.ofDays(7)));
        assertThat(Load.ok(LISTENER + """
                        [session.mta-sts]
                        mode = "none"
                        max-age = "1d"
                        """).inbound().policy())
                .contains(new PolicyFile(StsPolicy.Mode.NONE, List.of(), Duration.ofDays(1)));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            # line,                                                                  problem
            session.mta-sts = { mode = "testing" },                                  NH007 1:29
            session.mta-sts = { mode = "report" },                                   NH007 1:29
            session.mta-sts.mx = ["m*.example.org"],                                 NH007 1:24
            session.mta-sts.mx = "b\u00fccher.example",                              NH007 1:23
            session.mta-sts.max-age = "366d",                                        NH007 1:28
            session.mta-sts.max-age = "1500ms",                                      NH007 1:28
            """)
    void whatCanNotBeServedIsSaidWhereItIs(String line, String problem) {
        assertThat(Load.codes(line + "\n")).contains(problem);
    }

    @Test
    void whoServesAPolicyHasAListenerForIt() {
        String policy = "session.mta-sts = { mode = \"testing\", mx = [\"mx.example.org\"] }\n";
        assertThat(Load.codes(policy)).contains("NH007 1:29");
        assertThat(Load.codes(policy + LISTENER)).noneMatch(code -> code.startsWith("NH007"));
    }
}
