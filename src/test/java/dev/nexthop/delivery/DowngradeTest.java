package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TestChains;
import dev.nexthop.tls.TlsaUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody between us and an MX host who can change everything that is said: with DANE, or with a policy of MTA-STS that we
 * know and that is enforced, not one octet of mail, nor of its envelope, is said to him (RFC 7672 §1.3.1, RFC 8461 §10.2).
 */
class DowngradeTest {
    private static final String DOMAIN = TestChains.DOMAIN;
    private static final String HOST = TestChains.HOST;
    private static final Domain POLICY_DOMAIN = new Domain(DOMAIN);

    @TempDir
    private Path folder;

    private final TestCertificates authority = new TestCertificates();
    private final TestChains.Chain real = new TestChains().of("good");
    private final Scene scene = new Scene();
    private final List<FaultServer> servers = new ArrayList<>();

    @BeforeEach
    void trust() throws Exception {
        scene.ca = Optional.of(authority.pem(folder));
    }

    @AfterEach
    void close() throws Exception {
        for (FaultServer server : servers) {
            server.close();
        }
        scene.close();
    }

    private FaultServer listen(@Nullable SSLContext tls, String... script) {
        FaultServer server = FaultServer.start(new FaultServer.Way(Dialect.SMTP, tls, false), script);
        servers.add(server);
        scene.mxPolicy = new OutboundSettings.MxPolicy(true, server.port());
        return server;
    }

    private void dns(Security security) {
        scene.mx.put(DOMAIN, new MxAnswer.Hosts(List.of(new MxHost(10, HOST)), security));
        scene.addresses.put(HOST, Scene.loopback(security));
    }

    private void tlsa(TlsaAnswer answer) {
        scene.outboundPolicies = new OutboundSettings.Policies(
                Conditional.constant(PolicyWish.OPTIONAL),
                Conditional.constant(PolicyWish.OPTIONAL),
                Conditional.constant(Duration.ofSeconds(20)));
        scene.tlsa.put("_" + scene.mxPolicy.port() + "._tcp." + HOST, answer);
        scene.tlsa.put("_25._tcp." + HOST, answer);
    }

    /** What DNS says of the key of the host as it should be. */
    private TlsaAnswer records() {
        return new TlsaAnswer.Records(List.of(TlsaUse.of(3, 1, 1, real.part("leaf"))), Security.SECURE);
    }

    private void enforced(String... patterns) {
        tlsa(new TlsaAnswer.None("no TLSA record", Security.INSECURE));
        StsPolicy policy =
                new StsPolicy(POLICY_DOMAIN, "20260101", StsPolicy.Mode.ENFORCE, List.of(patterns), Duration.ofDays(7));
        scene.policies = (_, _) -> new StsAnswer.Known(policy, Optional.empty());
    }

    private String send() {
        return Scene.words(scene.delivery().attempt(Scene.job(Scene.mx(DOMAIN), "a@" + DOMAIN)))
                .getFirst();
    }

    private void nothingWasSaid() {
        for (FaultServer server : servers) {
            assertThat(server.taken()).isEmpty();
            assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL") || line.contains(DOMAIN));
        }
    }

    /** What somebody in the middle does to connections. */
    enum Wire {
        STRIPS_STARTTLS,
        REFUSES_STARTTLS,
        REFUSES_STARTTLS_FOR_GOOD,
        CUTS_THE_HANDSHAKE,
        ANSWERS_IN_CLEAR,
        OWN_CERTIFICATE,
        CERTIFICATE_OF_ANOTHER_NAME,
        EXPIRED_CERTIFICATE
    }

    private void attack(Wire wire) {
        SSLContext another = authority.server("other.example");
        switch (wire) {
            case STRIPS_STARTTLS -> listen(null);
            case REFUSES_STARTTLS -> listen(another, "starttls=454 4.7.0 not now");
            case REFUSES_STARTTLS_FOR_GOOD -> listen(another, "starttls=502 5.5.1 never heard of it");
            case CUTS_THE_HANDSHAKE -> listen(another, "starttls=drop");
            case ANSWERS_IN_CLEAR -> listen(another, "starttls=220 go on\\n250 and as if nothing had been");
            case OWN_CERTIFICATE -> listen(TestCertificates.selfSigned(HOST));
            case CERTIFICATE_OF_ANOTHER_NAME -> listen(another);
            case EXPIRED_CERTIFICATE -> listen(authority.serverValid(-30, -2, HOST));
        }
    }

