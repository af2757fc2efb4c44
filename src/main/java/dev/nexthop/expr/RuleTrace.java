package dev.nexthop.expr;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one rule was judged.
 *
 * @param index the rule's place, from 0
 * @param condition the text of its condition; null = it always applies
 * @param fired whether its value was taken
 * @param operands the variables, captures and calls that were read, each with its value, in the order of reading
 * @param captures the groups of the last {@code matches} of this rule that found something, from {@code $0}; empty without one
 * @param why the parts of the condition that decided, one sentence each with the values they saw: {@code rcpt_domain = 'a.org' is
 *     false because rcpt_domain is 'b.org'}; empty for a rule without condition and one that failed
 * @param then the text of its value
 * @param at where it is written, {@code file:line:column}
 * @param failure why it could not be judged or its value not be computed; null = no failure
 */
public record RuleTrace(
        int index,
        @Nullable String condition,
        boolean fired,
        Map<String, String> operands,
        List<String> captures,
        List<String> why,
        String then,
        String at,
        @Nullable String failure) {
    RuleTrace failed(String reason) {
        return new RuleTrace(index, condition, fired, operands, captures, why, then, at, reason);
    }
}
