package dev.nexthop.config;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Finding;
import dev.nexthop.expr.RuleProblem;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import java.util.ArrayList;
import java.util.EnumSet;
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

    /** Doubts about conditions that macros explain. */
    private static final Set<Finding> CONSTANT = EnumSet.of(
            Finding.CONSTANT_CONDITION,
            Finding.TEXT_AS_TRUTH,
            Finding.UNREACHABLE,
            Finding.COVERED,
            Finding.IMPOSSIBLE);

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
        Rules rules = compile(text, scope, noun.equals("text"));
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
    static @Nullable Rules compile(RuleText text, Scope scope, boolean wantsText) {
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
                ok.guesses().stream()
                        .filter(guess -> meant(guess, text))
                        .forEach(guess -> text.report(Code.of(guess.problem().finding()), guess));
                ok.result().rules().forEach(text::ask);
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

    /** A macro may make a condition constant on purpose. */
    private static boolean meant(RuleProblem guess, RuleText text) {
        return !text.hasMacros() || !CONSTANT.contains(guess.problem().finding());
    }
}
