package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings of several rules: which one wins, what it may use, and how it is explained. */
final class RulesTest {
    private static List<RuleSource> sources(String... conditionsAndValues) {
        List<RuleSource> sources = new ArrayList<>();
        for (int i = 0; i + 1 < conditionsAndValues.length; i += 2) {
            sources.add(
                    new RuleSource(conditionsAndValues[i], conditionsAndValues[i + 1], "a.toml:" + (i / 2 + 1) + ":3"));
        }
        String last = conditionsAndValues[conditionsAndValues.length - 1];
        sources.add(new RuleSource(null, last, "a.toml:" + (conditionsAndValues.length / 2 + 1) + ":3"));
        return sources;
    }

    private static Rules rules(String... conditionsAndValues) {
        return switch (Rules.compile(sources(conditionsAndValues), Sample.SCOPE)) {
            case Compilation.Ok<Rules> ok -> ok.result();
            case Compilation.Failed<Rules> failed -> throw new AssertionError(failed.problems());
        };
    }

    private static String value(Rules rules) throws EvaluationException {
        return Sample.show(rules.evaluate(Sample.FACTS, Sample.LOOKUPS));
    }

    @Test
    void theFirstTrueRuleWinsAndLaterOnesAreNotAsked() throws EvaluationException {
        assertThat(value(rules(
                        "rcpt_domain = 'x'",
                        "'one'",
                        "rcpt_domain = 'example.org'",
                        "'two'",
                        "is_local_domain('down', rcpt_domain)",
                        "'three'",
                        "'else'")))
                .isEqualTo("'two'");
        assertThat(value(rules("rcpt_domain = 'x'", "'one'", "'else'"))).isEqualTo("'else'");
        assertThat(value(rules("'only'"))).isEqualTo("'only'");
    }

    @Test
    void capturesOfTheConditionAreSeenByItsValue() throws EvaluationException {
        assertThat(value(rules("matches('^([^@]+)@([^.]+)\\.(.+)$', rcpt)", "'hop-' + $2 + '.' + $3", "false")))
                .isEqualTo("'hop-example.org'");
    }

    @Test
    void capturesOfTheLastMatchesReachElseAndAFailedMatchesClearsThem() throws EvaluationException {
        assertThat(value(rules("matches('(use)r', rcpt) && false", "'no'", "'else ' + $1")))
                .isEqualTo("'else use'");
        assertThat(value(rules("matches('(use)r', rcpt) && false", "'no'", "matches('zz', rcpt)", "'no'", "'e' + $1")))
                .isEqualTo("'e'");
    }

    @Test
    void capturesDoNotOutliveTheBlock() throws EvaluationException {
        Rules first = rules("matches('(use)r', rcpt)", "$1", "''");
        Rules second = rules("$1 = 'use'", "'leaked'", "'clean'");

        assertThat(value(first)).isEqualTo("'use'");
        assertThat(value(second)).isEqualTo("'clean'");
    }

    @Test
    void aFailingLookUpNamesTheRuleAndItsPlace() {
        Rules rules = rules("rcpt = 'x'", "'one'", "is_local_domain('down', rcpt_domain)", "'local'", "false");

        assertThatThrownBy(() -> rules.evaluate(Sample.FACTS, Sample.LOOKUPS))
                .isInstanceOfSatisfying(EvaluationException.class, e -> {
                    assertThat(e.kind()).isEqualTo(EvaluationException.Kind.LOOKUP);
                    assertThat(e.rule()).isEqualTo(1);
                    assertThat(e.at()).isEqualTo("a.toml:2:3");
                    assertThat(e)
                            .hasMessage("a.toml:2:3: rule 2: is_local_domain(…, 'example.org') failed:"
                                    + " connection refused");
                });
    }

    @Test
    void aTraceShowsEveryRuleUpToTheOneThatFiredWithItsOperands() {
        Rules rules = rules(
                "sender_domain = 'x' && priority > 0",
                "'one'",
                "is_local_domain('', rcpt_domain)",
                "'local'",
                "'else'");

        Trace trace = rules.trace(Sample.FACTS, Sample.LOOKUPS);

        assertThat(trace.failure()).isNull();
        assertThat(trace.value()).isEqualTo(Value.of("local"));
        assertThat(trace.rules())
                .containsExactly(
                        new RuleTrace(
                                0,
                                "sender_domain = 'x' && priority > 0",
                                false,
                                Map.of("sender_domain", "sender.test"),
                                List.of(),
                                List.of("sender_domain = 'x' is false because sender_domain is 'sender.test'"),
                                "'one'",
                                "a.toml:1:3",
                                null),
                        new RuleTrace(
                                1,
                                "is_local_domain('', rcpt_domain)",
                                true,
                                Map.of("rcpt_domain", "example.org", "is_local_domain('', rcpt_domain)", "true"),
                                List.of(),
                                List.of("is_local_domain('', rcpt_domain) is true because rcpt_domain is"
                                        + " 'example.org'"),
                                "'local'",
                                "a.toml:2:3",
                                null));
    }

