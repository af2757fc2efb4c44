package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any TXT record is read, and an id is never more than an id. */
final class StsRecordFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyTextIsSomeRecord(byte[] octets) {
        String text = new String(octets, StandardCharsets.UTF_8);
        for (String one : List.of(text, "v=STSv1;" + text)) {
            switch (StsRecord.read(List.of(one))) {
                case StsRecord.Found(String id) -> assertThat(id).matches("[A-Za-z0-9]{1,32}");
                case StsRecord.None(String reason) -> assertThat(reason).isNotBlank();
                case StsRecord.Unusable(String reason) -> assertThat(reason).isNotBlank();
            }
        }
    }
}
