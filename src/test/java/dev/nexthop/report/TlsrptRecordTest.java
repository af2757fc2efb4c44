package dev.nexthop.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of {@code _smtp._tls} against the grammar of RFC 8460 §3. */
class TlsrptRecordTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "v=TLSRPTv1; rua=mailto:a@example.org                       | mailto:a@example.org",
                "v=TLSRPTv1;rua=mailto:a@example.org                        | mailto:a@example.org",
                "v=TLSRPTv1 ; rua=mailto:a@example.org ;                    | mailto:a@example.org",
                "v=TLSRPTv1; rua=https://r.example.org/v1/tlsrpt            | https://r.example.org/v1/tlsrpt",
                "v=TLSRPTv1; rua=mailto:a@b.example , https://c.example/x?y | mailto:a@b.example https://c.example/x?y",
                "v=TLSRPTv1; rua=mailto:a%21b@example.org                   | mailto:a%21b@example.org",
                "v=TLSRPTv1; new=thing; rua=mailto:a@example.org; x.y-z=1   | mailto:a@example.org",
                "v=TLSRPTv1; rua=mailto:a@example.org?subject=x             | mailto:a@example.org?subject=x",
                "v=TLSRPTv1; rua=ftp://x.example/,mailto:a@example.org      | mailto:a@example.org",
                "v=TLSRPTv1; rua=mailto:a@example.org,mailto:a@example.org  | mailto:a@example.org",
                "v=TLSRPTv1; rua=ftp://x.example/                           | -",
                "v=TLSRPTv1; rua=http://x.example/                          | -",
                "v=TLSRPTv1; rua=https://user:pw@x.example/                 | -",
                "v=TLSRPTv1; rua=https:///nohost                            | -",
                "v=TLSRPTv1; rua=mailto:nobody                              | -",
                "v=TLSRPTv1; rua=mailto:a@example.org%0D%0ABcc:x@y          | -",
                "v=TLSRPTv1; rua=mailto:a@[192.0.2.1]                       | -",
                "v=TLSRPTv1; rua=mailto:a!b@example.org                     | -",
                "v=TLSRPTv1; rua=                                           | -",
                "v=TLSRPTv1; rua=a@example.org                              | -",
                "v=TLSRPTv1; rua=mailto:a@b.example,                        | -",
                "v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@d.example | -",
                "v=TLSRPTv1;                                                | -",
                "v=TLSRPTv1                                                 | -",
                "v=TLSRPTv1;; rua=mailto:a@example.org                      | -",
                "v=TLSRPTv1; nonsense; rua=mailto:a@example.org             | -",
                "v=TLSRPTv2; rua=mailto:a@example.org                       | -",
                "V=TLSRPTv1; rua=mailto:a@example.org                       | -",
                "v=tlsrptv1; rua=mailto:a@example.org                       | -",
                "v=TLSRPTv10; rua=mailto:a@example.org                      | -",
                "rua=mailto:a@example.org; v=TLSRPTv1                       | -",
                "v=spf1 -all                                                | -",
            })
    void recordAsks(String text, String destinations) {
        String found = TlsrptRecord.parse(List.of(text))
                .map(record -> String.join(
                        " ", record.destinations().stream().map(URI::toString).toList()))
                .orElse("-");
        assertThat(found).isEqualTo(destinations);
    }

    @Test
    void othersAreDiscardedAndSeveralAreNone() {
        String one = "v=TLSRPTv1; rua=mailto:a@example.org";
        assertThat(TlsrptRecord.parse(List.of("v=spf1 -all", one))).isPresent();
        assertThat(TlsrptRecord.parse(List.of(one, one))).isEmpty();
        assertThat(TlsrptRecord.parse(List.of(one, "v=TLSRPTv1; nonsense"))).isEmpty();
        assertThat(TlsrptRecord.parse(List.of())).isEmpty();
    }

    @Test
    void noRecordMakesUsWriteToHalfTheWorld() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add("mailto:a" + i + "@example.org");
        }
        assertThat(TlsrptRecord.parse(List.of("v=TLSRPTv1; rua=" + String.join(",", all)))
                        .orElseThrow()
                        .destinations())
                .hasSize(TlsrptRecord.MOST_DESTINATIONS);
        assertThat(TlsrptRecord.parse(List.of("v=TLSRPTv1; rua=mailto:" + "a".repeat(70_000) + "@example.org")))
                .isEmpty();
    }

    @Test
    void anyOctetsHaveAnAnswer() {
        Random random = new Random(8460);
        String[] pieces = {
            "v=TLSRPTv1", ";", " ", "rua=", "mailto:", "https://", "a@b.example", ",", "%", "%4", "%41", "?", "#", "[", "\0",
            "\r\n", "é", "\ud800", "x=y", "!", ":", "//"
        };
        for (int turn = 0; turn < 20_000; turn++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "v=TLSRPTv1; rua=mailto:" : "");
            int length = random.nextInt(10);
            for (int i = 0; i < length; i++) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            TlsrptRecord.parse(List.of(text.toString()))
                    .ifPresent(record -> assertThat(record.destinations())
                            .isNotEmpty()
                            .allSatisfy(uri -> assertThat(uri.getScheme()).isIn("mailto", "https")));
        }
    }
}
