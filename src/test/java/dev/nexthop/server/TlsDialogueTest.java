package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.tls.ServerStrength;
import dev.nexthop.tls.TlsVersion;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** STARTTLS (RFC 3207) and implicit TLS (RFC 8314). */
final class TlsDialogueTest {
    private static final String EHLO = """
            C: EHLO client.example
            S: 250-mx.example.org
            S: 250-PIPELINING
            S: 250-SIZE *
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250-ENHANCEDSTATUSCODES
            S: 250-LIMITS *
            """;
    private static final String REST = "S: 250-AUTH PLAIN LOGIN\nS: 250-VRFY\nS: 250 HELP\n";
    private final TestCertificate certificate = TestCertificate.make();

    TlsDialogueTest() throws Exception {}

    @Test
    void startTlsForgetsWhatWasSaidInClear() throws Exception {
        try (TestServer server =
                        new TestServer().tls(certificate::server, false).start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.play("S: 220 *\nC: STARTTLS\nS: 503 5.5.1 send HELO or EHLO first\n" + EHLO
                    + "S: 250-STARTTLS\n" + REST
                    + "C: AUTH PLAIN " + AccessDialogueTest.base64("^alice^secret of alice") + "\nS: 235 *\n"
                    + "C: STARTTLS\nS: 220 2.0.0 *\n");
            dialogue.startTls(certificate.client());
            dialogue.play("C: MAIL FROM:<>\nS: 503 5.5.1 *\n" + EHLO + REST + """
                    C: STARTTLS
                    S: 503 5.5.1 TLS is active already
                    C: MAIL FROM:<>
                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: text
                    C: .
                    C: QUIT
                    S: 250 *
                    S: 221 *
                    S END
                    """);
            assertThat(server.text(1)).contains("with ESMTPS id", "\r\n\ttls TLS_");
            assertThat(server.message(1).envelope().reception().authenticatedAs())
                    .isEmpty();
        }
    }

    /** RFC 3207 §6 and the command injection of 2011: what was pipelined in clear is never answered under TLS. */
    @Test
    void commandsInjectedBeforeTheHandshakeAreDropped() throws Exception {
        try (TestServer server =
                        new TestServer().tls(certificate::server, false).start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.play("S: 220 *\n" + EHLO + "S: 250-STARTTLS\n" + REST);
            dialogue.send("STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@b.example>\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            dialogue.play("S: 220 2.0.0 *\n");
            dialogue.startTls(certificate.client());
            dialogue.play(
                    "C: NOOP\nS: 250 2.0.0 OK\nC: RCPT TO:<alice@example.org>\nS: 503 5.5.1 send HELO or EHLO *\n");
        }
    }

    /** server.tls.disable-protocols, disable-ciphers and ignore-client-order. */
    @Test
    void aListenerKeepsBackWhatIsSwitchedOff() throws Exception {
        ServerStrength old = new ServerStrength(Set.of(TlsVersion.V1_3), Set.of(), true);
        assertThat(negotiated(old)).startsWith("TLSv1.2 ");
        ServerStrength one = new ServerStrength(Set.of(), Set.of("TLS_AES_256_GCM_SHA384"), true);
        assertThat(negotiated(one)).isEqualTo("TLSv1.3 TLS_AES_128_GCM_SHA256");
        assertThat(negotiated(ServerStrength.DEFAULT)).isEqualTo("TLSv1.3 TLS_AES_256_GCM_SHA384");
        ServerStrength clients = new ServerStrength(Set.of(), Set.of(), false);
        assertThat(negotiated(clients)).isEqualTo("TLSv1.3 TLS_AES_128_GCM_SHA256");
    }

    /** What a client gets that likes the shorter keys best. */
    private String negotiated(ServerStrength strength) throws Exception {
        try (TestServer server = new TestServer()
                .tls(certificate::server, true)
                .strength(strength)
                .start()) {
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
            try (SSLSocket secure = (SSLSocket)
                    certificate.client().getSocketFactory().createSocket(plain, "mx.example.org", 25, true)) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setCipherSuites(new String[] {
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
                });
                secure.setSSLParameters(parameters);
                secure.startHandshake();
                return secure.getSession().getProtocol() + " "
                        + secure.getSession().getCipherSuite();
            }
        }
    }

    @Test
    void notInsideATransaction() throws Exception {
        try (TestServer server =
                new TestServer().tls(certificate::server, false).start()) {
            server.play("S: 220 *\n" + EHLO + "S: 250-STARTTLS\n" + REST
                    + "C: MAIL FROM:<>\nS: 250 *\nC: STARTTLS\nS: 503 5.5.1 not while a transaction *\n");
        }
    }

    @Test
    void implicitTls() throws Exception {
        try (TestServer server = new TestServer().tls(certificate::server, true).start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.startTls(certificate.client());
            dialogue.play("S: 220 mx.example.org *\n" + EHLO + REST + "C: QUIT\nS: 221 *\nS END\n");
        }
    }

    @Test
    void aFailedHandshakeEndsTheSession() throws Exception {
        try (TestServer server =
                        new TestServer().tls(certificate::server, false).start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.play("S: 220 *\n" + EHLO + "S: 250-STARTTLS\n" + REST + "C: STARTTLS\nS: 220 2.0.0 *\n");
            dialogue.send("MAIL FROM:<>\r\n".getBytes(StandardCharsets.US_ASCII));
            LifecycleTest.await(() -> server.server().connections() == 0);
        }
    }
}
