package dev.nexthop.tls;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.client.FaultServer;
import dev.nexthop.smtp.Dialect;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9525, RFC 5280 and RFC 6066 as a client of mail sees them. */
class TlsClientTest {
    private static final TestCertificates CA = new TestCertificates();

    @TempDir
    private Path directory;

    private TlsVerdict start(SSLContext server, CertificateCheck check, String host) throws Exception {
        return start(server, demand(check, Optional.empty(), true), host);
    }

    private TlsDemand demand(CertificateCheck check, Optional<String> name, boolean trusted) throws Exception {
        Optional<Path> ca = trusted ? Optional.of(CA.pem(directory)) : Optional.empty();
        return new TlsDemand(true, StartTls.OPTIONAL, check, name, ca);
    }

    private static TlsVerdict start(SSLContext server, TlsDemand demand, String host) throws IOException {
        try (FaultServer peer = FaultServer.start(new FaultServer.Way(Dialect.SMTP, server, true));
                Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
            return new TlsClient(Optional.empty()).start(plain, demand, host).verdict();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mx.example.org,   mx.example.org,  true",
        "mx.example.org,   MX.Example.ORG,  true",
        "mx.example.org,   mx2.example.org, false",
        "*.example.org,    mx.example.org,  true",
        "*.example.org,    a.b.example.org, false",
        "*.example.org,    example.org,     false",
        "*.org,            example.org,     false",
        "m*.example.org,   mx.example.org,  false",
        "192.0.2.1,        192.0.2.1,       true",
        "192.0.2.1,        192.0.2.2,       false",
        "2001:db8::1,      2001:DB8:0::1,   true",
        "xn--bcher-kva.example, b\u00fccher.example, true",
        "xn--strae-oqa.example, stra\u00dfe.example, true",
        "strasse.example,       stra\u00dfe.example, false"
    })
    void aCertificateSpeaksForItsNamesOnly(String named, String wanted, boolean fits) throws Exception {
        TlsVerdict verdict = start(CA.server(named), CertificateCheck.OPPORTUNISTIC, wanted);
        assertThat(verdict.word()).isEqualTo(fits ? "verified" : "unverified");
    }

    @Test
    void aNameThatHasNoFormInAsciiIsNobodys() {
        assertThatThrownBy(() ->
                        start(CA.server("mx.example"), CertificateCheck.OPPORTUNISTIC, "b\u200e\u00fccher.example"))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("no name that DNS and certificates could hold");
    }

    /** What the files hold counts, not what they are called nor when they were written. */
    @Test
    void trustIsAnotherWhereOtherAuthoritiesAreBelieved() throws Exception {
        TlsDemand ours = demand(CertificateCheck.REQUIRE, Optional.empty(), true);
        Path file = ours.ca().orElseThrow();
        String trust = new TlsClient(Optional.empty()).trust(ours);
        assertThat(new TlsClient(Optional.empty()).trust(ours)).isEqualTo(trust);
        assertThat(new TlsClient(Optional.empty()).trust(demand(CertificateCheck.REQUIRE, Optional.empty(), false)))
                .isNotEqualTo(trust);
        Path copy = Files.copy(file, directory.resolve("copy.pem"));
        assertThat(new TlsClient(Optional.of(copy)).trust(demand(CertificateCheck.REQUIRE, Optional.empty(), false)))
                .isEqualTo(trust);
        Files.copy(
                new TestCertificates().pem(Files.createDirectory(directory.resolve("other"))), file, REPLACE_EXISTING);
        assertThat(new TlsClient(Optional.empty()).trust(ours)).isNotEqualTo(trust);
    }

    @Test
    void anAddressInADnsNameIsNoAddress() throws Exception {
        assertThat(start(CA.server("*.0.2.1"), CertificateCheck.OPPORTUNISTIC, "192.0.2.1")
                        .word())
                .isEqualTo("unverified");
    }

    @Test
    void aRefusalNamesSubjectNamesValidityIssuerAndReason() {
        assertThatThrownBy(() -> start(CA.server("other.example"), CertificateCheck.REQUIRE, "mx.example.org"))
                .isInstanceOf(TlsException.class)
                .message()
                .contains(
                        "the certificate of mx.example.org is refused",
                        "it does not name mx.example.org",
                        "CN=server",
                        "other.example",
                        "valid 20",
                        "CN=Test CA");
    }

