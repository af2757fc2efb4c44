package dev.nexthop.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

class ReportFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyFileIsAReportOrRefused(byte[] file) {
        try {
            assertThat(ReportFile.read(new ByteArrayInputStream(file))).isNotEmpty();
        } catch (IOException e) {
            assertThat(e).isInstanceOf(ReportException.class);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void anyRecordNamesPlacesOrIsNone(byte[] text) {
        TlsrptRecord.parse(List.of(
                        new String(text, StandardCharsets.UTF_8),
                        "v=TLSRPTv1; rua=" + new String(text, StandardCharsets.ISO_8859_1)))
                .ifPresent(record -> assertThat(record.destinations()).isNotEmpty());
    }
}
