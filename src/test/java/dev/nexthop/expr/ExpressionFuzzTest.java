package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text: problems inside it, or a value; never another exception, never a run away. */
final class ExpressionFuzzTest {
    private static final List<String> WORDS = List.of(
            "rcpt",
            "recipients",
            "size",
            "sender",
            "relay",
            "local",
            "optional",
            "true",
            "false",
            "'a'",
            "''",
            "\"x\"",
            "1",
            "0",
            "-1",
            "1.5",
            "5m",
            "9223372036854775807",
            "'192.0.2.0/24'",
            "'(a|b)+'",
            "'*'",
            "$0",
            "$1",
            "(",
            ")",
            "[",
            "]",
            ",",
            "+",
            "-",
            "*",
            "/",
            "=",
            "==",
            "!=",
            "<",
            ">",
            "<=",
            "=>",
            "=<",
            "&&",
            "||",
            "^",
            "!",
            "&",
            "|",
            "in",
            "matches(",
            "glob(",
            "cidr_match(",
            "domain_in(",
            "if_then(",
            "split(",
            "sort(",
            "count(",
            "substring(",
            "len(",
            "key_get(",
            "email_part(",
            "is_number(",
            "split_n(",
            "winnow(",
            "\t",
            "\n",
            "'",
            "\\",
            "#",
            "é",
            "1e999",
            ".");

    @FuzzTest(maxDuration = "10s")
    void anyText(FuzzedDataProvider data) {
        check(data.consumeRemainingAsString());
    }

    @FuzzTest(maxDuration = "10s")
    void anyRowOfWords(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder();
        while (data.remainingBytes() > 0 && text.length() < 4000) {
            text.append(data.pickValue(WORDS)).append(data.consumeBoolean() ? " " : "");
        }
        check(text.toString());
    }

    @FuzzTest(maxDuration = "10s")
    void anyPattern(FuzzedDataProvider data) {
        String pattern = data.consumeString(200).replace("'", "");
        check("matches('" + pattern + "', '" + data.consumeRemainingAsString().replace("'", "") + "') && $1 || $0");
    }

    /** The same without the fuzzer: always the same thirty thousand rows of words. */
    @Test
    void manyRowsOfWords() {
        Random random = new Random(20_260);
        int compiled = 0;
        for (int i = 0; i < 30_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                text.append(WORDS.get(random.nextInt(WORDS.size()))).append(random.nextInt(3) == 0 ? "" : " ");
            }
            compiled += check(text.toString()) ? 1 : 0;
        }
        assertThat(compiled).as("rows that are expressions").isGreaterThan(200);
    }

    private static boolean check(String text) {
        switch (Expression.compile(text, Sample.SCOPE)) {
            case Compiled.Failed(List<ExpressionProblem> problems) -> {
                assertThat(problems).isNotEmpty();
                problems.forEach(problem -> inside(problem, text));
                return false;
            }
            case Compiled.Ok(Expression expression, List<ExpressionProblem> guesses) -> {
                guesses.forEach(problem -> inside(problem, text));
                evaluate(expression);
                return true;
            }
        }
    }

    private static void evaluate(Expression expression) {
        try {
            Value value = expression.evaluate(new Evaluation(Sample.FACTS, Sample.LOOKUPS));
            boolean truth = expression.test(new Evaluation(Sample.FACTS, Sample.LOOKUPS));
            assertThat(truth).as("truth of %s", expression).isEqualTo(value.truthy());
            assertThat(value.describe()).isNotNull();
            Type type = expression.type();
            boolean fits = type == Type.ANY
                    || type == value.type()
                    || (type == Type.BOOLEAN && value.type() == Type.INTEGER)
                    || value.equals(Value.Text.EMPTY);
            assertThat(fits).as("%s is %s but gave %s", expression, type, value).isTrue();
        } catch (EvaluationException e) {
            assertThat(e.reason()).isNotEmpty();
        }
    }

    private static void inside(ExpressionProblem problem, String text) {
        assertThat(problem.offset()).as(text).isBetween(0, text.length());
        assertThat(problem.offset() + problem.length()).as(text).isBetween(problem.offset(), text.length());
        assertThat(problem.message()).isNotEmpty();
    }
}
