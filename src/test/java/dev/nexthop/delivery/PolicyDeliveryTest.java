package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Requests;
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
import dev.nexthop.tls.TlsVersion;
import dev.nexthop.tls.TlsaUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the domain of the recipients demands of its MX hosts, and what becomes of mail when it is not met. */
class PolicyDeliveryTest {
    private static final String HOST = TestChains.HOST;
    private static final String DOMAIN = TestChains.DOMAIN;
    private static final TestChains CHAINS = new TestChains();

    private final Scene scene = new Scene();
    private final TestCertificates authority = new TestCertificates();
    private final Map<String, StsAnswer> sts = new HashMap<>();
    private final List<FaultServer> servers = new ArrayList<>();
    private PolicyWish dane = PolicyWish.OPTIONAL;
    private PolicyWish mtaSts = PolicyWish.OPTIONAL;
    private Optional<Duration> remember = Optional.empty();

    @TempDir
    private Path directory;

    @BeforeEach
    void trust() throws Exception {
        scene.ca = Optional.of(authority.pem(directory));
        scene.policies = (domain, _) -> sts.getOrDefault(domain.name(), new StsAnswer.None("no TXT record"));
        dns(Security.SECURE, HOST);
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

    private void dns(Security security, String... hosts) {
        scene.mx.put(
                DOMAIN,
                new MxAnswer.Hosts(
                        Arrays.stream(hosts).map(host -> new MxHost(10, host)).toList(), security));
        for (String host : hosts) {
            scene.addresses.put(host, Scene.loopback(Security.SECURE));
        }
    }

    private void tlsa(String host, TlsaAnswer answer) {
        scene.tlsa.put("_" + scene.mxPolicy.port() + "._tcp." + host, answer);
    }

    private static TlsaAnswer leafOf(String kind) {
        return records(TlsaUse.of(3, 1, 1, CHAINS.of(kind).part("leaf")));
    }

    private static TlsaAnswer records(TlsaRecord... records) {
        return new TlsaAnswer.Records(List.of(records), Security.SECURE);
    }

    private void policy(String domain, StsPolicy.Mode mode, String... patterns) {
        StsPolicy policy = new StsPolicy(new Domain(domain), "1", mode, List.of(patterns), Duration.ofDays(7));
        sts.put(domain, new StsAnswer.Known(policy, Optional.empty()));
    }

    private Attempt attempt() {
        return attempt(Scene.job(Scene.mx(DOMAIN), "a@" + DOMAIN));
    }

    private Attempt attempt(Job job) {
        scene.outboundPolicies = new OutboundSettings.Policies(
                Conditional.constant(dane),
                Conditional.constant(mtaSts),
                Conditional.constant(Duration.ofSeconds(20)),
                remember);
        return scene.delivery().attempt(job);
    }

    private void expect(String outcome, String tls) {
        Attempt attempt = attempt();
        assertThat(Scene.words(attempt)).as(attempt.toString()).containsExactly(outcome);
        assertThat(attempt.tls().word()).isEqualTo(tls);
    }

    private void deferred(String status, ErrorKind kind, String reason) {
        Attempt attempt = attempt();
        assertThat(Scene.words(attempt)).as(attempt.toString()).containsExactly("deferred " + status);
        assertThat(attempt.outcomes().getFirst().diagnosis().error()).isEqualTo(kind);
        assertThat(attempt.outcomes().getFirst().diagnosis().reason()).contains(reason);
    }

    private TlsEvent event() {
        assertThat(scene.tlsEvents).hasSize(1);
        return scene.tlsEvents.removeFirst();
    }

    private void told(TlsEvent.Kind kind, String domain, @Nullable TlsFault fault) {
        TlsEvent event = event();
        assertThat(event.policy().kind()).isEqualTo(kind);
        assertThat(event.policy().domain()).isEqualTo(domain);
        assertThat(event.fault()).isEqualTo(Optional.ofNullable(fault));
        assertThat(event.reason().isEmpty()).isEqualTo(fault == null);
    }

    @Test
    void daneGoesFirstAndNeitherMtaStsNorSettingsHelpOrHinder() {
        FaultServer server =
                listen(CHAINS.of("self-signed, expired, other name").context());
        scene.startTls = StartTls.DISABLE;
        scene.certificates = CertificateCheck.REQUIRE;
        tlsa(HOST, leafOf("self-signed, expired, other name"));
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, "elsewhere.example");
        expect("delivered 2.0.0", "dane");
        assertThat(server.taken()).hasSize(1);
        told(TlsEvent.Kind.TLSA, HOST, null);
    }

