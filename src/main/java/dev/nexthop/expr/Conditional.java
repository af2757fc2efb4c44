package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting whose value depends on the message: rules, and the conversion of their values to the setting's type. Rules that can
 * never give that type are refused when it is compiled; constants are converted then too.
 *
 * @param <T> the setting's type
 */
public final class Conditional<T> {
    private final Rules rules;
    private final Conversion<T> conversion;
    private final List<Ready<T>> ready;
    private final boolean written;

    private record Ready<T>(@Nullable T value) {}

    private Conditional(Rules rules, Conversion<T> conversion, List<Ready<T>> ready, boolean written) {
        this.rules = rules;
        this.conversion = conversion;
        this.ready = ready;
        this.written = written;
    }

    /**
     * Compiles a setting.
     *
     * @param <T> the setting's type
     * @param sources the texts of its rules, all with a condition but the last
     * @param scope the names they may use
     * @param conversion how their values become the setting's type
     * @return the setting, or everything that is wrong with it
     */
    public static <T> Compilation<Conditional<T>> compile(
            List<RuleSource> sources, Scope scope, Conversion<T> conversion) {
        return switch (Rules.compile(sources, scope)) {
            case Compilation.Failed<Rules> failed -> new Compilation.Failed<>(failed.problems());
            case Compilation.Ok<Rules> ok -> of(ok.result(), conversion, ok.guesses());
        };
    }

    /**
     * Adds the conversion to compiled rules.
     *
     * @param <T> the setting's type
     * @param rules the rules
     * @param conversion how their values become the setting's type
     * @return the setting, or the rules whose value can never be of its type
     */
    public static <T> Compilation<Conditional<T>> of(Rules rules, Conversion<T> conversion) {
        return of(rules, conversion, List.of());
    }

    private static <T> Compilation<Conditional<T>> of(
            Rules rules, Conversion<T> conversion, List<RuleProblem> guesses) {
        List<RuleProblem> problems = new ArrayList<>();
        List<Ready<T>> ready = new ArrayList<>();
        for (Rule rule : rules.rules()) {
            Expression then = rule.then();
            T value = null;
            if (then.isConstant()) {
                try {
                    value = conversion.convert(then.evaluate(new Evaluation(Facts.NONE, Lookups.NONE)));
                } catch (EvaluationException e) {
                    problems.add(refused(rule, e.reason()));
                }
            } else if (!conversion.accepts(then.type())) {
                problems.add(refused(
                        rule,
                        "this is always a " + then.type().noun() + ", which can never be " + conversion.expected()));
            }
            ready.add(new Ready<>(value));
        }
        return problems.isEmpty()
                ? new Compilation.Ok<>(new Conditional<>(rules, conversion, List.copyOf(ready), true), guesses)
                : new Compilation.Failed<>(List.copyOf(problems));
    }

    /**
     * A setting that nobody wrote and that is always the same.
     *
     * @param <T> the setting's type
     * @param value its value
     * @return the setting
     */
    public static <T> Conditional<T> constant(T value) {
        Conversion<T> never = new Conversion<>() {
            @Override
            public String expected() {
                return "the default";
            }

            @Override
            public boolean accepts(Type type) {
                return true;
            }

            @Override
            public T convert(Value ignored) {
                return value;
            }
        };
        return new Conditional<>(Rules.constant(Value.Text.EMPTY, ""), never, List.of(new Ready<>(value)), false);
    }

    /**
     * The value for these facts.
     *
     * @param facts what is known
     * @param lookups who answers look-ups
     * @return the value
     * @throws EvaluationException when it cannot be computed or is not of the setting's type; it names the rule and its place
     */
    public T value(Facts facts, Lookups lookups) throws EvaluationException {
        Evaluation evaluation = new Evaluation(facts, lookups);
        Rule rule = rules.choose(evaluation);
        T constant = ready.get(rule.index()).value();
        if (constant != null) {
            return constant;
        }
        Value value = rules.value(rule, evaluation);
        try {
            return conversion.convert(value);
        } catch (EvaluationException e) {
            throw rules.failed(rule, e);
        }
    }

    /**
     * The value for these facts and how it came about; never throws, a failure is part of the result.
     *
     * @param facts what is known
     * @param lookups who answers look-ups
     * @return the trace
     */
    public Traced<T> trace(Facts facts, Lookups lookups) {
        if (!written) {
            return new Traced<>(ready.getFirst().value(), List.of(), null);
        }
        Trace trace = rules.trace(facts, lookups);
        Value value = trace.value();
        if (value == null) {
            return new Traced<>(null, trace.rules(), trace.failure());
        }
        RuleTrace last = trace.rules().getLast();
        try {
            return new Traced<>(conversion.convert(value), trace.rules(), null);
        } catch (EvaluationException e) {
            List<RuleTrace> seen = new ArrayList<>(trace.rules());
            seen.set(seen.size() - 1, last.failed(rules.clean(e.reason())));
            return new Traced<>(
                    null,
                    List.copyOf(seen),
                    rules.failed(rules.rules().get(last.index()), e).getMessage());
        }
    }

    /**
     * The rules that the setting was compiled from.
     *
     * @return the rules; one constant for a setting that nobody wrote
     */
    public Rules rules() {
        return rules;
    }

    private static RuleProblem refused(Rule rule, String message) {
        return new RuleProblem(
                rule.index(),
                RuleProblem.Part.THEN,
                new ExpressionProblem(0, rule.then().text().length(), message, null));
    }
}
