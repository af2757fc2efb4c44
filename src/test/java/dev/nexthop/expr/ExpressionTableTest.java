package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Expression, arrow, value, in rows.txt; the facts are those of {@link Sample}. */
final class ExpressionTableTest {
    /**
     * A row of the table.
     *
     * @param line where it stands
     * @param source the expression
     * @param value what it gives; an exclamation mark = refused, when compiled or when evaluated
     */
    private record Row(int line, String source, String value) {}

    private static List<Row> rows() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ExpressionTableTest.class.getResourceAsStream("rows.txt"), "rows.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return Stream.iterate(0, line -> line < lines.size(), line -> line + 1)
                    .filter(line -> lines.get(line).contains("-->"))
                    .map(line -> row(line + 1, lines.get(line).split("-->", 2)))
                    .toList();
        }
    }

    private static Row row(int line, String[] cells) {
        return new Row(line, cells[0].strip(), cells[1].strip());
    }

    @TestFactory
    Stream<DynamicTest> everyRowGivesItsValue() throws IOException {
        return rows().stream()
                .map(row -> DynamicTest.dynamicTest("line " + row.line() + ": " + row.source(), () -> check(row)));
    }

    @Test
    void everyFunctionHasSeveralRowsAndOneThatFailsOrIsHard() throws IOException {
        List<Row> rows = rows();
        assertThat(rows).hasSizeGreaterThan(800);
        assertThat(rows.stream().map(Row::source)).doesNotHaveDuplicates();
        Map<String, Long> used = rows.stream()
                .flatMap(row -> words(row).filter(Functions::exists).distinct())
                .collect(counting());
        assertThat(used.keySet()).containsExactlyInAnyOrderElementsOf(Functions.names());
        assertThat(used)
                .allSatisfy((name, rowsOfIt) ->
                        assertThat(rowsOfIt).as("rows of " + name).isGreaterThanOrEqualTo(4));
    }

    @Test
    void everyOperatorHasSeveralRowsInEachSpelling() throws IOException {
        Map<String, Long> used = rows().stream()
                .flatMap(row -> Lexer.cut(row.source(), Sample.SCOPE, new Problems()).stream()
                        .filter(token -> token.kind().precedence > 0 || token.kind() == Token.Kind.NOT)
                        .map(token -> row.source().substring(token.start(), token.end()))
                        .distinct())
                .collect(counting());
        assertThat(used.keySet())
                .containsExactlyInAnyOrder(
                        "||", "|", "&&", "&", "^", "=", "==", "!=", ">", "<", ">=", "=>", "<=", "=<", "+", "-", "*",
                        "/", "!");
        assertThat(used)
                .allSatisfy((operator, rows) ->
                        assertThat(rows).as("rows of " + operator).isGreaterThanOrEqualTo(3));
    }

    private static Stream<String> words(Row row) {
        return Lexer.cut(row.source(), Sample.SCOPE, new Problems()).stream()
                .filter(token -> token.kind() == Token.Kind.WORD)
                .map(Token::text);
    }

    private static Collector<String, ?, Map<String, Long>> counting() {
        return Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting());
    }

    private static void check(Row row) {
        assertThat(value(row.source())).as(row.source()).isEqualTo(row.value());
        // White space may stand anywhere between words, tabs too.
        assertThat(value("\t" + row.source() + "\r\n ")).as(row.source()).isEqualTo(row.value());
    }

    private static String value(String source) {
        if (!(Expression.compile(source, Sample.SCOPE) instanceof Compiled.Ok(Expression expression, var _))) {
            return "!";
        }
        try {
            Value value = expression.evaluate(new Evaluation(Sample.FACTS, Sample.LOOKUPS));
            boolean truth = expression.test(new Evaluation(Sample.FACTS, Sample.LOOKUPS));
            assertThat(truth).as("test and evaluate agree").isEqualTo(value.truthy());
            return Sample.show(value);
        } catch (EvaluationException e) {
            return "!";
        }
    }
}