    @Test
    void aCertificateThatMtaStsWouldTakeDoesNotHelpAHostThatFailsDane() { // RFC 8461 §2
        FaultServer server = listen(authority.server(HOST));
        scene.certificates = CertificateCheck.NEVER;
        tlsa(HOST, leafOf("good"));
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, HOST);
        deferred("4.7.5", ErrorKind.DANE, "is none that the TLSA records");
        assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
        TlsEvent event = scene.tlsEvents.getFirst();
        assertThat(event.policy().strings())
                .containsExactly(
                        TlsaUse.of(3, 1, 1, CHAINS.of("good").part("leaf")).toString());
        told(TlsEvent.Kind.TLSA, HOST, TlsFault.TLSA_INVALID);
    }

    @Test
    void withoutUsableRecordsTlsIsRequiredAndNobodyLooks() { // RFC 7672 §2.2
        TlsaAnswer unusable = records(new TlsaRecord(1, 1, 1, "00".repeat(32)));
        listen(TestCertificates.selfSigned("x.example"));
        tlsa(HOST, unusable);
        expect("delivered 2.0.0", "encrypted");
        told(TlsEvent.Kind.TLSA, HOST, TlsFault.TLSA_INVALID);
        listen(null);
        tlsa(HOST, unusable);
        deferred("4.7.4", ErrorKind.DANE, "require STARTTLS");
        told(TlsEvent.Kind.TLSA, HOST, TlsFault.STARTTLS_NOT_SUPPORTED);
    }

    @Test
    void withoutUsableRecordsAnEnforcedPolicyStillCounts() {
        listen(TestCertificates.selfSigned(HOST));
        tlsa(HOST, records(new TlsaRecord(1, 1, 1, "00".repeat(32))));
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, HOST);
        deferred("4.7.5", ErrorKind.MTA_STS, "self-signed");
    }

    @Test
    void aDomainInULabelsIsItsOwnHostUnderItsNameInDns() {
        String domain = "b\u00fccher.example";
        String ascii = "xn--bcher-kva.example";
        listen(authority.server(ascii));
        scene.mx.put(domain, new MxAnswer.Implicit(domain, Security.INSECURE));
        scene.addresses.put(domain, Scene.loopback(Security.SECURE));
        policy(domain, StsPolicy.Mode.ENFORCE, ascii);
        Attempt attempt = attempt(Scene.job(Scene.mx(domain), "a@" + domain));
        assertThat(attempt.tls().word()).as(attempt.toString()).isEqualTo("mta-sts");
        scene.mx.put(domain, new MxAnswer.Implicit(domain, Security.SECURE));
        tlsa(ascii, leafOf("good"));
        assertThat(Scene.words(attempt(Scene.job(Scene.mx(domain), "a@" + domain))))
                .containsExactly("deferred 4.7.5");
    }

    @Test
    void aHostThatCannotBeTrustedIsSkippedAndTheNextIsAsked() {
        FaultServer server = listen(CHAINS.of("good").context());
        scene.mx.put(
                DOMAIN,
                new MxAnswer.Hosts(List.of(new MxHost(10, "first.example"), new MxHost(20, HOST)), Security.SECURE));
        scene.addresses.put("first.example", Scene.loopback(Security.SECURE));
        scene.maxMx = 1; // One that is shut out takes no place of another.
        tlsa("first.example", new TlsaAnswer.TryLater("SERVFAIL", Security.INDETERMINATE));
        tlsa(HOST, leafOf("good"));
        expect("delivered 2.0.0", "dane");
        assertThat(server.connections()).isEqualTo(1);
        assertThat(scene.tlsEvents.getFirst().fault()).contains(TlsFault.DNSSEC_INVALID);
        assertThat(scene.tlsEvents.getFirst().host()).isEqualTo("first.example");
    }

    @Test
    void aHostThatAPolicyShutsOutIsNotHeldToBeUnreachable() { // Mail with TLS-Required: No still goes there.
        listen(null);
        tlsa(HOST, new TlsaAnswer.TryLater("SERVFAIL", Security.INDETERMINATE));
        assertThat(attempt().verdict()).isInstanceOf(HopVerdict.Healthy.class);
        dns(Security.INSECURE, HOST);
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, "elsewhere.example");
        assertThat(attempt().verdict()).isInstanceOf(HopVerdict.Healthy.class);
    }

    @Test
    void bogusAnswersAreToldAndTheMailWaits() {
        FaultServer server = listen(CHAINS.of("good").context());
        scene.addresses.put(HOST, new AddressAnswer.TryLater("bad signature", Security.BOGUS));
        deferred("4.4.3", ErrorKind.DNS, "bad signature");
        told(TlsEvent.Kind.TLSA, HOST, TlsFault.DNSSEC_INVALID);
        scene.mx.put(DOMAIN, new MxAnswer.TryLater("bad signature", Security.BOGUS));
        deferred("4.4.3", ErrorKind.DNS, "bad signature");
        told(TlsEvent.Kind.TLSA, DOMAIN, TlsFault.DNSSEC_INVALID);
        assertThat(server.connections()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"SECURE", "INSECURE", "INDETERMINATE"})
    void requiredDaneWithoutRecordsWaits(Security security) {
        FaultServer server = listen(authority.server(HOST));
        dns(security, HOST);
        dane = PolicyWish.REQUIRE;
        deferred("4.7.5", ErrorKind.DANE, "DANE is required");
        assertThat(server.connections()).isZero();
        told(TlsEvent.Kind.TLSA, HOST, TlsFault.DANE_REQUIRED);
    }

    @Test
    void anEnforcedPolicyWantsANamedHostAndAVerifiedCertificate() { // RFC 8461 §4
        dns(Security.INSECURE, HOST);
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, "*.dest.example");
        scene.startTls = StartTls.DISABLE;
        scene.certificates = CertificateCheck.NEVER;
        listen(authority.server(HOST));
        expect("delivered 2.0.0", "mta-sts");
        TlsEvent event = scene.tlsEvents.getFirst();
        assertThat(event.policy().strings())
                .containsExactly("version: STSv1", "mode: enforce", "mx: *.dest.example", "max_age: 604800");
        told(TlsEvent.Kind.STS, DOMAIN, null);
        listen(authority.server("other.example"));
        deferred("4.7.5", ErrorKind.MTA_STS, "it does not name " + HOST);
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.CERTIFICATE_HOST_MISMATCH);
        listen(authority.serverValid(-30, -2, HOST));
        deferred("4.7.5", ErrorKind.MTA_STS, "it has expired");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.CERTIFICATE_EXPIRED);
        listen(null);
        deferred("4.7.4", ErrorKind.MTA_STS, "requires STARTTLS");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.STARTTLS_NOT_SUPPORTED);
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, "other.example");
        deferred("4.7.5", ErrorKind.MTA_STS, "does not name " + HOST);
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.STS_POLICY_INVALID);
    }

    @Test
    void aPolicyInTestingBlocksNothingAndTellsWhatWouldHaveFailed() { // RFC 8461 §5
        dns(Security.INSECURE, HOST);
        policy(DOMAIN, StsPolicy.Mode.TESTING, HOST);
        scene.certificates = CertificateCheck.NEVER;
        listen(null);
        expect("delivered 2.0.0", "none");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.STARTTLS_NOT_SUPPORTED);
        listen(TestCertificates.selfSigned(HOST));
        expect("delivered 2.0.0", "unverified");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.CERTIFICATE_NOT_TRUSTED);
        listen(authority.server(HOST));
        expect("delivered 2.0.0", "verified");
        told(TlsEvent.Kind.STS, DOMAIN, null);
        policy(DOMAIN, StsPolicy.Mode.TESTING, "other.example");
        listen(authority.server(HOST));
        expect("delivered 2.0.0", "verified");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.STS_POLICY_INVALID);
    }

    @Test
    void requiredMtaStsWantsAnEnforcedPolicy() {
        dns(Security.INSECURE, HOST);
        mtaSts = PolicyWish.REQUIRE;
        FaultServer server = listen(authority.server(HOST));
        deferred("4.7.5", ErrorKind.MTA_STS, "no TXT record");
        policy(DOMAIN, StsPolicy.Mode.TESTING, HOST);
        deferred("4.7.5", ErrorKind.MTA_STS, "testing");
        assertThat(scene.tlsEvents).isEmpty();
        sts.put(
                DOMAIN,
                new StsAnswer.Unknown(new StsAnswer.Trouble(TlsFault.STS_POLICY_FETCH_ERROR, "nobody answers")));
        deferred("4.7.5", ErrorKind.MTA_STS, "nobody answers");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.STS_POLICY_FETCH_ERROR);
        assertThat(server.connections()).isZero();
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, HOST);
        expect("delivered 2.0.0", "mta-sts");
    }

    @Test
    void aPolicyThatThereIsNoRoomToFetchMakesMailWaitAndNobodyIsTold() {
        dns(Security.INSECURE, HOST);
        FaultServer server = listen(authority.server(HOST));
        for (PolicyWish wish : List.of(PolicyWish.OPTIONAL, PolicyWish.REQUIRE)) {
            mtaSts = wish;
            sts.put(DOMAIN, new StsAnswer.Busy("too many others were being fetched"));
            deferred("4.7.5", ErrorKind.MTA_STS, "too many others");
        }
        assertThat(scene.tlsEvents).isEmpty();
        assertThat(server.connections()).isZero();
    }

    @Test
    void withoutAPolicyTheSettingsDecideAndThatIsToldToo() {
        dns(Security.INSECURE, HOST);
        listen(TestCertificates.selfSigned(HOST));
        expect("delivered 2.0.0", "unverified");
        told(TlsEvent.Kind.NO_POLICY_FOUND, DOMAIN, null);
        sts.put(
                DOMAIN,
                new StsAnswer.Unknown(new StsAnswer.Trouble(TlsFault.STS_POLICY_FETCH_ERROR, "nobody answers")));
        listen(TestCertificates.selfSigned(HOST));
        expect("delivered 2.0.0", "unverified");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.STS_POLICY_FETCH_ERROR);
        policy(DOMAIN, StsPolicy.Mode.NONE);
        listen(TestCertificates.selfSigned(HOST));
        expect("delivered 2.0.0", "unverified");
        told(TlsEvent.Kind.NO_POLICY_FOUND, DOMAIN, null);
        dane = PolicyWish.DISABLE;
        mtaSts = PolicyWish.DISABLE;
        listen(TestCertificates.selfSigned(HOST));
        expect("delivered 2.0.0", "unverified");
        assertThat(scene.tlsEvents).isEmpty();
    }

    @Test
    void connectionsAreSharedUnderEqualDemandsOnly() {
        FaultServer server = listen(authority.server(HOST));
        dns(Security.INSECURE, HOST);
        scene.mx.put("second.example", new MxAnswer.Hosts(List.of(new MxHost(10, HOST)), Security.INSECURE));
        policy(DOMAIN, StsPolicy.Mode.ENFORCE, HOST);
        attempt();
        attempt();
        assertThat(server.connections()).isEqualTo(1);
        attempt(Scene.job(Scene.mx("second.example"), "b@second.example"));
        assertThat(server.connections()).isEqualTo(2);
        policy("second.example", StsPolicy.Mode.ENFORCE, HOST);
        attempt(Scene.job(Scene.mx("second.example"), "b@second.example"));
        assertThat(server.connections()).isEqualTo(3);
        assertThat(scene.tlsEvents).as("one event for each connection").hasSize(3);
    }

    @Test
    void aSessionThatIsResumedIsJudgedAnew() {
        FaultServer server = listen(authority.server(HOST));
        policy(DOMAIN, StsPolicy.Mode.NONE);
        expect("delivered 2.0.0", "verified");
        tlsa(HOST, leafOf("good"));
        deferred("4.7.5", ErrorKind.DANE, "is none that the TLSA records");
        assertThat(server.taken()).hasSize(1);
    }

    @Test
    void aHostThatOffersStartTlsNoMoreIsToldOnceAndRememberedWhereThatIsWanted() {
        dns(Security.INSECURE, HOST);
        listen(TestCertificates.selfSigned(HOST));
        expect("delivered 2.0.0", "unverified");
        scene.tlsEvents.clear();
        listen(null);
        expect("delivered 2.0.0", "none");
        told(TlsEvent.Kind.NO_POLICY_FOUND, DOMAIN, TlsFault.STARTTLS_NOT_SUPPORTED);
        listen(null);
        expect("delivered 2.0.0", "none");
        assertThat(scene.alarms).hasSize(1).first().asString().startsWith("starttls: MX host " + HOST);
        scene.tlsEvents.clear();
        remember = Optional.of(Duration.ofDays(7));
        FaultServer stripped = listen(null);
        deferred("4.7.4", ErrorKind.TLS, "queue.outbound.tls.remember");
        assertThat(stripped.taken()).isEmpty();
        scene.now = scene.now.plus(Duration.ofDays(8));
        expect("delivered 2.0.0", "none");
        listen(TestCertificates.selfSigned(HOST));
        expect("delivered 2.0.0", "unverified");
        assertThat(scene.alarms).hasSize(2).last().asString().startsWith("over, starttls");
    }

    @Test
    void aPolicyInTestingIsToldOfAHostThatIsRememberedToo() {
        dns(Security.INSECURE, HOST);
        policy(DOMAIN, StsPolicy.Mode.TESTING, HOST);
        remember = Optional.of(Duration.ofDays(7));
        for (int i = 0; i < 2; i++) {
            listen(TestCertificates.selfSigned(HOST));
            expect("delivered 2.0.0", "unverified");
            told(TlsEvent.Kind.STS, DOMAIN, TlsFault.CERTIFICATE_NOT_TRUSTED);
        }
        listen(null);
        deferred("4.7.4", ErrorKind.TLS, "queue.outbound.tls.remember");
        told(TlsEvent.Kind.STS, DOMAIN, TlsFault.STARTTLS_NOT_SUPPORTED);
    }

    /** RFC 3207 §4: offered and not as strong as wanted is no reason to go on in clear. */
    @Test
    void aHostThatSpeaksOnlyOldTlsGetsNoMailWhereNewTlsIsWanted() {
        FaultServer server = listen(authority.server(HOST), "versions=TLSv1.2");
        expect("delivered 2.0.0", "verified");
        scene.tlsEvents.clear();
        scene.strength = new OutboundSettings.Strength(Conditional.constant(TlsVersion.V1_3), List.of());
        deferred("4.7.5", ErrorKind.TLS, "wanted is TLS 1.3 or newer (tls.min-version)");
        told(TlsEvent.Kind.NO_POLICY_FOUND, DOMAIN, TlsFault.VALIDATION_FAILURE);
        assertThat(server.connections()).as("the one that was open is not used").isEqualTo(2);
        assertThat(server.taken()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "INSECURE, none,     failed 5.7.10",
        "SECURE,   none,     delivered 2.0.0",
        "INSECURE, enforce,  delivered 2.0.0",
        "INSECURE, testing,  delivered 2.0.0",
        "INSECURE, stranger, failed 5.7.10",
    })
    void requireTlsWantsANameThatOneCanBelieve(Security security, String policy, String outcome) { // RFC 8689 §4.2.1
        dns(security, HOST);
        listen(authority.server(HOST), "extensions=REQUIRETLS,8BITMIME,PIPELINING");
        switch (policy) {
            case "enforce" -> policy(DOMAIN, StsPolicy.Mode.ENFORCE, HOST);
            case "testing" -> policy(DOMAIN, StsPolicy.Mode.TESTING, HOST);
            case "stranger" -> policy(DOMAIN, StsPolicy.Mode.TESTING, "other.example");
            default -> {}
        }
        Requests requests =
                new Requests(Requests.NONE.returned(), "", List.of(), true, Optional.empty(), Optional.empty());
        Job job = Scene.asking(requests, Scene.job(Scene.mx(DOMAIN), "a@" + DOMAIN));
        assertThat(Scene.words(attempt(job))).containsExactly(outcome);
    }
}
