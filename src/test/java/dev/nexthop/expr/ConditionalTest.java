package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** From the value of an expression to the value of a setting. */
final class ConditionalTest {
    private enum Starttls {
        OPTIONAL,
        REQUIRE,
        DISABLE
    }

    private static final Conversion<Starttls> WORDS = Conversion.words(words());

    private static Map<String, Starttls> words() {
        Map<String, Starttls> words = new LinkedHashMap<>();
        words.put("optional", Starttls.OPTIONAL);
        words.put("require", Starttls.REQUIRE);
        words.put("disable", Starttls.DISABLE);
        words.put("false", Starttls.DISABLE);
        return words;
    }

    private static final Map<String, Conversion<?>> CONVERSIONS = Map.of(
            "boolean", Conversion.BOOLEAN,
            "integer", Conversion.INTEGER,
            "duration", Conversion.DURATION,
            "text", Conversion.TEXT,
            "texts", Conversion.TEXT_LIST,
            "durations", Conversion.DURATION_LIST,
            "addresses", Conversion.IP_LIST,
            "word", WORDS);

    /** Setting's type, expression, value; "never" = refused when compiled, "now" = refused when evaluated. */
    private static final String TABLE = """
            boolean   | true                          | true
            boolean   | retry_num > 5                 | false
            boolean   | retry_num                     | true
            boolean   | 1.5                           | true
            boolean   | 'true'                        | true
            boolean   | 'FALSE'                       | false
            boolean   | 'no'                          | never
            boolean   | rcpt                          | never
            boolean   | !is_empty(rcpt)               | true
            boolean   | recipients                    | true
            boolean   | key_get('', 'none')           | false
            boolean   | key_get('', 'word')           | now
            integer   | 5                             | 5
            integer   | -1.9                          | -1
            integer   | '7'                           | 7
            integer   | 'x'                           | never
            integer   | [1]                           | never
            integer   | recipients                    | never
            integer   | count(recipients)             | 2
            integer   | key_get('', 'limit')          | 25
            integer   | key_get('', 'word')           | now
            integer   | rcpt                          | now
            duration  | 5m                            | PT5M
            duration  | 1500                          | PT1.5S
            duration  | '1h'                          | PT1H
            duration  | retry_num * 1m                | PT3M
            duration  | 10m / 3                       | PT3M20S
            duration  | 0                             | never
            duration  | -5m                           | never
            duration  | false                         | never
            duration  | 'soon'                        | never
            duration  | [5m]                          | never
            duration  | retry_num - 3                 | now
            text      | 'a'                           | a
            text      | ''                            |
            text      | rcpt                          | user@example.org
            text      | 5                             | never
            text      | false                         | never
            text      | size                          | never
            text      | ['a']                         | never
            text      | recipients                    | never
            text      | recipients[0]                 | user@example.org
            text      | if_then(true, 'a', 5)         | a
            text      | if_then(rcpt = 'x', 'a', 5)   | now
            text      | if_then(rcpt = 'x', 4, 5)     | never
            texts     | 'a'                           | [a]
            texts     | ['a', 'b']                    | [a, b]
            texts     | []                            | []
            texts     | ''                            | []
            texts     | false                         | []
            texts     | recipients                    | [user@example.org, other@example.net]
            texts     | ['a', 5]                      | never
            texts     | 5                             | never
            texts     | size + 1                      | never
            texts     | [rcpt, 5]                     | now
            durations | [2m, 5m, '1h']                | [PT2M, PT5M, PT1H]
            durations | 1d                            | [PT24H]
            durations | [2m, 0]                       | never
            addresses | '192.0.2.1'                   | [/192.0.2.1]
            addresses | ['192.0.2.1', '2001:db8::1']  | [/192.0.2.1, /2001:db8:0:0:0:0:0:1]
            addresses | 'localhost'                   | never
            addresses | ['192.0.2.1', 'example.org']  | never
            addresses | 5                             | never
            addresses | remote_ip                     | [/192.0.2.7]
            addresses | rcpt                          | now
            word      | optional                      | OPTIONAL
            word      | 'Require'                     | REQUIRE
            word      | false                         | DISABLE
            word      | true                          | never
            word      | 'maybe'                       | never
            word      | 7                             | never
            word      | ['require']                   | never
            word      | if_then(rcpt = 'x', require, false) | DISABLE
            word      | rcpt                          | now
            """;

    @TestFactory
    Stream<DynamicTest> everyRowGivesItsSetting() {
        return Arrays.stream(TABLE.split("\n"))
                .map(row ->
                        Arrays.stream(row.split("\\|", -1)).map(String::strip).toArray(String[]::new))
                .map(row -> DynamicTest.dynamicTest(
                        row[0] + " " + row[1],
                        () -> assertThat(setting(row[0], row[1])).isEqualTo(row[2])));
    }

