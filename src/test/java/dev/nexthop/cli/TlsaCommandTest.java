package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.tls.TestChains;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What {@code nexthop tls tlsa} prints is what another implementation makes of the same certificate. */
class TlsaCommandTest {
    private static final TestChains.Chain CHAIN = new TestChains().of("good");

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        List<String> all = new ArrayList<>(List.of("tls", "tlsa"));
        all.addAll(Arrays.asList(words));
        CommandLine line = Commands.line("0", (_, _) -> 0);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(all.toArray(String[]::new));
    }

    private String pem(String... parts) throws IOException, GeneralSecurityException {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            X509Certificate one = CHAIN.part(part);
            text.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(one.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return Files.writeString(directory.resolve(String.join("-", parts) + ".pem"), text)
                .toString();
    }

    /** The digest that OpenSSL makes. */
    private String openssl(String pem, int selector, int bits) throws Exception {
        String der = selector == 0
                ? "openssl x509 -in " + pem + " -outform DER"
                : "openssl x509 -in " + pem + " -noout -pubkey | openssl pkey -pubin -outform DER";
        Process process = new ProcessBuilder("sh", "-c", der + " | openssl dgst -sha" + bits + " -r").start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return text.split(" ")[0];
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 256", "0, 2, 512", "1, 1, 256", "1, 2, 512"})
    void theDigestIsTheOneOfOpenSsl(int selector, int matching, int bits) throws Exception {
        String file = pem("leaf");
        assertThat(run(
                        "--cert",
                        file,
                        "--host",
                        "mx.example.org",
                        "--selector",
                        Integer.toString(selector),
                        "--matching",
                        Integer.toString(matching)))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .isEqualTo("_25._tcp.mx.example.org. 3600 IN TLSA 3 " + selector + " " + matching + " "
                        + openssl(file, selector, bits) + "\n");
    }

    @Test
    void withAChainTheAuthorityIsPrintedToo() throws Exception {
        assertThat(run("--cert", pem("leaf"), "--chain", pem("middle", "root"), "--port", "26"))
                .isZero();
        assertThat(out.toString().lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("_26._tcp.mx.example.org. 3600 IN TLSA 3 1 1 ");
        assertThat(out.toString()).endsWith(" 2 1 1 " + openssl(pem("root"), 1, 256) + "\n");
    }

    @Test
    void theLastOfTheFileIsTheAuthorityOfUsageTwo() throws Exception {
        assertThat(run("--cert", pem("leaf", "middle"), "--usage", "2")).isZero();
        assertThat(out.toString()).endsWith("TLSA 2 1 1 " + openssl(pem("middle"), 1, 256) + "\n");
    }

    @Test
    void jsonHasTheSame() throws Exception {
        assertThat(run("--cert", pem("leaf"), "--json")).isZero();
        assertThat(out.toString()).contains("\"_25._tcp.mx.example.org.\"", "\"3 1 1 ");
    }

    @ParameterizedTest
    @CsvSource({
        "--usage 1, usages of SMTP",
        "--selector 2, selectors are",
        "--matching 3, matching types",
        "--usage 2, --chain",
        "--host a_b!, not a host name",
        "--port 0, not a port",
    })
    void whatMakesNoRecordIsRefused(String words, String why) throws Exception {
        List<String> all = new ArrayList<>(List.of("--cert", pem("leaf")));
        all.addAll(Arrays.asList(words.split(" ")));
        assertThat(run(all.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString()).contains(why);
    }

    @Test
    void aFileWithoutCertificateIsRefused() throws Exception {
        String empty = Files.writeString(directory.resolve("empty.pem"), "nothing\n").toString();
        assertThat(run("--cert", empty)).isEqualTo(2);
        assertThat(err.toString()).contains("--cert");
        assertThat(run("--cert", directory.resolve("away.pem").toString())).isEqualTo(2);
    }
}
