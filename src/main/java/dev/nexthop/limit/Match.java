package dev.nexthop.limit;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Variable;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a throttle or a quota is for.
 *
 * @param condition the condition; empty for all mail
 * @param text as it is written; the same text is the same condition
 */
public record Match(Optional<Conditional<Boolean>> condition, String text) {
    /** All mail. */
    public static final Match ALL = new Match(Optional.empty(), "");

    /** What the condition asks for. */
    Set<Variable> variables() {
        Set<Variable> read = EnumSet.noneOf(Variable.class);
        condition.ifPresent(rules -> {
            for (Rule rule : rules.rules().rules()) {
                read.addAll(rule.then().variables());
                if (rule.condition() != null) {
                    read.addAll(rule.condition().variables());
                }
            }
        });
        return read;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Match match
                && text.equals(match.text)
                && condition.isPresent() == match.condition.isPresent();
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
