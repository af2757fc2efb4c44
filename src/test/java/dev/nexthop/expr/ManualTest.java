package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The page about expressions names what exists, and nothing else. */
final class ManualTest {
    private static String manual() throws IOException {
        return Files.readString(Path.of("docs", "expressions.md"));
    }

    @TestFactory
    Stream<DynamicTest> everyFunctionIsInTheManual() throws IOException {
        String manual = manual();
        return Functions.names().stream()
                .map(name ->
                        DynamicTest.dynamicTest(name, () -> assertThat(manual).contains("`" + name + "(")));
    }

    @TestFactory
    Stream<DynamicTest> everyVariableIsInTheManual() throws IOException {
        String manual = manual();
        return Stream.of(Variable.values())
                .map(Variable::keyword)
                .map(name ->
                        DynamicTest.dynamicTest(name, () -> assertThat(manual).contains("`" + name + "`")));
    }

    @Test
    void theManualNamesNoFunctionThatDoesNotExist() throws IOException {
        assertThat(Pattern.compile("`([a-z_]+)\\(").matcher(manual()).results().map(found -> found.group(1)))
                .isNotEmpty()
                .allMatch(Functions::exists);
    }
}
