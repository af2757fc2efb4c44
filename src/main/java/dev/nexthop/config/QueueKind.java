package dev.nexthop.config;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.RuleProblem;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.schedule.VirtualQueues;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@code queue.outbound.queue}. What a rule names for certain must exist.
 *
 * @param ids the virtual queues that are defined
 */
record QueueKind(Set<String> ids) implements Kind<Conditional<String>> {
    @Override
    public String noun() {
        return "id of a virtual queue, or false";
    }

    @Override
    public String scope() {
        return RuleKind.scope(Variable.RCPT_SCOPE, Set.of());
    }

    @Override
    public @Nullable Conditional<String> read(Node node, Reading reading) {
        RuleText text = RuleText.read(node, reading, false);
        Scope scope = Scope.of(Variable.RCPT_SCOPE).withHopIds(reading.hops()).withSettings(reading.settings());
        Rules rules = RuleKind.compile(text, scope, true);
        if (rules == null || !known(rules, text)) {
            return null;
        }
        return switch (Conditional.of(rules, VirtualQueues.conversion(ids))) {
            case Compilation.Ok<Conditional<String>> ok -> ok.result();
            case Compilation.Failed<Conditional<String>> failed -> {
                failed.problems().forEach(problem -> text.report(Code.RULE_TYPE, problem));
                yield null;
            }
        };
    }

    private boolean known(Rules rules, RuleText text) {
        boolean fine = true;
        for (Rule rule : rules.rules()) {
            String word = Constants.value(rule.then())
                    .map(value -> value instanceof Value.Text(String id) ? id : "")
                    .orElse("");
            if (!word.isEmpty() && !ids.contains(word)) {
                unknown(word, rule.index(), text);
                fine = false;
            }
        }
        return fine;
    }

    private void unknown(String word, int rule, RuleText text) {
        String near = Nearest.to(word, ids);
        String defined = ids.isEmpty() ? "none is defined" : "defined: " + String.join(", ", new TreeSet<>(ids));
        text.report(
                Code.UNKNOWN_ID,
                rule,
                RuleProblem.Part.THEN,
                "no virtual queue '" + word + "' is defined",
                (near == null ? "" : "did you mean '" + near + "'? ") + defined + "; one is a table [queue.virtual."
                        + "<id>], and false is the ordinary queue");
    }
}
