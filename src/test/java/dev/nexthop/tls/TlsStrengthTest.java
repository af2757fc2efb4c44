package dev.nexthop.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.client.FaultServer;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.Dialect;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Versions and cipher suites as real servers see them (RFC 9325 §3.1, §4). */
class TlsStrengthTest {
    private static final TestCertificates CA = new TestCertificates();
    private static final String OLD = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String OTHER = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    private static final String NEW = "TLS_AES_128_GCM_SHA256";

    @TempDir
    private Path folder;

    private static TlsDemand demand(TlsVersion least, String... suites) {
        return new TlsDemand(true, StartTls.OPTIONAL, CertificateCheck.NEVER, Optional.empty(), Optional.empty())
                .encrypted(new TlsStrength(least, List.of(suites)));
    }

    private static TlsVersion version(String number) {
        return number.equals("1.3") ? TlsVersion.V1_3 : TlsVersion.V1_2;
    }

    private static String[] suites(String words) {
        return words.equals("-")
                ? new String[0]
                : words.replace("OLD", OLD)
                        .replace("OTHER", OTHER)
                        .replace("NEW", NEW)
                        .split(" ");
    }

    /** The version and suite that come about, or {@code refused}. */
    private static String outcome(int port, TlsDemand demand) throws IOException {
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
            TlsVerdict verdict = new TlsClient(Optional.empty())
                    .start(plain, demand, "mx.example")
                    .verdict();
            return verdict.protocol() + " " + verdict.cipher();
        } catch (TlsException e) {
            assertThat(e.fault()).isEqualTo(TlsFault.VALIDATION_FAILURE);
            return "refused: " + e.getMessage();
        }
    }

    /** What the server speaks, what this side wants, what comes of it. OLD is a suite of TLS 1.2, NEW one of TLS 1.3. */
    private static final String TABLE = """
            TLSv1.2         | 1.2 | -         | TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            TLSv1.2         | 1.2 | OLD       | TLSv1.2 OLD
            TLSv1.2         | 1.2 | NEW OLD   | TLSv1.2 OLD
            TLSv1.2         | 1.2 | NEW       | refused: wanted is TLS 1.3 or newer with a suite of tls.ciphers
            TLSv1.2         | 1.3 | -         | refused: wanted is TLS 1.3 or newer (tls.min-version)
            TLSv1.2         | 1.3 | NEW OLD   | refused: wanted is TLS 1.3 or newer (tls.min-version) with a suite of tls.ciphers
            TLSv1.3         | 1.2 | -         | TLSv1.3 TLS_AES_256_GCM_SHA384
            TLSv1.3         | 1.3 | -         | TLSv1.3 TLS_AES_256_GCM_SHA384
            TLSv1.3         | 1.3 | NEW       | TLSv1.3 NEW
            TLSv1.3         | 1.2 | OLD       | refused: wanted is TLS 1.2 alone with a suite of tls.ciphers
            TLSv1.2|TLSv1.3 | 1.2 | OLD       | TLSv1.2 OLD
            TLSv1.2|TLSv1.3 | 1.2 | OLD NEW   | TLSv1.3 NEW
            TLSv1.2|TLSv1.3 | 1.3 | OLD NEW   | TLSv1.3 NEW
            TLSv1.2|TLSv1.3 | 1.3 | OLD       | refused: no suite of tls.ciphers is one of TLS 1.3 or newer, as tls.min-version wants
            """;

    @Test
    void aJdkServer() throws Exception {
        SSLContext context = CA.server("mx.example");
        for (String row : TABLE.strip().split("\\n")) {
            String[] cells = row.split(" +\\| ");
            FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, context, true);
            try (FaultServer server = FaultServer.start(way, "versions=" + cells[0])) {
                compare(row, cells, outcome(server.port(), demand(version(cells[1]), suites(cells[2].strip()))));
            }
        }
    }

    private static void compare(String row, String[] cells, String outcome) {
        String expected = cells[3].replace("OLD", OLD).replace("NEW", NEW);
        if (expected.startsWith("refused: ")) {
            assertThat(outcome).as(row).startsWith("refused: ").endsWith(expected.substring("refused: ".length()));
        } else {
            assertThat(outcome).as(row).isEqualTo(expected);
        }
    }

    /** OpenSSL's own server; it speaks what its options say, whatever a JDK thinks of them. */
    @ParameterizedTest
    @CsvSource({
        "-tls1_2, 1.2, -,         TLSv1.2",
        "-tls1_2, 1.3, -,         refused",
        "-tls1_2, 1.2, OTHER NEW, TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "-tls1_2, 1.2, NEW,       refused",
        "-tls1_3, 1.2, -,         TLSv1.3",
        "-tls1_3, 1.3, NEW,       TLSv1.3 TLS_AES_128_GCM_SHA256",
        "-tls1_3, 1.2, OLD,       refused",
        "-tls1_1, 1.2, -,         refused",
    })
    void opensslServer(String option, String least, String suites, String expected) throws Exception {
        CA.serverPem(folder, "mx.example");
        Process server = new ProcessBuilder(
                        "openssl",
                        "s_server",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        "server.pem",
                        "-key",
                        "server.key",
                        "-naccept",
                        "1",
                        option)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = server.inputReader()) {
            String line = lines.readLine();
            while (line != null && !line.startsWith("ACCEPT ")) {
                line = lines.readLine();
            }
            int port = Integer.parseInt(String.valueOf(line).replaceFirst(".*:", ""));
            String outcome = outcome(port, demand(version(least), suites(suites)));
            assertThat(outcome).startsWith(expected);
            if (expected.equals("refused")) {
                assertThat(outcome).contains("TLS handshake with mx.example failed", "wanted is TLS 1.");
            }
        } finally {
            server.destroyForcibly();
        }
    }

    /** What was begun under a laxer demand is not taken up again under a stricter one, though the JDK keeps it. */
    @Test
    void noSessionIsResumedThatADemandDoesNotAllow() throws Exception {
        TlsClient client = new TlsClient(Optional.empty());
        FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, CA.server("mx.example"), true);
        try (FaultServer server = FaultServer.start(way)) {
            List<Long> begun = new ArrayList<>();
            List<String> verdicts = new ArrayList<>();
            for (TlsDemand demand : List.of(
                    demand(TlsVersion.V1_2, OLD),
                    demand(TlsVersion.V1_2, OLD),
                    demand(TlsVersion.V1_2, OTHER),
                    demand(TlsVersion.V1_3))) {
                try (Socket plain = new Socket(server.address().getAddress(), server.port())) {
                    TlsClient.Secured secured = client.start(plain, demand, "mx.example");
                    begun.add(secured.socket().getSession().getCreationTime());
                    verdicts.add(secured.verdict().protocol() + " "
                            + secured.verdict().cipher());
                }
            }
            assertThat(verdicts)
                    .containsExactly(
                            "TLSv1.2 " + OLD, "TLSv1.2 " + OLD, "TLSv1.2 " + OTHER, "TLSv1.3 TLS_AES_256_GCM_SHA384");
            assertThat(begun.get(1)).as("the JDK resumes where it may").isEqualTo(begun.get(0));
        }
    }

    @Test
    void withoutAVersionThereIsNoHandshake() {
        assertThat(demand(TlsVersion.V1_3, OLD).strength().versions()).isEmpty();
        assertThatThrownBy(() ->
                        new TlsClient(Optional.empty()).start(new Socket(), demand(TlsVersion.V1_3, OLD), "mx.example"))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("no suite of tls.ciphers is one of TLS 1.3");
    }
}
