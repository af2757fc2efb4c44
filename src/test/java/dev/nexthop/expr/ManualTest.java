package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The page about expressions is that of the code, and says nothing that is not so. */
final class ManualTest {
    private static final Path PAGE = Path.of("docs", "expressions.md");
    private static final Pattern EXAMPLE = Pattern.compile("`([^`]+)` → `([^`]+)`");
    private static final Pattern RULE = Pattern.compile("(?:if|then|else) = \"([^\"]+)\"");
    private static final Pattern SIGNATURE = Pattern.compile("[a-z0-9_]+\\(([a-z',… \\[\\]]*)\\)");

    private static Stream<Function> functions() {
        return Functions.GROUPS.values().stream().flatMap(List::stream);
    }

    @Test
    void thePageIsThatOfTheCode() throws IOException {
        String text = LanguagePage.text();
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(text)
                .as(PAGE + " (run the test with -Dnexthop.docs=write)")
                .isEqualTo(Files.readString(PAGE))
                .doesNotContain("{{");
    }

    @Test
    void itNamesNoFunctionThatDoesNotExist() throws IOException {
        assertThat(Pattern.compile("`([a-z_]+)\\(")
                        .matcher(LanguagePage.text())
                        .results()
                        .map(found -> found.group(1)))
                .isNotEmpty()
                .allMatch(Functions::exists);
    }

    @TestFactory
    Stream<DynamicTest> everyFunctionHasItsManual() {
        return functions()
                .map(function -> DynamicTest.dynamicTest(function.name(), () -> {
                    Manual manual = function.manual();
                    Matcher signature = SIGNATURE.matcher(manual.signature());
                    assertThat(signature.matches()).as(manual.signature()).isTrue();
                    assertThat(signature.group(1).split(","))
                            .hasSize(function.arity().parameters().size());
                    assertThat(manual.prose()).endsWith(".").hasSizeGreaterThan(15);
                    assertThat(manual.examples())
                            .isNotEmpty()
                            .anySatisfy(
                                    example -> assertThat(example.expression()).contains(function.name()));
                }));
    }

    /** Those of the functions and those of the prose. */
    @TestFactory
    Stream<DynamicTest> everyExampleGivesWhatItSays() throws IOException {
        List<Manual.Example> examples = new ArrayList<>();
        Matcher found = EXAMPLE.matcher(LanguagePage.text());
        while (found.find()) {
            examples.add(new Manual.Example(plain(found.group(1)), plain(found.group(2))));
        }
        long ofFunctions = functions()
                .mapToLong(function -> function.manual().examples().size())
                .sum();
        assertThat(examples).hasSizeGreaterThan((int) ofFunctions + 30);
        return examples.stream()
                .map(example -> DynamicTest.dynamicTest(
                        example.expression() + " → " + example.value(),
                        () -> assertThat(value(example.expression())).isEqualTo(value(example.value()))));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleOfTheExamplesCompiles() throws IOException {
        List<String> rules = RULE.matcher(LanguagePage.text())
                .results()
                .map(rule -> rule.group(1).replace("\\\\", "\\"))
                .toList();
        assertThat(rules).hasSizeGreaterThan(4);
        return rules.stream().map(rule -> DynamicTest.dynamicTest(rule, () -> Sample.compiled(rule)));
    }

    private static String plain(String cell) {
        return cell.replace("\\|", "|");
    }

    private static String value(String source) throws EvaluationException {
        return Sample.show(Sample.compiled(source).evaluate(new Evaluation(Sample.FACTS, Sample.LOOKUPS)));
    }
}
