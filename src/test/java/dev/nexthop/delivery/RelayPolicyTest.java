package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.route.Manner;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.Fingerprint;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TestChains;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsStrength;
import dev.nexthop.tls.TlsVersion;
import dev.nexthop.tls.TlsaUse;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configured host is under the policies of its own name where it says so, and never under those of recipients. */
class RelayPolicyTest {
    private static final String RELAY = "relay.example";
    private static final String DOMAIN = TestChains.DOMAIN;

    private final Scene scene = new Scene();
    private final TestCertificates authority = new TestCertificates();
    private final Map<String, StsAnswer> sts = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private TlsStrength strength = TlsStrength.DEFAULT;
    private Optional<String> serverName = Optional.empty();
    private Set<Fingerprint> pins = Set.of();
    private @Nullable FaultServer server;

    @TempDir
    private Path directory;

    @BeforeEach
    void world() throws Exception {
        scene.ca = Optional.of(authority.pem(directory));
        scene.policies = (domain, _) -> {
            asked.add(domain.name());
            return sts.getOrDefault(domain.name(), new StsAnswer.None("no TXT record"));
        };
        scene.addresses.put(RELAY, Scene.loopback(Security.SECURE));
        sts.put(DOMAIN, policy(DOMAIN, StsPolicy.Mode.ENFORCE, "elsewhere.example"));
        scene.outboundPolicies = new OutboundSettings.Policies(
                Conditional.constant(PolicyWish.REQUIRE),
                Conditional.constant(PolicyWish.REQUIRE),
                Conditional.constant(Duration.ofSeconds(20)));
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            server.close();
        }
        scene.close();
    }

    private static StsAnswer policy(String domain, StsPolicy.Mode mode, String... patterns) {
        return new StsAnswer.Known(
                new StsPolicy(new Domain(domain), "1", mode, List.of(patterns), Duration.ofDays(7)), Optional.empty());
    }

    private FaultServer listen(@Nullable SSLContext tls, String... script) {
        FaultServer started = FaultServer.start(new FaultServer.Way(Dialect.SMTP, tls, false), script);
        server = started;
        scene.mxPolicy = new OutboundSettings.MxPolicy(true, started.port());
        return started;
    }

    private NextHop relay(PolicyWish dane, PolicyWish mtaSts, CertificateCheck check) {
        TlsDemand demand = new TlsDemand(false, StartTls.OPTIONAL, check, serverName, scene.ca, pins, Optional.empty())
                .encrypted(strength);
        Manner all = Manner.DEFAULT;
        Manner manner = new Manner(
                all.selection(),
                all.proxy(),
                all.ehlo(),
                all.sources(),
                all.timeouts(),
                all.health(),
                new Manner.Policies(dane, mtaSts));
        return new NextHop.Relay(List.of(new RemoteHost(
                "relay",
                RELAY,
                scene.mxPolicy.port(),
                Dialect.SMTP,
                demand,
                Optional.empty(),
                RemoteHost.Limits.DEFAULT,
                manner)));
    }

    private static Diagnosis first(Attempt attempt) {
        return attempt.outcomes().getFirst().diagnosis();
    }

    private StsAnswer answer(String word) {
        return switch (word) {
            case "enforce" -> policy(RELAY, StsPolicy.Mode.ENFORCE, RELAY);
            case "wildcard" -> policy(RELAY, StsPolicy.Mode.ENFORCE, "*.example");
            case "stranger" -> policy(RELAY, StsPolicy.Mode.ENFORCE, "mx.relay.example");
            case "testing" -> policy(RELAY, StsPolicy.Mode.TESTING, RELAY);
            case "testing-stranger" -> policy(RELAY, StsPolicy.Mode.TESTING, "mx.relay.example");
            case "mode-none" -> policy(RELAY, StsPolicy.Mode.NONE);
            case "unknown" ->
                new StsAnswer.Unknown(new StsAnswer.Trouble(TlsFault.STS_POLICY_FETCH_ERROR, "no answer"));
            case "busy" -> new StsAnswer.Busy("too much to do");
            default -> new StsAnswer.None("no TXT record");
        };
    }

    /** The settings of the hop look at no certificate, so that what is refused is refused by the policy. */
    @ParameterizedTest
    @CsvSource({
        // setting, policy, server, outcome, tls, what the domain is told
        "disable,  enforce,          bad,   delivered 2.0.0, unverified, -",
        "disable,  stranger,         clear, delivered 2.0.0, none,       -",
        "optional, none,             bad,   delivered 2.0.0, unverified, NO_POLICY_FOUND -",
        "optional, mode-none,        bad,   delivered 2.0.0, unverified, NO_POLICY_FOUND -",
        "optional, unknown,          bad,   delivered 2.0.0, unverified, STS sts-policy-fetch-error",
        "optional, busy,             good,  deferred 4.7.5,  none,       -",
        "optional, enforce,          good,  delivered 2.0.0, mta-sts,    STS -",
        "optional, wildcard,         good,  delivered 2.0.0, mta-sts,    STS -",
        "optional, enforce,          other, deferred 4.7.5,  none,       STS certificate-host-mismatch",
        "optional, enforce,          bad,   deferred 4.7.5,  none,       STS certificate-not-trusted",
        "optional, enforce,          clear, deferred 4.7.4,  none,       STS starttls-not-supported",
        "optional, stranger,         good,  deferred 4.7.5,  none,       STS sts-policy-invalid",
        "optional, stranger,         clear, deferred 4.7.5,  none,       STS sts-policy-invalid",
        "optional, testing,          good,  delivered 2.0.0, verified,   STS -",
        "optional, testing,          bad,   delivered 2.0.0, unverified, STS certificate-not-trusted",
        "optional, testing,          clear, delivered 2.0.0, none,       STS starttls-not-supported",
        "optional, testing-stranger, good,  delivered 2.0.0, verified,   STS sts-policy-invalid",
        "require,  enforce,          good,  delivered 2.0.0, mta-sts,    STS -",
        "require,  enforce,          bad,   deferred 4.7.5,  none,       STS certificate-not-trusted",
        "require,  none,             good,  deferred 4.7.5,  none,       -",
        "require,  testing,          good,  deferred 4.7.5,  none,       -",
        "require,  unknown,          good,  deferred 4.7.5,  none,       STS sts-policy-fetch-error",
    })
    void theRelaysOwnPolicy(String wish, String policy, String peer, String outcome, String tls, String told) {
        sts.put(RELAY, answer(policy));
        FaultServer started = listen(
                switch (peer) {
                    case "good" -> authority.server(RELAY);
                    case "other" -> authority.server("other.example");
                    case "bad" -> TestCertificates.selfSigned(RELAY);
                    default -> null;
                });
        NextHop hop =
                relay(PolicyWish.DISABLE, PolicyWish.valueOf(wish.toUpperCase(Locale.ROOT)), CertificateCheck.NEVER);
        Attempt attempt = scene.delivery().attempt(Scene.job(hop, "a@" + DOMAIN));
        assertThat(Scene.words(attempt)).as(attempt.toString()).containsExactly(outcome);
        assertThat(attempt.tls().word()).isEqualTo(tls);
        boolean delivered = outcome.startsWith("delivered");
        assertThat(started.taken()).hasSize(delivered ? 1 : 0);
        if (!delivered) {
            assertThat(first(attempt).error()).isEqualTo(ErrorKind.MTA_STS);
            assertThat(first(attempt).host()).isEqualTo(RELAY);
        }
        assertThat(asked).allMatch(RELAY::equals);
        assertThat(asked.isEmpty()).isEqualTo(wish.equals("disable"));
        assertThat(scene.tlsEvents.stream().map(RelayPolicyTest::words))
                .containsExactlyElementsOf(told.equals("-") ? List.of() : List.of(RELAY + " " + told));
    }

    private static String words(TlsEvent event) {
        return event.domain() + " " + event.policy().kind() + " "
                + event.fault().map(TlsFault::word).orElse("-");
    }

    /** RFC 8461 §2: whoever has TLSA records is under these alone. */
    @Test
    void daneGoesFirst() {
        TestChains.Chain chain = new TestChains().of("self-signed");
        listen(chain.context());
        sts.put(RELAY, answer("stranger"));
        scene.tlsa.put(
                "_" + scene.mxPolicy.port() + "._tcp." + RELAY,
                new TlsaAnswer.Records(List.of(TlsaUse.of(3, 1, 1, chain.part("leaf"))), Security.SECURE));
        NextHop both = relay(PolicyWish.OPTIONAL, PolicyWish.OPTIONAL, CertificateCheck.REQUIRE);
        Attempt attempt = scene.delivery().attempt(Scene.job(both, "a@" + DOMAIN));
        assertThat(Scene.words(attempt)).as(attempt.toString()).containsExactly("delivered 2.0.0");
        assertThat(attempt.tls().word()).isEqualTo("dane");
        assertThat(scene.tlsEvents.stream().map(RelayPolicyTest::words)).containsExactly(RELAY + " TLSA -");
        NextHop off = relay(PolicyWish.DISABLE, PolicyWish.DISABLE, CertificateCheck.REQUIRE);
        assertThat(Scene.words(scene.delivery().attempt(Scene.job(off, "a@" + DOMAIN))))
                .containsExactly("deferred 4.7.5");
        NextHop dane = relay(PolicyWish.REQUIRE, PolicyWish.DISABLE, CertificateCheck.REQUIRE);
        scene.addresses.put(RELAY, Scene.loopback(Security.INSECURE));
        Attempt required = scene.delivery().attempt(Scene.job(dane, "a@" + DOMAIN));
        assertThat(Scene.words(required)).containsExactly("deferred 4.7.5");
        assertThat(first(required).reason()).contains("hop 'relay' is not used", "DANE is required");
        assertThat(scene.tlsEvents).as("nobody asked for reports of these").hasSize(1);
    }

    /** What we require ourselves holds for mail that wants no TLS (RFC 8689 §5), and no setting makes a policy weaker. */
    @Test
    void nothingMakesAnEnforcedPolicyWeaker() {
        SSLContext bad = TestCertificates.selfSigned(RELAY);
        listen(bad);
        sts.put(RELAY, answer("enforce"));
        NextHop hop = relay(PolicyWish.DISABLE, PolicyWish.OPTIONAL, CertificateCheck.NEVER);
        assertThat(Scene.words(
                        scene.delivery().attempt(Scene.jobWith(hop, "TLS-Required: No\r\n\r\nx\r\n", "a@" + DOMAIN))))
                .containsExactly("deferred 4.7.5");
        pins = Set.of(Fingerprint.of(certificateOf(bad)));
        NextHop pinned = relay(PolicyWish.DISABLE, PolicyWish.OPTIONAL, CertificateCheck.NEVER);
        assertThat(Scene.words(scene.delivery().attempt(Scene.job(pinned, "a@" + DOMAIN))))
                .containsExactly("deferred 4.7.5");
    }

    /** The certificate of the server, as a handshake shows it. */
    private X509Certificate certificateOf(SSLContext context) {
        try (FaultServer shown = FaultServer.start(new FaultServer.Way(Dialect.SMTP, context, true));
                Socket plain = new Socket(shown.address().getAddress(), shown.port())) {
            TlsDemand any =
                    new TlsDemand(true, StartTls.OPTIONAL, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
            return (X509Certificate) new TlsClient(Optional.empty())
                    .start(plain, any, RELAY)
                    .socket()
                    .getSession()
                    .getPeerCertificates()[0];
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 8461 §4.1: the certificate is for the name that the policy was asked about. */
    @Test
    void anotherServerNameDoesNotCountUnderAnEnforcedPolicy() {
        serverName = Optional.of("other.example");
        listen(authority.server("other.example"));
        NextHop hop = relay(PolicyWish.DISABLE, PolicyWish.OPTIONAL, CertificateCheck.REQUIRE);
        assertThat(Scene.words(scene.delivery().attempt(Scene.job(hop, "a@" + DOMAIN))))
                .containsExactly("delivered 2.0.0");
        sts.put(RELAY, answer("enforce"));
        Attempt attempt = scene.delivery().attempt(Scene.job(hop, "a@" + DOMAIN));
        assertThat(Scene.words(attempt)).containsExactly("deferred 4.7.5");
        assertThat(first(attempt).reason()).contains("it does not name relay.example");
    }

    @Test
    void aRelayThatSpeaksOnlyOldTlsGetsNothingInClear() {
        FaultServer started = listen(authority.server(RELAY), "versions=TLSv1.2");
        strength = new TlsStrength(TlsVersion.V1_3, List.of());
        NextHop hop = relay(PolicyWish.DISABLE, PolicyWish.DISABLE, CertificateCheck.REQUIRE);
        Attempt attempt = scene.delivery().attempt(Scene.job(hop, "a@" + DOMAIN));
        assertThat(Scene.words(attempt)).containsExactly("deferred 4.7.5");
        assertThat(first(attempt).error()).isEqualTo(ErrorKind.TLS);
        assertThat(first(attempt).reason()).contains("wanted is TLS 1.3 or newer (tls.min-version)");
        assertThat(started.commands()).noneMatch(line -> line.startsWith("MAIL"));
    }

    /** explain --live shows the policy of each host, tells nobody and sends nothing. */
    @Test
    void aSurveyShowsThePolicyOfTheRelay() throws Exception {
        FaultServer started = listen(authority.server(RELAY));
        sts.put(RELAY, answer("enforce"));
        NextHop hop = relay(PolicyWish.DISABLE, PolicyWish.OPTIONAL, CertificateCheck.NEVER);
        Survey.Seen seen = scene.survey()
                .look(hop, Scene.job(hop, "a@" + DOMAIN).recipients().getFirst())
                .hosts()
                .getFirst();
        assertThat(seen.sts()).contains(answer("enforce"));
        assertThat(seen.visits().getFirst().verdict().orElseThrow().word()).isEqualTo("mta-sts");
        sts.put(RELAY, answer("stranger"));
        Survey.Seen shut = scene.survey()
                .look(hop, Scene.job(hop, "a@" + DOMAIN).recipients().getFirst())
                .hosts()
                .getFirst();
        assertThat(shut.trouble().orElseThrow().reason())
                .isEqualTo("hop 'relay' is not used: the MTA-STS policy of relay.example does not name relay.example"
                        + " (RFC 8461 §4.1)");
        assertThat(scene.tlsEvents).isEmpty();
        assertThat(started.taken()).isEmpty();
    }
}
