package dev.nexthop.config;

import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.RuleStep;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.Router;
import dev.nexthop.route.Traces;
import dev.nexthop.schedule.Forecast;
import dev.nexthop.smtp.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Runs the tests of a file with the code that delivers. A test that fails is an error of the file. */
final class TestRun {
    /** How long all tests may take together. */
    static final Duration MAX_TIME = Duration.ofSeconds(5);

    /** The instant at which every test decides; rules see only differences of time. */
    private static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");

    private static final int MAX_RULES = 40;

    private final Values values;
    private final Configuration configuration;
    private final LongSupplier nanoTime;

    /**
     * A run.
     *
     * @param nanoTime a clock in nanoseconds
     */
    TestRun(Values values, Configuration configuration, LongSupplier nanoTime) {
        this.values = values;
        this.configuration = configuration;
        this.nanoTime = nanoTime;
    }

    /** Runs the tests, unless the file has errors already; the decisions would mean nothing then. */
    Loaded.Tests run(List<TestCase> tests) {
        int written = values.ids("test").size();
        if (values.problems().hasErrors()) {
            return new Loaded.Tests(written, 0, 0);
        }
        long start = nanoTime.getAsLong();
        int run = 0;
        int failed = 0;
        for (TestCase test : tests) {
            if (nanoTime.getAsLong() - start > MAX_TIME.toNanos()) {
                report(
                        test,
                        Code.TEST_LIMIT,
                        "the tests took more than " + MAX_TIME.toSeconds() + " s; this one and "
                                + (tests.size() - run - 1) + " more did not run",
                        "",
                        List.of());
                break;
            }
            run++;
            failed += passes(test) ? 0 : 1;
        }
        return new Loaded.Tests(written, run, failed);
    }

    private boolean passes(TestCase test) {
        Lookups lookups = configuration.local().offline(test.answers());
        Forecast forecast = new Forecast(configuration.outbound().schedule(), lookups);
        Router router = new Router(configuration.outbound().routing());
        boolean passes = true;
        for (Mailbox recipient : test.to()) {
            RecipientFacts facts = test.message().facts(recipient, NOW, forecast);
            Decision decision = router.decide(facts, lookups);
            if (configuration.outbound().schedule().queues().any()) {
                decision = configuration
                        .outbound()
                        .schedule()
                        .queues()
                        .choose(facts, lookups)
                        .of(decision);
            }
            String wrong = wrong(test.expected(), decision, facts, lookups);
            if (!wrong.isEmpty()) {
                passes = false;
                String message = "test " + name(test) + " fails for " + recipient + ": " + wrong;
                report(test, Code.TEST_FAILED, message, "decided: " + decision.reason(), trace(decision));
            }
        }
        return passes;
    }

    private String wrong(Expectation expected, Decision decision, RecipientFacts facts, Lookups lookups) {
        if (decision.hop() instanceof NextHop.Defer defer && defer.fault()) {
            return "the rules gave no answer: " + decision.reason();
        }
        String startTls = "";
        if (decision.hop() instanceof NextHop.Mx && expected.tls().isPresent()) {
            try {
                startTls = configuration
                        .outbound()
                        .delivery()
                        .startTls()
                        .value(facts, lookups)
                        .name()
                        .toLowerCase(Locale.ROOT);
            } catch (EvaluationException e) {
                return "queue.outbound.tls.starttls could not be evaluated: " + e.getMessage();
            }
        }
        Expectation.Got.Mx mx = new Expectation.Got.Mx(
                startTls, configuration.outbound().delivery().mx().port());
        List<String> unmet = expected.unmet(new Expectation.Got(decision.hop(), decision.reason(), mx));
        return unmet.isEmpty() ? "" : "expected " + String.join("; and ", unmet);
    }

    private static String name(TestCase test) {
        return test.name().chars().allMatch(Character::isDigit) ? test.name() : "'" + test.name() + "'";
    }

    private void report(TestCase test, Code code, String message, String hint, List<Problem.Related> trace) {
        Problem.Span span = values.problems().source().span(test.at(), "[[test]]".length(), true);
        values.problems().add(new Problem(code, span, message, hint, trace));
    }

    /** What each rule saw, and the decision. */
    private List<Problem.Related> trace(Decision decision) {
        List<Problem.Related> trace = new ArrayList<>();
        List<RuleStep> steps =
                Traces.all(decision.rules(), configuration.outbound().routing().nextHop());
        for (RuleStep step : steps.subList(0, Math.min(MAX_RULES, steps.size()))) {
            place(step.at()).ifPresent(origin -> trace.add(new Problem.Related(origin, line(step))));
        }
        return trace;
    }

    private static String line(RuleStep step) {
        String start = "rule " + step.number() + " " + step.state().word() + ": "
                + (step.condition().isEmpty() ? "else" : "if " + step.condition());
        return switch (step.state()) {
            case FIRED -> start + ", so " + step.then() + read(step);
            case PASSED -> start + ": " + String.join("; ", step.why());
            case FAILED -> start + ": " + step.failure() + read(step);
            case NOT_REACHED -> start;
        };
    }

    private static String read(RuleStep step) {
        return step.operands().isEmpty()
                ? ""
                : step.operands().entrySet().stream()
                        .map(operand -> operand.getKey() + " = '" + operand.getValue() + "'")
                        .collect(Collectors.joining(", ", " [", "]"));
    }

    /** {@code file:line:column} as a place. */
    private static Optional<Origin> place(String at) {
        int column = at.lastIndexOf(':');
        int line = column < 0 ? -1 : at.lastIndexOf(':', column - 1);
        if (line < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Origin(
                    at.substring(0, line),
                    Integer.parseInt(at.substring(line + 1, column)),
                    Integer.parseInt(at.substring(column + 1))));
        } catch (NumberFormatException e) {
            return Optional.empty(); // a default, which nobody wrote
        }
    }
}
