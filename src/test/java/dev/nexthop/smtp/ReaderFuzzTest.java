package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Random;

/** The readers against the same rules written plainly. */
final class ReaderFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void linesAgree(FuzzedDataProvider data) throws IOException {
        int pieces = data.consumeInt(1, 20);
        int most = data.consumeInt(1, 64);
        byte[] input = data.consumeRemainingAsBytes();
        assertThat(LineReaderTest.read(input, most, new Random(0), pieces))
                .isEqualTo(LineReaderTest.plain(input, most));
    }

    @FuzzTest(maxDuration = "10s")
    void contentAgrees(FuzzedDataProvider data) throws IOException {
        LineEnds ends = data.consumeBoolean() ? LineEnds.REFUSE : LineEnds.NORMALISE;
        int pieces = data.consumeInt(1, 20);
        DotReaderCheck.same(data.consumeRemainingAsBytes(), ends, new Random(0), pieces);
    }
}
