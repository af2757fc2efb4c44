package dev.nexthop.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reports as JSON, ours and others', against RFC 8460 §4.4 and the example of its appendix B. */
class ReportJsonTest {
    private static final JsonMapper JSON = new JsonMapper();

    static byte[] example() throws IOException {
        try (InputStream in = ReportJsonTest.class.getResourceAsStream("appendix-b.json")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    @Test
    void theExampleOfTheRfcComesBackAsItWas() throws IOException {
        TlsReport report = ReportJson.read(example());
        assertThat(report.organization()).isEqualTo("Company-X");
        assertThat(report.end()).isEqualTo(Instant.parse("2016-04-01T23:59:59Z"));
        assertThat(report.domain()).contains("company-y.example");
        assertThat(report.policies().getFirst().good()).isEqualTo(5326);
        assertThat(report.policies().getFirst().failures().get(2).reason())
                .isEqualTo("X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED");
        JsonNode again = JSON.readTree(ReportJson.write(report));
        assertThat(again).isEqualTo(JSON.readTree(example()));
        assertThat(ReportSchema.faults(again)).isEmpty();
    }

    @Test
    void ourWordsAreThoseOfTheRfc() {
        assertThat(ReportSchema.strange()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "/organization-name, remove",
        "/date-range, remove",
        "/date-range/start-datetime, '\"yesterday\"'",
        "/date-range/end-datetime, remove",
        "/contact-info, 5",
        "/report-id, '\"\"'",
        "/policies, '{}'",
        "/policies/0/policy/policy-type, '\"dane\"'",
        "/policies/0/policy/policy-domain, remove",
        "/policies/0/policy/mx-host, '\"mx.example\"'",
        "/policies/0/policy/policy-string, '\"a\"'",
        "/policies/0/summary/total-successful-session-count, -1",
        "/policies/0/summary/total-failure-session-count, '\"7\"'",
        "/policies/0/failure-details/0/result-type, '\"certificate-too-old\"'",
        "/policies/0/failure-details/0/failed-session-count, 1.5",
        "/policies/0/failure-details/0/sending-mta-ip, '\"[192.0.2.1]\"'",
        "/policies/0/failure-details/0/sending-ip, '\"192.0.2.1\"'",
    })
    void theTableFindsWhatIsWrong(String path, String value) throws IOException {
        JsonNode report = JSON.readTree(example());
        int slash = path.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) report.at(path.substring(0, slash));
        if (value.equals("remove")) {
            parent.remove(path.substring(slash + 1));
        } else {
            parent.set(path.substring(slash + 1), JSON.readTree(value));
        }
        assertThat(ReportSchema.faults(report)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{",
                "\"text\"",
                "{\"policies\":[]}",
                "{\"policies\":{},\"date-range\":{\"start-datetime\":\"2020-01-01T00:00:00Z\","
                        + "\"end-datetime\":\"2020-01-01T00:00:00Z\"}}",
                "{\"policies\":[{}]}",
                "{\"policies\":[null]}",
                "{\"date-range\":7,\"policies\":[]}",
                "{\"policies\":[{\"summary\":{\"total-successful-session-count\":1e99,"
                        + "\"total-failure-session-count\":0}}]}",
                "{\"policies\":[{\"summary\":{\"total-successful-session-count\":-4,"
                        + "\"total-failure-session-count\":0}}]}",
            })
    void whatIsNoReportIsRefusedWithAReason(String text) {
        assertThatThrownBy(() -> ReportJson.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ReportException.class)
                .hasMessageMatching("(?s).{10,600}");
    }

    @Test
    void depthLengthAndNumberAreBounded() {
        String deep = "{\"policies\":" + "[".repeat(100_000);
        String wide = "{\"policies\":[" + "{},".repeat(ReportJson.MOST_ELEMENTS) + "{}]}";
        String longText = "{\"organization-name\":\"" + "x".repeat(100_000) + "\"}";
        for (String text : List.of(deep, wide, longText)) {
            assertThatThrownBy(() -> ReportJson.read(text.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(ReportException.class);
        }
    }

    @Test
    void aTextWhereAListIsMeantIsTaken() throws IOException {
        String text = new String(example(), StandardCharsets.UTF_8)
                .replace("[\"*.mail.company-y.example\"]", "\"*.mail.company-y.example\"");
        assertThat(ReportJson.read(text.getBytes(StandardCharsets.UTF_8))
                        .policies()
                        .getFirst()
                        .policy()
                        .mx())
                .containsExactly("*.mail.company-y.example");
    }
}
