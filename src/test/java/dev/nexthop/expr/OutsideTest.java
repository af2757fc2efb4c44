package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What expressions ask and tell the world outside: how often, what they name, and what comes of no answer. */
final class OutsideTest {
    /** Writes down every question; answers as {@link Sample} does, and nothing when it is down. */
    private static final class Recorder implements Lookups {
        private final List<String> asked = new ArrayList<>();
        private final boolean down;

        Recorder(boolean down) {
            this.down = down;
        }

        private Lookups asked(String question) throws LookupException {
            asked.add(question);
            if (down) {
                throw new LookupException("connection refused");
            }
            return Sample.LOOKUPS;
        }

        @Override
        public boolean isLocalDomain(String directory, String domain) throws LookupException {
            return asked("domain " + directory + " " + domain).isLocalDomain(directory, domain);
        }

        @Override
        public boolean isLocalAddress(String directory, String address) throws LookupException {
            return asked("address " + directory + " " + address).isLocalAddress(directory, address);
        }

        @Override
        public @Nullable String keyGet(String store, String key) throws LookupException {
            return asked("get " + store + " " + key).keyGet(store, key);
        }

        @Override
        public boolean keyExists(String store, String key) throws LookupException {
            return asked("exists " + store + " " + key).keyExists(store, key);
        }

        @Override
        public void keySet(String store, String key, String value) throws LookupException {
            asked("set " + store + " " + key + " " + value).keySet(store, key, value);
        }

        @Override
        public long counterIncrement(String store, String key, long by) throws LookupException {
            return asked("count " + store + " " + key + " " + by).counterIncrement(store, key, by);
        }

        @Override
        public long counterGet(String store, String key) throws LookupException {
            return asked("counter " + store + " " + key).counterGet(store, key);
        }

        @Override
        public List<String> dnsQuery(String name, RecordType type) throws LookupException {
            return asked("dns " + name + " " + type.word()).dnsQuery(name, type);
        }

        @Override
        public Value sqlQuery(String store, String statement, List<Value> arguments) throws LookupException {
            return asked("sql " + store + " " + statement + " " + Sample.show(Value.of(arguments)))
                    .sqlQuery(store, statement, arguments);
        }

        @Override
        public boolean hopUp(String hop) throws LookupException {
            return asked("hop " + hop).hopUp(hop);
        }
    }

    /** The expression, and all that it asks in one evaluation. */
    private static final Map<String, List<String>> ASKED = Map.ofEntries(
            Map.entry("counter_incr('s', 'k', 1)", List.of("count s k 1")),
            Map.entry("counter_incr('s', 'k', -2.9) || 5", List.of("count s k -2")),
            Map.entry("counter_incr('s', 'k', 1) && rcpt", List.of("count s k 1")),
            Map.entry("rcpt && counter_incr('s', 'k', 1)", List.of("count s k 1")),
            Map.entry("rcpt || counter_incr('s', 'k', 1)", List.of()),
            Map.entry("false && counter_incr('s', 'k', 1)", List.of()),
            Map.entry("[counter_incr('s', 'k', 1)][0]", List.of("count s k 1")),
            Map.entry(
                    "counter_incr('s', 'k', 1) in [1, 2, counter_get('s', 'k')]",
                    List.of("count s k 1", "counter s k")),
            Map.entry("domain_in(key_get('s', 'k'), [key_get('s', 'l')])", List.of("get s k", "get s l")),
            Map.entry("counter_incr('s', 'k', 1) = counter_incr('s', 'k', 1)", List.of("count s k 1", "count s k 1")),
            Map.entry("if_then(key_set('s', 'k', 'v'), 1, key_get('s', 'k'))", List.of("set s k v")),
            Map.entry("if_then(key_exists('s', 'k'), 1, key_get('s', 'word'))", List.of("exists s k", "get s word")),
            Map.entry("key_set('s', 'k', counter_incr('s', 'k', 1))", List.of("count s k 1", "set s k 1")),
            Map.entry("split_once(key_get('s', 'word'), 'l')", List.of("get s word")),
            Map.entry("matches('l', key_get('s', 'word')) && $0", List.of("get s word")),
            Map.entry("percent(counter_incr('s', 'k', 1), key_get('s', 'k'))", List.of("count s k 1", "get s k")),
            Map.entry(
                    "sort([key_get('s', 'word'), 'a'], key_exists('s', 'word'))",
                    List.of("get s word", "exists s word")),
            Map.entry("is_local_domain(rcpt_domain)", List.of("domain  example.org")),
            Map.entry("is_local_address('d', rcpt)", List.of("address d user@example.org")),
            Map.entry("dns_query('example.org', 'txt')", List.of("dns example.org txt")),
            Map.entry("hop_up(hop)", List.of("hop relay")),
            Map.entry(
                    "sql_query('crm', 'SELECT 1', rcpt, [size, 'x'])",
                    List.of("sql crm SELECT 1 ['user@example.org', 12345, 'x']")),
            Map.entry("-counter_incr('s', 'k', 1) + 1 * 2", List.of("count s k 1")));

