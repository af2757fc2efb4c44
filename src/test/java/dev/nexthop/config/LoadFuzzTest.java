package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.nio.file.Path;
import java.util.Map;

/** Whatever a file holds, loading it ends with a configuration or with problems that know their place. */
class LoadFuzzTest {
    private static final Surroundings NOTHING = new Surroundings(Map.<String, String>of()::get, () -> "");

    @FuzzTest(maxDuration = "10s")
    void loading(byte @NotNull [] octets) {
        Loaded loaded = Configuration.parse("f.toml", octets, Path.of("/nowhere"), NOTHING);
        for (Problem problem : loaded.problems()) {
            assertThat(problem.message()).isNotBlank();
            assertThat(problem.render()).startsWith("f.toml");
        }
        boolean errors = loaded.problems().stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
        assertThat(loaded instanceof Loaded.Failed).isEqualTo(errors);
    }
}
