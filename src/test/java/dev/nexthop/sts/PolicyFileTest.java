package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.StsPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8461 §3.2. */
class PolicyFileTest {
    private static final String GOOD = """
            version: STSv1
            mode: enforce
            mx: mail.example.com
            mx: *.example.net
            max_age: 604800
            """;

    private static PolicyFile parse(String text) throws InvalidPolicyException {
        return PolicyFile.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theExampleOfTheStandardIsRead() throws InvalidPolicyException {
        PolicyFile file = new PolicyFile(
                StsPolicy.Mode.ENFORCE, List.of("mail.example.com", "*.example.net"), Duration.ofDays(7));
        assertThat(parse(GOOD)).isEqualTo(file);
        assertThat(parse(GOOD.replace("\n", "\r\n"))).isEqualTo(file);
        assertThat(parse(GOOD.stripTrailing())).isEqualTo(file);
        assertThat(parse(GOOD.replace(": ", ":\t  "))).isEqualTo(file);
        assertThat(parse(GOOD.replace("\n", "  \n"))).isEqualTo(file);
        assertThat(parse(GOOD.replace("\n", "\n\n"))).isEqualTo(file);
        assertThat(parse(GOOD + "x-new.key_1: \u00fcberraschung: ja\nmode: none\nmax_age: none\nversion: 2\n"))
                .isEqualTo(file);
        assertThat(parse(file.text())).isEqualTo(file);
    }

    @Test
    void moreHostsThanAnybodyHasAreNoPolicy() throws InvalidPolicyException {
        String hosts = "mx: mx.example.com\n".repeat(PolicyFile.MOST_PATTERNS - 1);
        assertThat(parse(GOOD.replace("mx: *.example.net\n", "") + hosts).patterns())
                .hasSize(PolicyFile.MOST_PATTERNS);
        assertThatThrownBy(() -> parse(GOOD + hosts))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("is one mx more than 500");
    }

    @ParameterizedTest
    @CsvSource({
        "version: STSv1,   version: stsv1, version that is not STSv1",
        "version: STSv1,   VERSION: STSv1, no version",
        "mode: enforce,    mode: Enforce,  none of enforce",
        "mode: enforce,    mode enforce,   line 2 of the policy is not of the form",
        "mode: enforce,    mode:,          none of enforce",
        "max_age: 604800,  max_age: 1d,    not a number",
        "max_age: 604800,  max_age: 12345678901, not a number",
        "max_age: 604800,  max_age: -1,    not a number",
        "mx: mail.example.com, mx: mail.example.com., neither a host name",
        "mx: mail.example.com, mx: *.,     neither a host name",
        "mx: mail.example.com, mx: *,      neither a host name",
        "mx: mail.example.com, mx: *.*.com, neither a host name",
        "mx: mail.example.com, mx: .example.com, neither a host name",
        "mx: mail.example.com, mx: a_b.example.com, neither a host name",
        "mx: mail.example.com, mx: -a.example.com, neither a host name",
        "mx: mail.example.com, mx: m*.example.com, neither a host name",
        "mx: mail.example.com, mx: [192.0.2.1], neither a host name"
    })
    void whatIsNoPolicyIsRefusedWithItsLine(String from, String to, String why) {
        assertThatThrownBy(() -> parse(GOOD.replace(from, to)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining(why);
    }

    @Test
    void agesAreBounded() throws InvalidPolicyException {
        assertThat(parse(GOOD.replace("604800", "0")).maxAge()).isEqualTo(Duration.ZERO);
        assertThat(parse(GOOD.replace("604800", "31557600")).maxAge()).isEqualTo(PolicyFile.MAX_AGE);
        assertThat(parse(GOOD.replace("604800", "9999999999")).maxAge()).isEqualTo(PolicyFile.MAX_AGE);
    }

    @Test
    void onlyModeNoneNeedsNoHosts() throws InvalidPolicyException {
        String bare = "version: STSv1\nmode: none\nmax_age: 86400\n";
        assertThat(parse(bare).patterns()).isEmpty();
        assertThatThrownBy(() -> parse(bare.replace("none", "testing"))).hasMessage("the policy has no mx");
    }

    @Test
    void octetsThatAreNoTextAreRefused() {
        byte[] latin = (GOOD + "x: \u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> PolicyFile.parse(latin)).hasMessage("the policy is not UTF-8");
        assertThatThrownBy(() -> parse(GOOD + "x: a\u0000b\n")).hasMessageContaining("line 6");
        assertThatThrownBy(() -> parse(GOOD + "x: y\n".repeat(14_000))).hasMessageContaining("longer than 65536");
    }

    @ParameterizedTest
    @CsvSource({
        "mail.example.com, mail.example.com, true",
        "mail.example.com, mail2.example.com, false",
        "mail.example.com, a.mail.example.com, false",
        "*.example.com,    mail.example.com, true",
        "*.example.com,    a.mail.example.com, false",
        "*.example.com,    example.com, false",
        "*.example.com,    mailexample.com, false",
        "*.xn--bcher-kva.example, mx.xn--bcher-kva.example, true"
    })
    void aWildcardIsOneLabel(String pattern, String host, boolean named) throws InvalidPolicyException {
        PolicyFile file =
                parse("version: STSv1\nmode: enforce\nmax_age: 1\nmx: " + pattern.toUpperCase(Locale.ROOT) + "\n");
        StsPolicy policy = new StsPolicy(new Domain("example.org"), "a", file.mode(), file.patterns(), file.maxAge());
        assertThat(policy.names(host)).isEqualTo(named);
    }
}