    @Test
    void expiredFutureSelfSignedAndUnknownAreTold() throws Exception {
        assertThatThrownBy(() -> start(CA.serverValid(-30, -1, "mx.example"), CertificateCheck.REQUIRE, "mx.example"))
                .hasMessageContaining("it has expired");
        assertThatThrownBy(() -> start(CA.serverValid(5, 9, "mx.example"), CertificateCheck.REQUIRE, "mx.example"))
                .hasMessageContaining("not valid yet");
        assertThatThrownBy(
                        () -> start(TestCertificates.selfSigned("mx.example"), CertificateCheck.REQUIRE, "mx.example"))
                .hasMessageContaining("self-signed and no trust anchor");
        assertThatThrownBy(() ->
                        start(new TestCertificates().server("mx.example"), CertificateCheck.REQUIRE, "mx.example"))
                .hasMessageContaining("no path to a trust anchor");
        TlsDemand untrusting = demand(CertificateCheck.OPPORTUNISTIC, Optional.empty(), false);
        assertThat(start(CA.server("mx.example"), untrusting, "mx.example"))
                .isInstanceOf(TlsVerdict.Unverified.class)
                .extracting(verdict -> ((TlsVerdict.Unverified) verdict).why())
                .asString()
                .contains("no path to a trust anchor");
    }

    @Test
    void neverMeansThatNobodyLooks() throws Exception {
        TlsVerdict verdict = start(TestCertificates.selfSigned("other"), CertificateCheck.NEVER, "mx.example");
        assertThat(verdict).isInstanceOf(TlsVerdict.Unverified.class);
        assertThat(((TlsVerdict.Unverified) verdict).why()).contains("nobody looked");
    }

    @Test
    void theServerNameOfTheDemandIsIndicatedAndVerified() throws Exception {
        TlsDemand demand = demand(CertificateCheck.REQUIRE, Optional.of("mail.example.net"), true);
        try (FaultServer peer =
                        FaultServer.start(new FaultServer.Way(Dialect.SMTP, CA.server("mail.example.net"), true));
                Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
            TlsClient.Secured secured = new TlsClient(Optional.empty()).start(plain, demand, "10.0.0.1");
            assertThat(secured.verdict()).isInstanceOf(TlsVerdict.Verified.class);
            assertThat(secured.socket().getInputStream().read()).isEqualTo('2');
            assertThat(peer.indicated()).containsExactly("mail.example.net");
        }
    }

    @Test
    void anAddressIsNeverIndicated() throws Exception {
        try (FaultServer peer = FaultServer.start(new FaultServer.Way(Dialect.SMTP, CA.server("127.0.0.1"), true));
                Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
            TlsClient.Secured secured = new TlsClient(Optional.empty())
                    .start(plain, demand(CertificateCheck.REQUIRE, Optional.empty(), true), "127.0.0.1");
            assertThat(secured.verdict().word()).isEqualTo("verified");
            assertThat(secured.socket().getInputStream().read()).isEqualTo('2');
            assertThat(peer.indicated()).isEmpty(); // RFC 6066 §3
        }
    }

    @Test
    void aResumedSessionIsJudgedLikeANewOne() throws Exception {
        SSLContext server = CA.server("mx.example");
        TlsClient client = new TlsClient(Optional.empty());
        try (FaultServer peer = FaultServer.start(new FaultServer.Way(Dialect.SMTP, server, true))) {
            for (int i = 0; i < 2; i++) {
                try (Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
                    TlsClient.Secured first = client.start(
                            plain, demand(CertificateCheck.OPPORTUNISTIC, Optional.empty(), false), "mx.example");
                    assertThat(first.socket().getInputStream().read()).isEqualTo('2');
                    assertThat(first.verdict().word()).isEqualTo("unverified");
                }
            }
            try (Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
                TlsDemand strict = demand(CertificateCheck.REQUIRE, Optional.empty(), false);
                assertThatThrownBy(() -> client.start(plain, strict, "mx.example"))
                        .isInstanceOf(TlsException.class);
            }
        }
    }

