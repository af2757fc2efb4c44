package dev.nexthop.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which certificate a client sees, over real handshakes (RFC 6066 §3). */
class ServerCertificatesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "mx.example.org, mx.example.org",
        "MX.EXAMPLE.ORG, mx.example.org",
        "a.example.net, *.example.net",
        "a.b.example.net, mail.example.org",
        "example.net, mail.example.org",
        "other.test, mail.example.org",
        "'', mail.example.org"
    })
    void theNameChoosesAndThePreferredOneServesTheRest(String asked, String shown) throws Exception {
        TestCertificates authority = new TestCertificates();
        SSLContext context = ServerCertificates.context(List.of(
                authority.identity(false, "mx.example.org"),
                authority.identity(true, "mail.example.org"),
                authority.identity(false, "*.example.net")));
        assertThat(subject(context, asked)).isEqualTo("CN=" + shown);
    }

    @Test
    void withoutAPreferredOneTheFirstServesTheRest() throws Exception {
        TestCertificates authority = new TestCertificates();
        SSLContext context = ServerCertificates.context(
                List.of(authority.identity(false, "one.test"), authority.identity(false, "two.test")));
        assertThat(subject(context, "three.test")).isEqualTo("CN=one.test");
    }

    @Test
    void noCertificateIsRefusedAndAKeyIsNeverShown() {
        assertThatThrownBy(() -> ServerCertificates.context(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThat(new TestCertificates().identity(true, "mx.test").toString()).isEqualTo("Identity[CN=mx.test]");
    }

    private String subject(SSLContext context, String asked) throws Exception {
        try (SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (SSLSocket socket = (SSLSocket) server.accept()) {
                    socket.startHandshake();
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            String seen;
            TlsDemand demand = new TlsDemand(
                    true,
                    StartTls.DISABLE,
                    CertificateCheck.NEVER,
                    asked.isEmpty() ? Optional.empty() : Optional.of(asked),
                    Optional.empty());
            try (java.net.Socket plain = new java.net.Socket(server.getInetAddress(), server.getLocalPort());
                    SSLSocket secured = new TlsClient(Optional.empty())
                            .start(plain, demand, "127.0.0.1")
                            .socket()) {
                X509Certificate leaf = (X509Certificate) secured.getSession().getPeerCertificates()[0];
                seen = leaf.getSubjectX500Principal().getName();
            }
            served.join();
            return seen;
        }
    }
}