    @Test
    void aTraceShowsCapturesListsAndUnknowns() {
        Trace trace = rules("matches('^(u)', rcpt) && is_empty(helo_domain) && count(recipients) = 2", "$1", "''")
                .trace(Sample.FACTS, Sample.LOOKUPS);

        assertThat(trace.rules().getFirst().operands())
                .containsExactly(
                        Map.entry("rcpt", "user@example.org"),
                        Map.entry("matches('^(u)', rcpt)", "true"),
                        Map.entry("helo_domain", ""),
                        Map.entry("is_empty(helo_domain)", "true"),
                        Map.entry("recipients", "[user@example.org, other@example.net]"),
                        Map.entry("count(recipients)", "2"),
                        Map.entry("$1", "u"));
    }

    @Test
    void aFailureIsPartOfTheTrace() {
        Trace trace = rules("rcpt = 'x'", "'one'", "is_local_address('down', rcpt)", "'local'", "'else'")
                .trace(Sample.FACTS, Sample.LOOKUPS);

        assertThat(trace.value()).isNull();
        assertThat(trace.failure())
                .isEqualTo("a.toml:2:3: rule 2: is_local_address(…, 'user@example.org') failed: connection refused");
        assertThat(trace.rules()).hasSize(2);
        assertThat(trace.rules().getLast()).satisfies(rule -> {
            assertThat(rule.fired()).isFalse();
            assertThat(rule.failure()).contains("connection refused");
            assertThat(rule.operands()).containsEntry("rcpt", "user@example.org");
        });
    }

    @Test
    void traceAndEvaluateAgree() throws EvaluationException {
        Rules rules = rules("retry_num > 2 && last_error == 'tls'", "['a', rcpt]", "false");

        assertThat(rules.trace(Sample.FACTS, Sample.LOOKUPS).value())
                .isEqualTo(rules.evaluate(Sample.FACTS, Sample.LOOKUPS));
    }

    @Test
    void problemsOfAllRulesAreReportedTogether() {
        Compilation.Failed<Rules> failed = (Compilation.Failed<Rules>)
                Rules.compile(sources("rctp = 'x'", "1 +", "len(", "'x'", "5x"), Sample.SCOPE);

        assertThat(failed.problems())
                .extracting(p -> p.rule() + " " + p.part() + " " + p.problem().offset())
                .containsExactly("0 IF 0", "0 THEN 3", "1 IF 4", "2 THEN 0");
    }

    @Test
    void elseMustBeThereAndLast() {
        Compilation<Rules> without = Rules.compile(List.of(new RuleSource("true", "'a'", "a.toml:1:1")), Sample.SCOPE);
        Compilation<Rules> early = Rules.compile(
                List.of(new RuleSource(null, "'a'", "a.toml:1:1"), new RuleSource(null, "'b'", "a.toml:2:1")),
                Sample.SCOPE);

        assertThat(without).isInstanceOf(Compilation.Failed.class);
        assertThat(early).isInstanceOf(Compilation.Failed.class);
        assertThat(Rules.compile(List.of(), Sample.SCOPE)).isInstanceOf(Compilation.Failed.class);
    }

    @Test
    void textThatDoublesItselfMeetsTheLimit() {
        StringBuilder bomb = new StringBuilder("matches('(?s)^.*$', rcpt)");
        for (int i = 0; i < 40; i++) {
            bomb.append(" && matches('(?s)^.*$', $0 + $0)");
        }
        StringBuilder list = new StringBuilder("matches('(?s)^.*$', rcpt)");
        for (int i = 0; i < 40; i++) {
            list.append(" && matches('(?s)^.*$', [$0, $0])");
        }

        for (String source : List.of(bomb.toString(), list.toString())) {
            assertThatThrownBy(() -> rules(source, "1", "0").evaluate(Sample.FACTS, Sample.LOOKUPS))
                    .isInstanceOfSatisfying(
                            EvaluationException.class,
                            e -> assertThat(e.kind()).isEqualTo(EvaluationException.Kind.TOO_LARGE));
        }
    }
}
