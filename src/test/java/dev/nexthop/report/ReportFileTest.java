package dev.nexthop.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Reports of others as they come: plain, compressed, in a mail; and what hostile people send instead. */
class ReportFileTest {
    private static final String MAIL = """
            From: tlsrpt@mail.sender.example.com
            To: mts-sts-tlsrpt@example.net
            Subject: Report Domain: example.net
             Submitter: mail.sender.example.com
             Report-ID: <735ff.e317+bf22029@example.net>
            TLS-Report-Domain: example.net
            TLS-Report-Submitter: mail.sender.example.com
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type="tlsrpt";
            \tboundary="----=_NextPart_000_024E_01CC9B0A.AFE54C00"
            Content-Language: en-us

            This is a multipart message in MIME format.

            ------=_NextPart_000_024E_01CC9B0A.AFE54C00
            Content-Type: text/plain; charset="us-ascii"
            Content-Transfer-Encoding: 7bit

            This is an aggregate TLS report from mail.sender.example.com

            ------=_NextPart_000_024E_01CC9B0A.AFE54C00
            Content-Type: TYPE
            Content-Transfer-Encoding: ENCODING
            Content-Disposition: attachment;
             filename="mail.sender.example!example.com!1013662812!1013749130.json.gz"

            CONTENT
            ------=_NextPart_000_024E_01CC9B0A.AFE54C00--
            """;

    static byte[] gzip(byte[] octets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(octets);
        }
        return out.toByteArray();
    }

    private static List<TlsReport> read(byte[] octets) throws IOException {
        return ReportFile.read(new ByteArrayInputStream(octets));
    }

    private static byte[] mail(String type, String encoding, String content) {
        return MAIL.replace("TYPE", type)
                .replace("ENCODING", encoding)
                .replace("CONTENT", content)
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void plainAndCompressed() throws IOException {
        byte[] json = ReportJsonTest.example();
        assertThat(read(json)).containsExactly(ReportJson.read(json));
        assertThat(read(gzip(json))).containsExactly(ReportJson.read(json));
    }

    @Test
    void inTheMailThatItCameIn() throws IOException {
        byte[] json = ReportJsonTest.example();
        TlsReport report = ReportJson.read(json);
        String packed = Base64.getMimeEncoder().encodeToString(gzip(json));
        assertThat(read(mail("application/tlsrpt+gzip", "base64", packed))).containsExactly(report);
        assertThat(read(mail("application/gzip", "base64", packed))).containsExactly(report);
        String text = new String(json, StandardCharsets.UTF_8);
        assertThat(read(mail("application/tlsrpt+json", "7bit", text))).containsExactly(report);
        String quoted = text.replace("=", "=3D").replace("\"policies\"", "\"poli=\ncies\"");
        assertThat(read(mail("application/tlsrpt+json", "quoted-printable", quoted)))
                .containsExactly(report);
    }

    @Test
    void aMailWithoutAReportIsRefused() {
        for (String text : List.of(
                "",
                "hello",
                "Subject: x\r\n\r\nhello",
                "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x--")) {
            assertThatThrownBy(() -> read(text.getBytes(StandardCharsets.ISO_8859_1)))
                    .isInstanceOf(ReportException.class)
                    .hasMessageContaining("no report");
        }
        assertThatThrownBy(() -> read(mail("application/tlsrpt+gzip", "base64", "H4sI")))
                .isInstanceOf(ReportException.class);
    }

    @Test
    void aBombIsNotInflated() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            byte[] spaces = " ".repeat(1024 * 1024).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 64; i++) {
                gzip.write(spaces);
            }
        }
        assertThat(out.size()).isLessThan(200_000);
        assertThatThrownBy(() -> read(out.toByteArray()))
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("when decompressed");
    }

    @Test
    void allReportsOfAFileTogetherAreBounded() throws IOException {
        // Spaces around a report: each inflates to 2 MiB, which is no bomb of its own.
        byte[] json = (new String(ReportJsonTest.example(), StandardCharsets.UTF_8) + " ".repeat(2 * 1024 * 1024))
                .getBytes(StandardCharsets.UTF_8);
        assertThat(read(many(10, gzip(json)))).hasSize(10);
        assertThatThrownBy(() -> read(many(20, gzip(json))))
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("together when decompressed");
        byte[] small = gzip(ReportJsonTest.example());
        String hundred = new String(many(100, small), StandardCharsets.ISO_8859_1);
        assertThat(read(hundred.getBytes(StandardCharsets.ISO_8859_1))).hasSize(ReportFile.MOST_REPORTS);
        String twice = "Content-Type: multipart/mixed; boundary=out\n\n" + ("--out\n" + hundred).repeat(2);
        assertThatThrownBy(() -> read(twice.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(ReportException.class)
                .hasMessageContaining("more than 100 reports");
    }

    private static byte[] many(int parts, byte[] packed) {
        String part = "--x\nContent-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n"
                + Base64.getMimeEncoder().encodeToString(packed) + "\n";
        return ("Content-Type: multipart/mixed; boundary=x\n\n" + part.repeat(parts) + "--x--\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void mailsInMailsEnd() {
        String nest = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
        assertThatThrownBy(() -> read(nest.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(ReportException.class);
        String parts = "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + "--x\r\n\r\n".repeat(100_000);
        assertThatThrownBy(() -> read(parts.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(ReportException.class);
    }

    @Test
    void whateverIsBrokenIsRefusedAndNothingWorse() throws IOException {
        byte[] json = ReportJsonTest.example();
        List<byte[]> seeds = List.of(
                json,
                gzip(json),
                mail(
                        "application/tlsrpt+gzip",
                        "base64",
                        Base64.getMimeEncoder().encodeToString(gzip(json))));
        Random random = new Random(4);
        for (int turn = 0; turn < 3_000; turn++) {
            byte[] broken = seeds.get(turn % seeds.size()).clone();
            int changes = 1 + random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(read(broken)).isNotEmpty();
            } catch (ReportException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
