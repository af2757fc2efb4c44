package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8461 §3.1. */
class StsRecordTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "v=STSv1; id=20160831085700Z;|20160831085700Z",
                "v=STSv1;id=a|a",
                "v=STSv1 ;\t id=a1 ; |a1",
                "v=STSv1; id=a1 ;x=y|a1",
                "v=STSv1; x.y_z-1=a,b:c; id=B2|B2",
                "v=STSv1; id=first; id=second;|first",
                "v=STSv1; id=abcdefghijklmnopqrstuvwxyz012345;|abcdefghijklmnopqrstuvwxyz012345",
                "v=STSv1; id=abcdefghijklmnopqrstuvwxyz0123456;|unusable",
                "v=STSv1; id=;|unusable",
                "v=STSv1;|unusable",
                "v=STSv1;;|unusable",
                "v=STSv1; ;id=a1;|unusable",
                "v=STSv1; id=a1;;|unusable",
                "v=STSv1; id=a 1;|unusable",
                "v=STSv1; id=a=1;|unusable",
                "v=STSv1; id=a_1;|unusable",
                "v=STSv1; ID=a1;|unusable",
                "v=STSv1; id=a1; -x=y|unusable",
                "v=STSv1; id=\u00e9;|unusable",
                "v=STSv1; id|unusable",
                "v=STSv1|none",
                "v=STSv10; id=a1;|none",
                "v=stsv1; id=a1;|none",
                " v=STSv1; id=a1;|none",
                "id=a1; v=STSv1;|none"
            })
    void aRecordSaysWhichPolicyIsCurrent(String text, String expected) {
        assertThat(words(StsRecord.read(List.of(text)))).isEqualTo(expected);
    }

    @Test
    void severalRecordsAreAsGoodAsNone() {
        assertThat(words(StsRecord.read(List.of("v=STSv1; id=a;", "v=STSv1; id=a;"))))
                .isEqualTo("unusable");
        assertThat(words(StsRecord.read(List.of("x", "v=STSv1; id=a;", "v=spf1 -all"))))
                .isEqualTo("a");
        assertThat(words(StsRecord.read(List.of()))).isEqualTo("none");
    }

    private static String words(StsRecord record) {
        return switch (record) {
            case StsRecord.Found(String id) -> id;
            case StsRecord.None _ -> "none";
            case StsRecord.Unusable _ -> "unusable";
        };
    }
}
