package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Few and many domains are looked up differently, with the same result. */
final class DomainSetTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 18, 400})
    void aSetOfAnySizeKnowsWhatIsBelowItsDomains(int size) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            names.add((i % 2 == 0 ? "." : "*.") + "d" + i + ".test");
        }
        DomainSet set = DomainSet.of(Value.ofTexts(names));
        for (int i = 0; i < size; i++) {
            assertThat(set.contains("a.d" + i + ".test")).isTrue();
            assertThat(set.contains("a.B.D" + i + ".test.")).isTrue();
            assertThat(set.contains("d" + i + ".test")).isFalse();
            assertThat(set.contains("xd" + i + ".test")).isFalse();
        }
        assertThat(set.contains("a.d" + size + ".test")).isFalse();
        assertThat(set.contains("test")).isFalse();
        assertThat(set.contains("")).isFalse();
    }
}