    @Test
    void aFileOfAnchorsThatIsNoneIsTold() throws IOException, GeneralSecurityException {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        TlsDemand demand =
                new TlsDemand(true, StartTls.OPTIONAL, CertificateCheck.REQUIRE, Optional.empty(), Optional.of(empty));
        assertThatThrownBy(() -> start(CA.server("mx.example"), demand, "mx.example"))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("empty.pem");
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> new TrustAnchors(Optional.of(missing)).with(Optional.empty()))
                .hasMessageContaining("missing.pem");
    }

    @Test
    void aPinnedCertificateCountsAloneAndNothingElseDoes() throws Exception {
        SSLContext own = TestCertificates.selfSigned("other.example");
        Fingerprint seen = fingerprint(own);
        Fingerprint pin = Fingerprint.parse(
                "SHA256:" + seen.hex().replaceAll("(..)(?!$)", "$1:").toUpperCase(java.util.Locale.ROOT));
        Fingerprint wrong = new Fingerprint("00".repeat(32));
        TlsVerdict verdict = start(own, pinned(Set.of(wrong, pin)), "mx.example");
        assertThat(verdict.word()).isEqualTo("pinned");
        assertThatThrownBy(() -> start(own, pinned(Set.of(wrong)), "mx.example"))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining(pin.toString());
        assertThatThrownBy(() -> Fingerprint.parse("AB:CD")).isInstanceOf(IllegalArgumentException.class);
    }

    private Fingerprint fingerprint(SSLContext server) throws Exception {
        try (FaultServer peer = FaultServer.start(new FaultServer.Way(Dialect.SMTP, server, true));
                Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
            TlsDemand any = demand(CertificateCheck.NEVER, Optional.empty(), false);
            TlsClient.Secured secured = new TlsClient(Optional.empty()).start(plain, any, "mx.example");
            return Fingerprint.of(
                    (X509Certificate) secured.socket().getSession().getPeerCertificates()[0]);
        }
    }

    private static TlsDemand pinned(Set<Fingerprint> pins) {
        return new TlsDemand(
                true,
                StartTls.OPTIONAL,
                CertificateCheck.REQUIRE,
                Optional.empty(),
                Optional.empty(),
                pins,
                Optional.empty());
    }

    @Test
    void theSecondHandshakeResumesTheFirstAndAnotherCertificateOfOursDoesNot() throws Exception {
        List<Long> begun = new ArrayList<>();
        TlsClient client = new TlsClient(Optional.empty());
        List<Optional<ClientIdentity>> shows = new ArrayList<>();
        Optional<ClientIdentity> mine = Optional.of(CA.client("me.example"));
        shows.add(Optional.empty());
        shows.add(Optional.empty());
        shows.add(mine);
        shows.add(mine);
        SSLContext asks = CA.serverThatKnowsClients("mx.example");
        try (FaultServer peer = FaultServer.start(new FaultServer.Way(Dialect.SMTP, asks, true))) {
            for (Optional<ClientIdentity> show : shows) {
                TlsDemand demand = new TlsDemand(
                        true,
                        StartTls.OPTIONAL,
                        CertificateCheck.REQUIRE,
                        Optional.empty(),
                        Optional.of(CA.pem(directory)),
                        Set.of(),
                        show);
                try (Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
                    TlsClient.Secured secured = client.start(plain, demand, "mx.example");
                    assertThat(secured.verdict().word()).isEqualTo("verified");
                    assertThat(secured.socket().getInputStream().read()).isEqualTo('2'); // The ticket has come too.
                    begun.add(secured.socket().getSession().getCreationTime());
                }
            }
            // A resumed session is as old as the one that it continues.
            assertThat(begun.get(1)).isEqualTo(begun.get(0));
            assertThat(begun.get(2)).isNotEqualTo(begun.get(0));
            assertThat(begun.get(3)).isEqualTo(begun.get(2));
            assertThat(peer.shown()).containsExactly("", "", "CN=me.example", "CN=me.example");
        }
    }
}
