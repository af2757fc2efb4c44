package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The value of a setting: one expression, or {@code if}/{@code then} rules with a last {@code else}; the first true rule wins. */
public final class Rules {
    private final List<Rule> rules;
    private final Hidden hidden;

    private Rules(List<Rule> rules) {
        this.hidden = new Hidden(rules.stream()
                .flatMap(rule -> Stream.concat(Stream.ofNullable(rule.condition()), Stream.of(rule.then())))
                .flatMap(expression -> expression.hidden().pieces().stream())
                .toList());
        this.rules = List.copyOf(rules);
    }

    /**
     * Compiles the rules of a setting. All have a condition but the last.
     *
     * @param sources the texts, in order, at least one
     * @param scope the names they may use
     * @return the rules, or everything that is wrong with them
     */
    public static Compilation<Rules> compile(List<RuleSource> sources, Scope scope) {
        List<Rule> rules = new ArrayList<>();
        List<RuleProblem> problems = new ArrayList<>();
        List<RuleProblem> guesses = new ArrayList<>();
        if (sources.isEmpty()) {
            return new Compilation.Failed<>(
                    List.of(shape(0, RuleProblem.Part.THEN, "a setting needs at least one value")));
        }
        for (int i = 0; i < sources.size(); i++) {
            RuleSource source = sources.get(i);
            boolean last = i == sources.size() - 1;
            Expression condition = null;
            if (source.condition() != null) {
                condition = part(
                        source.condition(),
                        source.inCondition(),
                        scope,
                        new Place(i, RuleProblem.Part.IF, problems, guesses));
                if (last) {
                    problems.add(shape(i, RuleProblem.Part.IF, "the last rule must be an 'else': { else = … }"));
                }
            } else if (!last) {
                problems.add(
                        shape(i, RuleProblem.Part.THEN, "'else' must be the last rule; those after it never apply"));
            }
            Expression then =
                    part(source.then(), source.inThen(), scope, new Place(i, RuleProblem.Part.THEN, problems, guesses));
            rules.add(new Rule(i, condition, then, source.at()));
        }
        if (problems.isEmpty()) {
            guesses.addAll(new RuleDoubts(rules, guesses).find());
        }
        return problems.isEmpty()
                ? new Compilation.Ok<>(new Rules(rules), List.copyOf(guesses))
                : new Compilation.Failed<>(List.copyOf(problems));
    }

    /**
     * A setting that is always the same.
     *
     * @param value its value
     * @param at where it is written, {@code file:line:column}
     * @return the rules
     */
    public static Rules constant(Value value, String at) {
        return new Rules(List.of(new Rule(0, null, Expression.constant(value), at)));
    }

    /**
     * The rules.
     *
     * @return all of them, in order, unmodifiable
     */
    public List<Rule> rules() {
        return rules;
    }

    /**
     * Whether a value may depend on a variable.
     *
     * @param variable any
     * @return false when no rule can read it
     */
    public boolean ask(Variable variable) {
        return expressions().anyMatch(expression -> expression.variables().contains(variable));
    }

    /**
     * Whether the value is the same each time for the same facts.
     *
     * @return false when a rule counts or writes something, or asks a database in words of its own
     */
    public boolean steady() {
        return expressions().noneMatch(Expression::isUnsteady);
    }

    private Stream<Expression> expressions() {
        return rules.stream()
                .flatMap(rule -> Stream.concat(Stream.ofNullable(rule.condition()), Stream.of(rule.then())));
    }

    /**
     * The value of the first rule whose condition is true.
     *
     * @param facts what is known
     * @param lookups who answers look-ups
     * @return the value
     * @throws EvaluationException when a condition before it, or the value itself, cannot be computed; it names the rule
     */
    public Value evaluate(Facts facts, Lookups lookups) throws EvaluationException {
        Evaluation evaluation = new Evaluation(facts, lookups);
        return value(choose(evaluation), evaluation);
    }

    /**
     * The value and how it came about; never throws, a failure is part of the result.
     *
     * @param facts what is known
     * @param lookups who answers look-ups
     * @return the trace
     */
    public Trace trace(Facts facts, Lookups lookups) {
        Evaluation evaluation = new Evaluation(facts, lookups);
        List<RuleTrace> seen = new ArrayList<>();
        for (Rule rule : rules) {
            Recording recording = evaluation.record(hidden);
            List<String> why = List.of();
            boolean fired = false;
            try {
                Expression condition = rule.condition();
                fired = condition == null || condition.test(evaluation);
                why = condition == null ? why : condition.why(fired, recording);
                Value value = fired ? rule.then().evaluate(evaluation) : Value.Text.EMPTY;
                seen.add(traced(rule, fired, recording, why, null));
                if (fired) {
                    return new Trace(value, List.copyOf(seen), null);
                }
            } catch (EvaluationException e) {
                seen.add(traced(rule, fired, recording, why, clean(e.reason())));
                return new Trace(null, List.copyOf(seen), failed(rule, e).getMessage());
            } finally {
                evaluation.stopRecording();
            }
        }
        throw new IllegalStateException("rules without else");
    }

    /**
     * A message about these rules without what macros yielded.
     *
     * @param message any text
     */
    public String clean(String message) {
        return hidden.clean(message);
    }

    EvaluationException failed(Rule rule, EvaluationException why) {
        return why.inRule(rule.index(), rule.at(), clean(why.reason()));
    }

    /** The rule that applies. */
    Rule choose(Evaluation evaluation) throws EvaluationException {
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            Expression condition = rule.condition();
            if (condition == null || holds(rule, condition, evaluation)) {
                return rule;
            }
        }
        throw new IllegalStateException("rules without else");
    }

    /** The value of the rule that applies, with the captures that its condition left. */
    Value value(Rule rule, Evaluation evaluation) throws EvaluationException {
        try {
            return rule.then().evaluate(evaluation);
        } catch (EvaluationException e) {
            throw failed(rule, e);
        }
    }

    private boolean holds(Rule rule, Expression condition, Evaluation evaluation) throws EvaluationException {
        try {
            return condition.test(evaluation);
        } catch (EvaluationException e) {
            throw failed(rule, e);
        }
    }

    private static RuleTrace traced(
            Rule rule, boolean fired, Recording recording, List<String> why, @Nullable String failure) {
        Expression condition = rule.condition();
        return new RuleTrace(
                rule.index(),
                condition == null ? null : condition.source(),
                fired,
                recording.operands(),
                recording.captures(),
                why,
                rule.then().source(),
                rule.at(),
                failure);
    }

    private record Place(int rule, RuleProblem.Part part, List<RuleProblem> problems, List<RuleProblem> guesses) {}

    /** Compiles one expression; what is wrong goes to the place's list, and a stand-in comes back. */
    private static Expression part(String text, Hidden hidden, Scope scope, Place place) {
        return switch (Expression.compile(text, scope, hidden)) {
            case Compiled.Ok ok -> {
                ok.guesses().forEach(g -> place.guesses.add(new RuleProblem(place.rule, place.part, g)));
                yield ok.expression();
            }
            case Compiled.Failed failed -> {
                failed.problems().forEach(p -> place.problems.add(new RuleProblem(place.rule, place.part, p)));
                yield Expression.constant(Value.Text.EMPTY);
            }
        };
    }

    private static RuleProblem shape(int rule, RuleProblem.Part part, String message) {
        return new RuleProblem(rule, part, new ExpressionProblem(0, 0, message, null));
    }
}
