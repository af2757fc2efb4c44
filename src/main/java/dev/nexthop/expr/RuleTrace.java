package dev.nexthop.expr;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one rule was judged.
 *
 * @param index the rule's place, from 0
 * @param condition the text of its condition; null = it always applies
 * @param fired whether its value was taken
 * @param operands the variables, captures and calls that were read, each with its value, in the order of reading
 * @param then the text of its value
 * @param at where it is written, {@code file:line:column}
 * @param failure why it could not be judged or its value not be computed; null = no failure
 */
public record RuleTrace(
        int index,
        @Nullable String condition,
        boolean fired,
        Map<String, String> operands,
        String then,
        String at,
        @Nullable String failure) {
    RuleTrace failed(String reason) {
        return new RuleTrace(index, condition, fired, operands, then, at, reason);
    }
}