    private static String setting(String type, String source) {
        Conversion<?> conversion = CONVERSIONS.get(type);
        assertThat(conversion).isNotNull();
        return conversion == null ? "" : setting(conversion, source);
    }

    private static <T> String setting(Conversion<T> conversion, String source) {
        return switch (Conditional.compile(
                List.of(new RuleSource(null, source, "a.toml:1:1")), Sample.SCOPE, conversion)) {
            case Compilation.Failed<Conditional<T>> failed -> {
                assertThat(failed.problems()).allSatisfy(problem -> {
                    assertThat(problem.part()).isEqualTo(RuleProblem.Part.THEN);
                    assertThat(problem.problem().length()).isEqualTo(source.length());
                });
                yield "never";
            }
            case Compilation.Ok<Conditional<T>> ok -> evaluated(ok.result());
        };
    }

    private static <T> String evaluated(Conditional<T> setting) {
        Traced<T> traced = setting.trace(Sample.FACTS, Sample.LOOKUPS);
        try {
            T value = setting.value(Sample.FACTS, Sample.LOOKUPS);
            assertThat(traced.value()).isEqualTo(value);
            assertThat(traced.failure()).isNull();
            return value.toString();
        } catch (EvaluationException e) {
            assertThat(e.kind()).isEqualTo(EvaluationException.Kind.WRONG_TYPE);
            assertThat(e.at()).isEqualTo("a.toml:1:1");
            assertThat(traced.value()).isNull();
            assertThat(traced.failure()).isEqualTo(e.getMessage());
            assertThat(traced.rules().getLast().failure()).isEqualTo(e.reason());
            return "now";
        }
    }

    @Test
    void aRefusalSaysWhatWasGotAndWhatIsAllowed() {
        Compilation.Failed<Conditional<Starttls>> constant = (Compilation.Failed<Conditional<Starttls>>)
                Conditional.compile(List.of(new RuleSource(null, "'maybe'", "a.toml:1:1")), Sample.SCOPE, WORDS);
        Compilation.Failed<Conditional<String>> never = (Compilation.Failed<Conditional<String>>) Conditional.compile(
                List.of(
                        new RuleSource("retry_num > 1", "size", "a.toml:1:1"),
                        new RuleSource(null, "'x'", "a.toml:2:1")),
                Sample.SCOPE,
                Conversion.TEXT);

        assertThat(constant.problems().getFirst().problem().message())
                .isEqualTo("got the text 'maybe', but the setting wants one of optional, require, disable, false");
        assertThat(never.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.rule()).isZero();
            assertThat(problem.problem().message())
                    .isEqualTo("this is always a whole number, which can never be a text (in quotes)");
        });
    }

    @Test
    void theRuleOfAWrongTypeIsNamed() {
        Compilation<Conditional<Duration>> compiled = Conditional.compile(
                List.of(
                        new RuleSource("rcpt = 'x'", "5m", "a.toml:4:12"),
                        new RuleSource("retry_num = 3", "key_get('', 'word')", "a.toml:5:12"),
                        new RuleSource(null, "1h", "a.toml:6:12")),
                Sample.SCOPE,
                Conversion.DURATION);
        Conditional<Duration> setting = ((Compilation.Ok<Conditional<Duration>>) compiled).result();

        assertThatThrownBy(() -> setting.value(Sample.FACTS, Sample.LOOKUPS))
                .isInstanceOfSatisfying(
                        EvaluationException.class, e -> assertThat(e.rule()).isEqualTo(1))
                .hasMessageStartingWith("a.toml:5:12: rule 2: got the text 'hello', but the setting wants a duration");
    }

    @Test
    void aSettingThatNobodyWroteIsConstantAndHasNoRules() throws EvaluationException {
        Conditional<Integer> setting = Conditional.constant(5);

        assertThat(setting.value(Facts.NONE, Lookups.NONE)).isEqualTo(5);
        assertThat(setting.trace(Facts.NONE, Lookups.NONE)).isEqualTo(new Traced<>(5, List.of(), null));
    }

    @Test
    void aConstantIsConvertedOnce() throws EvaluationException {
        Compilation<Conditional<List<InetAddress>>> compiled = Conditional.compile(
                List.of(new RuleSource(null, "['192.0.2.1', '192.0.2.2']", "a.toml:1:1")),
                Sample.SCOPE,
                Conversion.IP_LIST);
        Conditional<List<InetAddress>> setting = ((Compilation.Ok<Conditional<List<InetAddress>>>) compiled).result();

        assertThat(setting.value(Facts.NONE, Lookups.NONE)).isSameAs(setting.value(Sample.FACTS, Lookups.NONE));
    }
}
