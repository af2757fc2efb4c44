package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds rules that never apply, conditions that decide nothing, and captures that nobody made. */
final class RuleDoubts {
    private final List<Rule> rules;
    private final Set<Integer> decided = new HashSet<>();
    private final Set<Integer> cut = new HashSet<>();
    private final List<RuleProblem> found = new ArrayList<>();

    /**
     * A look at rules that have compiled.
     *
     * @param guesses what was found in each alone
     */
    RuleDoubts(List<Rule> rules, List<RuleProblem> guesses) {
        this.rules = rules;
        for (RuleProblem guess : guesses) {
            Finding finding = guess.problem().finding();
            if (guess.part() == RuleProblem.Part.IF && Finding.DECIDING.contains(finding)) {
                decided.add(guess.rule());
            }
            if (guess.part() == RuleProblem.Part.THEN && finding == Finding.SHORT_CIRCUIT) {
                cut.add(guess.rule());
            }
        }
    }

    List<RuleProblem> find() {
        int always = -1;
        Earlier earlier = new Earlier();
        int groups = -1;
        for (Rule rule : rules) {
            Expression condition = rule.condition();
            if (always >= 0) {
                guess(
                        rule,
                        condition == null ? RuleProblem.Part.THEN : RuleProblem.Part.IF,
                        new Doubt(
                                Finding.UNREACHABLE, "this rule never applies: rule " + (always + 1) + " always does"));
            } else if (condition != null) {
                always = condition(rule, condition, earlier) ? rule.index() : always;
            }
            int own = condition == null ? -1 : condition.outline().groups();
            if (condition != null) {
                captures(rule, RuleProblem.Part.IF, condition, groups);
            }
            captures(rule, RuleProblem.Part.THEN, rule.then(), own >= 0 ? own : groups);
            groups = Math.max(groups, own);
            value(rule);
        }
        return found;
    }

    private record Doubt(Finding finding, String message) {}

    /** Whether the condition is always true. */
    private boolean condition(Rule rule, Expression condition, Earlier earlier) {
        Operand root = condition.outline().root();
        Value constant = root.constant();
        if (constant != null) {
            boolean text = constant instanceof Value.Text && constant.truthy();
            if (text && !decided.contains(rule.index())) {
                guess(rule, RuleProblem.Part.IF, new Doubt(Finding.TEXT_AS_TRUTH, "a text always counts as true"));
            } else if (!constant.truthy() && !decided.contains(rule.index())) {
                // What is always true shows in the rules behind it.
                guess(rule, RuleProblem.Part.IF, new Doubt(Finding.CONSTANT_CONDITION, "this is always false"));
            }
            return constant.truthy();
        }
        if (!decided.contains(rule.index())) {
            Set<Integer> covering = earlier.covering(condition);
            if (!covering.isEmpty()) {
                guess(
                        rule,
                        RuleProblem.Part.IF,
                        new Doubt(
                                Finding.COVERED, "this rule never applies: " + names(covering) + " whenever it would"));
            }
            earlier.add(rule.index(), condition);
        }
        return false;
    }

    private static String names(Set<Integer> indexes) {
        String numbers = new TreeSet<>(indexes)
                .stream().limit(5).map(index -> Integer.toString(index + 1)).collect(Collectors.joining(", "));
        boolean one = indexes.size() == 1;
        return (one ? "rule " : "rules ") + numbers + (indexes.size() > 5 ? " …" : "") + (one ? " applies" : " apply");
    }

    private void guess(Rule rule, RuleProblem.Part part, Doubt doubt) {
        Expression expression = rule.condition();
        String source = part == RuleProblem.Part.IF && expression != null
                ? expression.text()
                : rule.then().text();
        found.add(new RuleProblem(
                rule.index(), part, new ExpressionProblem(0, source.length(), doubt.message(), null, doubt.finding())));
    }

    /**
     * Captures that no regular expression before them can have made.
     *
     * @param before the most groups of those evaluated before the expression; -1 = there are none
     */
    private void captures(Rule rule, RuleProblem.Part part, Expression expression, int before) {
        for (Outline.Use use : expression.outline().uses()) {
            int groups = use.before() >= 0 ? use.before() : before;
            if (use.number() > groups) {
                String message = groups < 0
                        ? "no matches(…) is evaluated before this, so the capture is always empty"
                        : "the regular expression before this has "
                                + (groups == 0 ? "no groups" : groups == 1 ? "1 group" : groups + " groups")
                                + ", so the capture is always empty";
                found.add(new RuleProblem(
                        rule.index(),
                        part,
                        new ExpressionProblem(use.start(), use.end() - use.start(), message, null, Finding.CAPTURE)));
            }
        }
    }

    /** A value that is made with || or &&. */
    private void value(Rule rule) {
        if (cut.contains(rule.index())) {
            return;
        }
        Problems problems = new Problems();
        new Doubts(rule.then().text(), problems)
                .shortCircuit(rule.then().outline().root());
        problems.guesses().forEach(guess -> found.add(new RuleProblem(rule.index(), RuleProblem.Part.THEN, guess)));
    }
}