    @TestFactory
    Stream<DynamicTest> everyQuestionIsAskedOnceForEachEvaluation() {
        return ASKED.entrySet().stream()
                .map(row -> DynamicTest.dynamicTest(row.getKey(), () -> {
                    Expression expression = Sample.compiled(row.getKey());
                    List<String> wanted = row.getValue();
                    Recorder first = new Recorder(false);
                    expression.evaluate(new Evaluation(Sample.FACTS, first));
                    assertThat(first.asked).isEqualTo(wanted);
                    Recorder second = new Recorder(false);
                    expression.test(new Evaluation(Sample.FACTS, second));
                    assertThat(second.asked).isEqualTo(wanted);
                    Recorder traced = new Recorder(false);
                    switch (Rules.compile(List.of(new RuleSource(null, row.getKey(), "a:1:1")), Sample.SCOPE)) {
                        case Compilation.Ok<Rules> ok -> ok.result().trace(Sample.FACTS, traced);
                        case Compilation.Failed<Rules> failed -> throw new AssertionError(failed.problems());
                    }
                    assertThat(traced.asked).isEqualTo(wanted);
                }));
    }

    /** With constant arguments only, so that whatever may be computed when compiled is. */
    private static final List<String> CALLS = List.of(
            "is_local_domain('a', 'b')",
            "is_local_domain('b')",
            "is_local_address('a', 'b')",
            "is_local_address('b')",
            "key_get('a', 'b')",
            "key_exists('a', 'b')",
            "key_set('a', 'b', 'c')",
            "counter_get('a', 'b')",
            "counter_incr('a', 'b', 1)",
            "dns_query('b', 'mx')",
            "dns_query('b', 'txt')",
            "sql_query('a', 'b')",
            "sql_query('a', 'b', 'c')",
            "hop_up('relay')");

