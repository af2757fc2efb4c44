package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file says about its own lints. */
class LintPolicyTest {
    private static final String LINTS =
            "session.extensions.chunking = true\nqueue.schedule = { expire = 500, retry = \"[100ms]\", notify = \"[200ms]\" }\n";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "lint.deny = [] | NH101 NH207",
                "lint.allow = [{code = \"NH207\", reason = \"a test\"}] | NH101",
                "lint.allow = [{code = \"nh207\", reason = \"a test\"}, {code = \"NH101\", reason = \"known\"}] | ",
                "lint.allow = [\"NH207\"] | NH231 NH101",
                "lint.allow = \"NH207\" | NH231 NH101",
                "lint.allow = [{code = \"NH207\", reason = \" \"}] | NH231 NH101",
                "lint.allow = [\"NH207\", {code = \"NH231\", reason = \"we know\"}] | NH101",
                "lint.allow = [{code = \"NH204\", reason = \"old\"}] | NH232 NH101 NH207",
                "lint.allow = [\"NH005\"] | NH007 NH101 NH207",
                "lint.allow = [\"NH2o7\"] | NH007 NH101 NH207",
                "lint.allow = [{reason = \"x\"}] | NH011 NH101 NH207",
                "lint.allow = [{code = \"NH207\", why = \"x\", reason = \"y\"}] | NH005 NH101",
                "lint.allow = 5 | NH007 NH101 NH207",
                "lint.allow = [[\"NH207\"]] | NH006 NH101 NH207",
                "lint.deny = [\"NH207\"] | NH101 NH031",
                "lint.deny = [\"NH101\", \"NH207\"] | NH031 NH031",
                "lint = {deny = [\"NH207\"], allow = [{code = \"NH207\", reason = \"x\"}]} | NH101",
            })
    void saysWhichLintsCount(String line, String expected) {
        assertThat(Load.text(line + "\n" + LINTS).problems())
                .extracting(problem -> problem.code().id())
                .isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
    }

    @Test
    void whatIsDeniedIsAnErrorAtThePlaceOfTheLint() {
        Loaded loaded = Load.text("lint.deny = [\"NH207\"]\n" + LINTS);
        assertThat(loaded).isInstanceOf(Loaded.Failed.class);
        assertThat(loaded.problems())
                .filteredOn(problem -> problem.code() == Code.DENIED)
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.origin()).isEqualTo(new Origin("t.toml", 3, 29));
                    assertThat(problem.message()).contains("500").contains("NH207");
                });
        assertThat(Load.rendered("lint.allow = [\"NH2o7\"]\n")).contains("did you mean NH207?");
    }
}
