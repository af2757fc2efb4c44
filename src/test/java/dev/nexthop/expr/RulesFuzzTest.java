package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Whatever the rules: what is said of a rule before any message holds for every message. */
final class RulesFuzzTest {
    private static final List<String> TESTS = List.of(
            "rcpt_domain = 'a.org'",
            "rcpt_domain != 'a.org'",
            "'b.org' = rcpt_domain",
            "rcpt_domain in ['a.org', 'b.org']",
            "ends_with(rcpt_domain, '.org')",
            "ends_with(rcpt_domain, 'b.org')",
            "starts_with(rcpt_domain, 'a')",
            "glob('*.org', rcpt_domain)",
            "matches('^(a|b)\\.org$', rcpt_domain)",
            "$1 = 'a'",
            "domain_in(['.org'])",
            "sender = ''",
            "sender",
            "sender != 'x@b.org'",
            "last_error = 'tls'",
            "last_error != 'dns'",
            "retry_num > 1",
            "retry_num >= 2",
            "2 < retry_num",
            "retry_num = 3",
            "retry_num != 1",
            "priority < 0",
            "priority >= -1",
            "size + retry_num",
            "is_local_domain('', rcpt_domain)",
            "is_local_domain('down', rcpt_domain)",
            "true",
            "false",
            "1 = 2",
            "'x'",
            "rcpt_domain = 'X'");

    private static final List<Value> DOMAINS =
            List.of(Value.of("a.org"), Value.of("b.org"), Value.of("x.b.org"), Value.of("c.net"), Value.of(""));
    private static final List<Value> SENDERS = List.of(Value.of(""), Value.of("x@b.org"), Value.of("y@c.net"));
    private static final List<Value> ERRORS = List.of(Value.of("none"), Value.of("tls"), Value.of("dns"));

    @FuzzTest(maxDuration = "10s")
    void rules(FuzzedDataProvider data) {
        check(bound -> data.remainingBytes() == 0 ? 0 : data.consumeInt(0, bound - 1));
    }

    /** The same without the fuzzer. */
    @Test
    void manyRules() {
        Random random = new Random(11);
        int doubted = 0;
        for (int i = 0; i < 4_000; i++) {
            doubted += check(random::nextInt) ? 1 : 0;
        }
        assertThat(doubted).as("rules that never apply").isGreaterThan(200);
    }

    /** Whether some rule was said never to apply. */
    private static boolean check(IntUnaryOperator pick) {
        List<RuleSource> sources = new ArrayList<>();
        for (int n = pick.applyAsInt(4); n >= 0; n--) {
            sources.add(new RuleSource(condition(pick, 2), "'r" + n + "'", ""));
        }
        sources.add(new RuleSource(null, "'else'", ""));
        if (!(Rules.compile(sources, Sample.SCOPE) instanceof Compilation.Ok<Rules> ok)) {
            throw new AssertionError(sources);
        }
        for (int i = 0; i < 20; i++) {
            check(ok, facts(pick), sources);
        }
        return ok.guesses().stream().anyMatch(guess -> guess.problem().finding() == Finding.COVERED);
    }

    private static String condition(IntUnaryOperator pick, int depth) {
        int kind = depth == 0 ? 0 : pick.applyAsInt(5);
        return switch (kind) {
            case 1 -> "(" + condition(pick, depth - 1) + ") && (" + condition(pick, depth - 1) + ")";
            case 2 -> "(" + condition(pick, depth - 1) + ") || (" + condition(pick, depth - 1) + ")";
            case 3 -> "!(" + condition(pick, depth - 1) + ")";
            default -> TESTS.get(pick.applyAsInt(TESTS.size()));
        };
    }

    private static Facts facts(IntUnaryOperator pick) {
        Value domain = DOMAINS.get(pick.applyAsInt(DOMAINS.size()));
        Value sender = SENDERS.get(pick.applyAsInt(SENDERS.size()));
        Value error = ERRORS.get(pick.applyAsInt(ERRORS.size()));
        Value retries = Value.of(pick.applyAsInt(5));
        Value priority = Value.of(pick.applyAsInt(5) - 2L);
        return variable -> switch (variable) {
            case RCPT_DOMAIN -> domain;
            case SENDER -> sender;
            case LAST_ERROR -> error;
            case RETRY_NUM -> retries;
            case PRIORITY -> priority;
            default -> null;
        };
    }

    private static void check(Compilation.Ok<Rules> ok, Facts facts, List<RuleSource> sources) {
        Trace trace = ok.result().trace(facts, Sample.LOOKUPS);
        try {
            assertThat(ok.result().evaluate(facts, Sample.LOOKUPS)).isEqualTo(trace.value());
        } catch (EvaluationException e) {
            assertThat(trace.failure()).isNotNull();
            return;
        }
        RuleTrace last = trace.rules().getLast();
        for (RuleProblem guess : ok.guesses()) {
            Finding finding = guess.problem().finding();
            if (finding == Finding.COVERED || finding == Finding.UNREACHABLE) {
                assertThat(last.index()).as("%s: %s", sources, guess).isNotEqualTo(guess.rule());
            }
            truth(ok.result(), guess, facts);
        }
    }

    /** What is always or never true is so for these facts. */
    private static void truth(Rules rules, RuleProblem guess, Facts facts) {
        String message = guess.problem().message();
        boolean decided = guess.problem().finding() == Finding.IMPOSSIBLE
                || guess.problem().finding() == Finding.CONSTANT_CONDITION;
        if (decided
                && guess.part() == RuleProblem.Part.IF
                && (message.contains("always") || message.contains("never"))) {
            String whole = Objects.requireNonNull(
                            rules.rules().get(guess.rule()).condition())
                    .source();
            int end = guess.problem().offset() + guess.problem().length();
            String part = whole.substring(guess.problem().offset(), end);
            if (!(Expression.compile(part, Sample.SCOPE) instanceof Compiled.Ok ok)
                    || part.equals("'X'")
                    || ok.expression().isConstant()) {
                return;
            }
            try {
                boolean truth = ok.expression().test(new Evaluation(facts, Sample.LOOKUPS));
                assertThat(truth).as("%s: %s", whole, guess).isEqualTo(message.contains("always true"));
            } catch (EvaluationException e) {
                assertThat(e.reason()).isNotEmpty();
            }
        }
    }
}
