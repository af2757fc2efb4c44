package dev.nexthop.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Domain;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, what is not, and what comes after a refusal. */
class RefusalTest {
    private static final String HOST = "mx.example";
    private static final SSLContext SERVER = TestCertificates.selfSigned(HOST);
    private static final TlsPolicy TESTING = new TlsPolicy.Testing(new Domain("example.org"), true);

    private final TlsClient client = new TlsClient(Optional.empty());

    private static TlsDemand demand(CertificateCheck check, Optional<Path> ca, TlsPolicy policy) {
        return new TlsDemand(true, StartTls.OPTIONAL, check, Optional.empty(), ca).under(policy);
    }

    private TlsVerdict verdict(TlsDemand demand) throws IOException {
        try (FaultServer peer = FaultServer.start(new FaultServer.Way(Dialect.SMTP, SERVER, true));
                Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
            return client.start(plain, demand, HOST).verdict();
        }
    }

    @Test
    void whatAProviderCannotJudgeIsRefused() {
        // A record that no planner lets through stands for whatever makes a provider throw what it does not declare.
        TlsaSet strange = new TlsaSet(List.of(new TlsaRecord(3, 1, 9, "00")), HOST, List.of(HOST));
        TlsDemand demand = demand(CertificateCheck.NEVER, Optional.empty(), new TlsPolicy.Dane(strange));
        assertThatThrownBy(() -> verdict(demand))
                .isInstanceOfSatisfying(
                        TlsException.class, e -> assertThat(e.fault()).isEqualTo(TlsFault.VALIDATION_FAILURE))
                .hasMessageContaining("it can't be judged");
    }

    @Test
    void aRecordThatCannotBeReadIsNotUsable() {
        assertThat(TlsaUse.fault(new TlsaRecord(2, 1, 0, "3"))).contains("its data is no public key");
        assertThat(TlsaUse.fault(new TlsaRecord(2, 0, 0, "3"))).contains("its data is no certificate");
    }

    @Test
    void aTestDoesNotBlockWhenItsAnchorsCannotBeRead() throws IOException {
        Optional<Path> missing = Optional.of(Path.of("missing.pem"));
        assertThat(verdict(demand(CertificateCheck.NEVER, missing, TESTING)))
                .isInstanceOfSatisfying(TlsVerdict.Unverified.class, unverified -> {
                    assertThat(unverified.why()).contains("missing.pem");
                    assertThat(unverified.fault()).isEmpty();
                });
        TlsPolicy enforced = new TlsPolicy.Sts(new Domain("example.org"));
        assertThatThrownBy(() -> verdict(demand(CertificateCheck.NEVER, missing, enforced)))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("missing.pem");
        assertThatThrownBy(() -> verdict(demand(CertificateCheck.REQUIRE, missing, TESTING)))
                .isInstanceOf(TlsException.class);
    }

    /** The server may have another certificate by now: only a whole handshake can tell. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aRefusedSessionIsNotResumed(String protocol) throws Exception {
        TlsDemand lenient = demand(CertificateCheck.NEVER, Optional.empty(), TlsPolicy.CONFIGURED);
        TlsDemand strict = demand(CertificateCheck.REQUIRE, Optional.empty(), TlsPolicy.CONFIGURED);
        ServerSocket door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread server = Thread.startVirtualThread(() -> serve(door, protocol));
        try (door) {
            long first = begun(door, lenient);
            assertThat(begun(door, lenient)).as("the session is resumed").isEqualTo(first);
            assertThatThrownBy(() -> begun(door, strict)).isInstanceOf(TlsException.class);
            assertThat(begun(door, lenient)).as("a new session").isNotEqualTo(first);
        }
        server.join();
    }

    /** When the session of a connection was begun: one that is resumed is as old as the one that it continues. */
    private long begun(ServerSocket door, TlsDemand demand) throws IOException {
        try (Socket plain = new Socket(door.getInetAddress(), door.getLocalPort())) {
            SSLSocket secured = client.start(plain, demand, HOST).socket();
            OutputStream out = secured.getOutputStream();
            out.write('a');
            out.flush();
            assertThat(secured.getInputStream().read()).isEqualTo('a'); // The ticket has come too.
            return secured.getSession().getCreationTime();
        }
    }

    private static void serve(ServerSocket door, String protocol) {
        while (!door.isClosed()) {
            try (Socket plain = door.accept();
                    SSLSocket secured = (SSLSocket)
                            SERVER.getSocketFactory().createSocket(plain, "client", plain.getPort(), true)) {
                secured.setUseClientMode(false);
                secured.setEnabledProtocols(new String[] {protocol});
                InputStream in = secured.getInputStream();
                int octet = in.read();
                if (octet >= 0) {
                    secured.getOutputStream().write(octet);
                    secured.getOutputStream().flush();
                }
            } catch (IOException _) {
                // A client that refuses us goes away; the door that closes ends the loop.
            }
        }
    }
}