    @Test
    void everyFunctionThatAsksIsAmongTheCalls() {
        List<String> outside = Functions.names().stream()
                .filter(name -> !Objects.requireNonNull(Functions.find(name)).pure())
                .toList();
        assertThat(CALLS.stream()
                        .map(call -> call.substring(0, call.indexOf('(')))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(outside);
    }

    @TestFactory
    Stream<DynamicTest> whoeverDoesNotAnswerIsAFailureOfALookupAndNeverAValue() {
        return CALLS.stream()
                .map(call -> DynamicTest.dynamicTest(call, () -> {
                    Expression expression = Sample.compiled(call);
                    assertThat(expression.isConstant()).isFalse();
                    EvaluationException failure = catchThrowableOfType(
                            EvaluationException.class,
                            () -> expression.evaluate(new Evaluation(Facts.NONE, new Recorder(true))));
                    assertThat(failure.kind()).isEqualTo(EvaluationException.Kind.LOOKUP);
                    String name = call.substring(0, call.indexOf('('));
                    assertThat(failure.reason()).startsWith(name + "(…, '").endsWith("') failed: connection refused");
                    assertThat(failure).hasCauseInstanceOf(LookupException.class);
                }));
    }

    @Test
    void aRecordThatIsOnlyKnownAtRunTimeIsCheckedThen() {
        Expression expression = Sample.compiled("dns_query('example.org', listener)");

        EvaluationException failure = catchThrowableOfType(
                EvaluationException.class, () -> expression.evaluate(new Evaluation(Sample.FACTS, Sample.LOOKUPS)));
        assertThat(failure.reason()).contains("'smtp' is no record that dns_query knows: ip, ipv4, ipv6, mx, txt, ptr");
    }

    @Test
    void anAnswerMayNotBeLargerThanAValue() {
        Lookups huge = new Lookups() {
            @Override
            public boolean isLocalDomain(String directory, String domain) {
                return false;
            }

            @Override
            public boolean isLocalAddress(String directory, String address) {
                return false;
            }

            @Override
            public String keyGet(String store, String key) {
                return "x".repeat(Arithmetic.MAX_TEXT + 1);
            }

            @Override
            public boolean keyExists(String store, String key) {
                return true;
            }

            @Override
            public Value sqlQuery(String store, String statement, List<Value> arguments) {
                return Value.ofTexts(Collections.nCopies(Arithmetic.MAX_ITEMS + 1, "x"));
            }
        };
        for (String call : List.of("key_get('a', 'b')", "sql_query('a', 'b')")) {
            EvaluationException failure = catchThrowableOfType(
                    EvaluationException.class,
                    () -> Sample.compiled(call).evaluate(new Evaluation(Sample.FACTS, huge)));
            assertThat(failure.kind()).as(call).isEqualTo(EvaluationException.Kind.TOO_LARGE);
        }
    }

    @Test
    void anExpressionTellsWhatItNamesForCertainAndWhere() {
        String source = "is_local_domain('d', rcpt_domain) && key_get(\"s\", key_get(listener, 'x')) "
                + "|| false && sql_query('crm', 'SELECT 1') || hop_up('relay') || counter_get('', 'y') "
                + "|| is_local_address(rcpt)";

        assertThat(Sample.compiled(source).named())
                .extracting(
                        named -> named.kind() + " " + source.substring(named.offset(), named.offset() + named.length()))
                .containsExactly("DIRECTORY 'd'", "STORE \"s\"", "SQL_STORE 'crm'", "HOP 'relay'", "STORE ''");
        assertThat(Sample.compiled(source).named()).extracting(Named::id).containsExactly("d", "s", "crm", "relay", "");
        assertThat(Sample.compiled("rcpt").named()).isEmpty();
        assertThat(Expression.constant(Value.of("x")).named()).isEmpty();
    }

    @Test
    void aSettingIsReadWhenTheExpressionIsCompiledAndAScopeWithoutSettingsHasNone() {
        assertThat(Sample.compiled("config_get('server.hostname')").isConstant())
                .isTrue();
        assertThat(Expression.compile("config_get('server.hostname')", Scope.of(Set.of())))
                .isInstanceOfSatisfying(
                        Compiled.Failed.class,
                        failed -> assertThat(failed.problems())
                                .extracting(ExpressionProblem::message)
                                .containsExactly("config_get: no setting can be read here"));
        Scope wider = Scope.of(Variable.RCPT_SCOPE)
                .withSettings(key -> new Settings.Answer.Found(Value.of(key.length())))
                .withWords(Set.of("require"))
                .withHopIds(Set.of("relay"));
        assertThat(Expression.compile("config_get('abc') = 3 && hop_up('relay')", wider))
                .isInstanceOf(Compiled.Ok.class);
    }
}
