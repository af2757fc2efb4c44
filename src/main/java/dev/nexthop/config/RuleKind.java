package dev.nexthop.config;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Expression;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.RuleProblem;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is an expression or if/then/else rules.
 *
 * @param noun what its values are, for the manual
 * @param variables what the rules may read
 * @param words what they may write without quotes
 * @param conversion how a value becomes the setting's
 */
record RuleKind<T>(String noun, Set<Variable> variables, Set<String> words, Conversion<T> conversion)
        implements Kind<Conditional<T>> {
    private static final Pattern NAME = Pattern.compile("[\\p{Alnum}_-]+(\\.[\\p{Alnum}_-]+)*");

    @Override
    public String scope() {
        return scope(variables, words);
    }

    static String scope(Set<Variable> variables, Set<String> words) {
        String names = variables.stream().map(Variable::keyword).sorted().collect(Collectors.joining(", "));
        return words.isEmpty() ? names : names + "; words: " + String.join(", ", words);
    }

    @Override
    public @Nullable Conditional<T> read(Node node, Reading reading) {
        boolean duration = noun.contains("duration");
        RuleText text = RuleText.read(node, reading, duration);
        Scope scope =
                Scope.of(variables).withWords(words).withHopIds(reading.hops()).withSettings(reading.settings());
        Rules rules = compile(text, scope, reading.hops(), noun.equals("text"));
        if (rules == null) {
            return null;
        }
        return switch (Conditional.of(rules, conversion)) {
            case Compilation.Ok<Conditional<T>> ok -> ok.result();
            case Compilation.Failed<Conditional<T>> failed -> {
                failed.problems().forEach(problem -> text.report(Code.RULE_TYPE, problem));
                yield null;
            }
        };
    }

    /** Compiles rules, reports what is wrong or guessed; null when they can't be used. */
    static @Nullable Rules compile(RuleText text, Scope scope, Set<String> hops, boolean wantsText) {
        if (text.sources().isEmpty()) {
            return null;
        }
        List<RuleSource> sources = new ArrayList<>(text.sources());
        if (text.broken() && sources.getLast().condition() != null) {
            sources.add(new RuleSource(null, "''", "")); // what is there is still worth a look
        }
        return switch (Rules.compile(sources, scope)) {
            case Compilation.Ok<Rules> _ when text.broken() -> null;
            case Compilation.Ok<Rules> ok -> {
                for (RuleProblem guess : ok.guesses()) {
                    text.report(isHop(text, guess, hops) ? Code.BARE_HOP : Code.GUESS, guess);
                }
                unreachable(ok.result(), text);
                yield ok.result();
            }
            case Compilation.Failed<Rules> failed -> {
                for (RuleProblem problem : failed.problems()) {
                    if (text.broken() && problem.problem().length() == 0) {
                        continue; // the shape, of which the text has spoken
                    }
                    String whole = source(text, problem);
                    boolean bare = wantsText
                            && problem.part() == RuleProblem.Part.THEN
                            && NAME.matcher(whole).matches();
                    if (bare) {
                        text.report(
                                Code.EXPRESSION,
                                problem.rule(),
                                problem.part(),
                                problem.problem().message(),
                                "a text needs its own quotes inside the expression: \"'" + whole + "'\"");
                    } else {
                        text.report(Code.EXPRESSION, problem);
                    }
                }
                yield null;
            }
        };
    }

    private static String source(RuleText text, RuleProblem problem) {
        var source = text.sources().get(problem.rule());
        String condition = source.condition();
        return problem.part() == RuleProblem.Part.IF && condition != null ? condition : source.then();
    }

    private static boolean isHop(RuleText text, RuleProblem guess, Set<String> hops) {
        String whole = source(text, guess);
        int from = Math.min(guess.problem().offset(), whole.length());
        int to = Math.min(from + guess.problem().length(), whole.length());
        return hops.contains(whole.substring(from, to));
    }

    private static void unreachable(Rules rules, RuleText text) {
        int always = -1;
        for (Rule rule : rules.rules()) {
            Expression condition = rule.condition();
            if (always >= 0) {
                text.report(
                        Code.UNREACHABLE_RULE,
                        rule.index(),
                        RuleProblem.Part.IF,
                        "this rule never applies: rule " + (always + 1) + " always does",
                        "");
            } else if (condition != null && condition.isConstant() && Constants.isTrue(condition)) {
                always = rule.index();
            }
        }
    }
}
