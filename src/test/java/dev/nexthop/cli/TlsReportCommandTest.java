package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** {@code nexthop tls report}: somebody's report for a person and for a program. */
class TlsReportCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        CommandLine line = Commands.line("0", (_, _) -> 0);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(words);
    }

    private Path example() throws IOException {
        try (InputStream in = TlsReportCommandTest.class.getResourceAsStream("/dev/nexthop/report/appendix-b.json")) {
            return Files.write(
                    folder.resolve("report.json"), Objects.requireNonNull(in).readAllBytes());
        }
    }

    @Test
    void aTableForPeople() throws IOException {
        assertThat(run("tls", "report", example().toString())).isZero();
        assertThat(out.toString())
                .contains("from      Company-X, sts-reporting@company-x.example")
                .contains("period    2016-04-01T00:00:00Z to 2016-04-01T23:59:59Z")
                .contains("policy    sts of company-y.example")
                .contains("sessions  5326 good, 303 failed")
                .containsPattern("SESSIONS +RESULT +MX +MX ADDRESS +SENDER +WHY")
                .containsPattern("100 +certificate-expired +mx1.mail.company-y.example +- +2001:db8:abcd:0012::1 +-")
                .contains("X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED");
    }

    @Test
    void jsonForPrograms() throws IOException {
        Path file = example();
        assertThat(run("tls", "report", file.toString(), "--json")).isZero();
        JsonMapper json = new JsonMapper();
        assertThat(json.readTree(out.toString())).isEqualTo(json.readTree(Files.readAllBytes(file)));
    }

    @Test
    void nothingInAReportSteersATerminal() throws IOException {
        String text = Files.readString(example(), StandardCharsets.UTF_8)
                .replace("Company-X", "\\u001b[31mred\\u0007")
                .replace("mx1.mail", "\\u001b]0;title");
        Files.writeString(folder.resolve("report.json"), text);
        assertThat(run("tls", "report", folder.resolve("report.json").toString()))
                .isZero();
        assertThat(out.toString()).contains("[31mred").doesNotContain("\u001b", "\u0007");
    }

    @Test
    void whatIsNoReportIsSaidSo() throws IOException {
        Path file = Files.writeString(folder.resolve("x.eml"), "Subject: hello\r\n\r\nhello");
        assertThat(run("tls", "report", file.toString())).isEqualTo(1);
        assertThat(run("tls", "report", folder.resolve("missing").toString())).isEqualTo(1);
        assertThat(run("tls", "report")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no report in it").contains("missing does not exist");
    }
}
