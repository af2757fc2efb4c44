package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.Survey;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Step;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.tls.DanePlan;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TlsPolicy;
import dev.nexthop.tls.TlsVerdict;
import dev.nexthop.tls.TlsaSet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code explain --live} shows of a survey. */
class LiveTextTest {
    private static final TlsaRecord GOOD = new TlsaRecord(3, 1, 1, "0a".repeat(32));
    private static final TlsaRecord USELESS = new TlsaRecord(1, 1, 1, "0b".repeat(32));
    private static final TlsaSet SET = new TlsaSet(List.of(GOOD), "mx1.example.org", List.of("mx1.example.org"));

    private static String shown(Survey.View view) {
        StringWriter text = new StringWriter();
        new LiveText(new PrintWriter(text), Palette.of(Palette.When.NEVER)).print(LiveJson.of(view));
        return text.toString();
    }

    private static Diagnosis trouble(int category, ErrorKind error, String reason) {
        return Diagnosis.local(new EnhancedStatus(category, 7, 5), error, reason, Step.TLS);
    }

    private static AddressAnswer address(Optional<String> alias, Security security) {
        return new AddressAnswer.Addresses(
                List.of((Inet4Address) InetAddress.ofLiteral("192.0.2.1")),
                List.of(),
                alias,
                new AddressAnswer.Trust(security, security));
    }

    @Test
    void aWayUnderDaneAndOneThatIsShut() {
        StsPolicy policy = new StsPolicy(
                new Domain("example.org"),
                "20260101",
                StsPolicy.Mode.ENFORCE,
                List.of("mx1.example.org"),
                Duration.ofDays(7));
        Survey.Seen first = new Survey.Seen(
                "mx1.example.org",
                Optional.of(address(Optional.of("host.example.net"), Security.SECURE)),
                Optional.of(new DanePlan.Authenticate(SET, List.of(GOOD, USELESS), "RFC 7672 §2.2")),
                Optional.empty(),
                Optional.of(new TlsPolicy.Dane(SET)),
                List.of(
                        new Survey.Visit(
                                "mx1.example.org [192.0.2.1]:25",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(trouble(4, ErrorKind.CONNECTION, "no answer\u001b[2J within 10 s"))),
                        new Survey.Visit(
                                "mx1.example.org [192.0.2.2]:25",
                                Optional.of(new TlsVerdict.Dane("TLSv1.3", "TLS_AES_128_GCM_SHA256", GOOD)),
                                Optional.of("subject \"CN=mx1\""),
                                Optional.empty())),
                Optional.empty());
        Survey.Seen second = new Survey.Seen(
                "mx2.example.org",
                Optional.of(address(Optional.empty(), Security.INSECURE)),
                Optional.of(new DanePlan.NotApplicable("the addresses are not signed", "RFC 7672 §2.2.2")),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(trouble(4, ErrorKind.MTA_STS, "the policy does not name mx2.example.org")));
        Survey.View view = new Survey.View(
                Optional.of(Security.SECURE),
                Optional.of(new StsAnswer.Known(
                        policy,
                        Optional.of(new StsAnswer.Trouble(TlsFault.STS_POLICY_FETCH_ERROR, "it can't be renewed")))),
                List.of(first, second),
                Optional.empty());
        assertThat(shown(view)).isEqualTo("""
                  live      the MX answer is secure
                  mta-sts   mode enforce, id 20260101, mx mx1.example.org, max_age 604800 s
                            it can't be renewed
                  host      mx1.example.org, addresses secure, an alias of host.example.net, under dane
                            DANE authenticate (RFC 7672 §2.2)
                              TLSA 3 1 1 %s
                              TLSA 1 1 1 %s  unusable: certificate usage 1 asks for public authorities, which SMTP does not know (RFC 7672 §3.1.3)
                            mx1.example.org [192.0.2.1]:25  no answer [2J within 10 s
                            mx1.example.org [192.0.2.2]:25  tls=dane, TLSv1.3 TLS_AES_128_GCM_SHA256
                              certificate: subject "CN=mx1"
                  host      mx2.example.org, addresses insecure
                            DANE not-applicable: the addresses are not signed (RFC 7672 §2.2.2)
                            the policy does not name mx2.example.org
                  now       would go to mx1.example.org [192.0.2.2]:25, tls=dane
                """.formatted("0a".repeat(32), "0b".repeat(32)));
    }

    @Test
    void whatWouldBecomeOfAMessage() {
        assertThat(outcome(4)).isEqualTo("would wait: nobody answers");
        assertThat(outcome(5)).isEqualTo("would fail: nobody answers");
        JsonNode busy = LiveJson.of(new Survey.View(
                        Optional.empty(), Optional.of(new StsAnswer.Busy("too many")), List.of(), Optional.empty()))
                .path("mta_sts");
        assertThat(busy.path("state").asString()).isEqualTo("busy");
    }

    private static String outcome(int category) {
        Survey.View view = new Survey.View(
                Optional.of(Security.BOGUS),
                Optional.of(new StsAnswer.None("no record")),
                List.of(),
                Optional.of(trouble(category, ErrorKind.DNS, "nobody answers")));
        assertThat(shown(view)).contains("mta-sts   none: no record").contains("now       would ");
        return LiveJson.of(view).path("outcome").asString();
    }
}
