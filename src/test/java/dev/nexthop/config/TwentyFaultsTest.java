package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One run finds twenty different faults of one file, and nothing else. */
class TwentyFaultsTest {
    private static final Path FILE = Path.of("src/test/resources/dev/nexthop/config/twenty.toml");

    /** Code, line, column, and what is written there; counted by hand. */
    private static final List<String> FAULTS = List.of(
            "NH005 6:1 max-conections",
            "NH001 9:10 y",
            "NH013 14:20 defualt",
            "NH016 17:28 127.0.0.1:2526",
            "NH002 19:1 protocol",
            "NH007 22:12 5 parsecs",
            "NH007 23:21 25 lightyears",
            "NH006 24:23 [",
            "NH010 25:16 {",
            "NH009 28:10 ['never']",
            "NH008 31:21 lower",
            "NH008 32:30 '('",
            "NH008 33:17 rcpt_domian",
            "NH008 34:22 starts_with(rcpt)",
            "NH008 35:31 'x",
            "NH012 36:44 'relya'",
            "NH015 44:12 \"",
            "NH014 46:9 discard",
            "NH004 52:11 %{env:NOWHERE}%",
            "NH013 55:14 staff");

    @Test
    void eachIsFoundAtItsPlace() throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        assertThat(Load.text(Files.readString(FILE)).problems())
                .extracting(problem -> problem.code().id() + " "
                        + problem.origin().line() + ":" + problem.origin().column() + " " + at(lines, problem.span()))
                .containsExactlyElementsOf(FAULTS);
    }

    private static String at(List<String> lines, Problem.Span span) {
        int[] characters = lines.get(span.origin().line() - 1).codePoints().toArray();
        int from = span.origin().column() - 1;
        return new String(characters, from, Math.min(span.length(), characters.length - from));
    }

    @Test
    void theNumbersInTheFileAreThoseOfTheList() throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        for (int i = 0; i < FAULTS.size(); i++) {
            int line = Integer.parseInt(FAULTS.get(i).replaceAll("^\\S+ (\\d+):.*$", "$1"));
            assertThat(lines.get(line - 1)).endsWith("# " + (i + 1));
        }
    }
}