    @Test
    void withoutAttackersBothWaysDeliver() {
        FaultServer dane = listen(real.context());
        dns(Security.SECURE);
        tlsa(records());
        assertThat(send()).isEqualTo("delivered 2.0.0");
        FaultServer policy = listen(authority.server(HOST));
        enforced(HOST);
        assertThat(send()).isEqualTo("delivered 2.0.0");
        assertThat(dane.taken()).hasSize(1);
        assertThat(policy.taken()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void underDaneNobodyElseGetsAWord(Wire wire) {
        attack(wire);
        dns(Security.SECURE);
        tlsa(records());
        assertThat(send()).startsWith("deferred 4.");
        nothingWasSaid();
    }

    @Test
    void underDaneACertificateOfAnAuthorityIsNotEnough() {
        listen(authority.server(HOST));
        dns(Security.SECURE);
        tlsa(records());
        assertThat(send()).startsWith("deferred 4.7.");
        nothingWasSaid();
    }

    @ParameterizedTest
    @MethodSource("wires")
    void underAnEnforcedPolicyNobodyElseGetsAWord(Wire wire) {
        attack(wire);
        dns(Security.INSECURE);
        enforced(HOST);
        assertThat(send()).startsWith("deferred 4.");
        nothingWasSaid();
    }

    static Stream<Wire> wires() {
        return Stream.of(Wire.values());
    }

    /** What somebody does to the answers of a signed zone: he can't sign, so all that comes of it is no answer. */
    enum Answers {
        MX_FORGED,
        ADDRESSES_FORGED,
        TLSA_FORGED,
        TLSA_STRIPPED,
        TLSA_LOST
    }

    @ParameterizedTest
    @MethodSource("answers")
    void underDaneWhatDnsCannotProveIsNotUsed(Answers answers) {
        listen(real.context());
        dns(Security.SECURE);
        tlsa(records());
        switch (answers) {
            case MX_FORGED -> scene.mx.put(DOMAIN, new MxAnswer.TryLater("bogus", Security.BOGUS));
            case ADDRESSES_FORGED -> scene.addresses.put(HOST, new AddressAnswer.TryLater("bogus", Security.BOGUS));
            case TLSA_FORGED, TLSA_STRIPPED -> tlsa(new TlsaAnswer.TryLater("bogus", Security.BOGUS));
            case TLSA_LOST -> tlsa(new TlsaAnswer.TryLater("nobody answered", Security.INDETERMINATE));
        }
        assertThat(send()).startsWith("deferred 4.");
        nothingWasSaid();
    }

    static Stream<Answers> answers() {
        return Stream.of(Answers.values());
    }

    @Test
    void anotherMxHostThanThePolicyNamesGetsNoConnection() {
        listen(authority.server("mx.attacker.example"));
        dns(Security.INSECURE);
        scene.mx.put(DOMAIN, new MxAnswer.Hosts(List.of(new MxHost(1, "mx.attacker.example")), Security.INSECURE));
        scene.addresses.put("mx.attacker.example", Scene.loopback(Security.INSECURE));
        enforced(HOST, "*.mail.dest.example");
        assertThat(send()).startsWith("deferred 4.7.");
        assertThat(servers.getFirst().connections()).isZero();
        assertThat(scene.tlsEvents).anyMatch(event -> event.fault().equals(Optional.of(TlsFault.STS_POLICY_INVALID)));
    }

    @Test
    void aKeptPolicyStandsWhenItsRenewalIsMadeToFail() {
        listen(null);
        dns(Security.INSECURE);
        enforced(HOST);
        StsPolicy kept =
                new StsPolicy(POLICY_DOMAIN, "20260101", StsPolicy.Mode.ENFORCE, List.of(HOST), Duration.ofDays(7));
        scene.policies = (_, _) -> new StsAnswer.Known(
                kept,
                Optional.of(new StsAnswer.Trouble(TlsFault.STS_POLICY_FETCH_ERROR, "the policy host does not answer")));
        assertThat(send()).startsWith("deferred 4.");
        nothingWasSaid();
    }

    @Test
    void settingsThatAreCarelessWeakenNeither() {
        scene.startTls = StartTls.DISABLE;
        scene.certificates = CertificateCheck.NEVER;
        listen(null);
        dns(Security.SECURE);
        tlsa(records());
        assertThat(send()).startsWith("deferred 4.");
        listen(TestCertificates.selfSigned(HOST));
        enforced(HOST);
        assertThat(send()).startsWith("deferred 4.");
        nothingWasSaid();
    }
}
