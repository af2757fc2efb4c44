package dev.nexthop.expr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a value came about.
 *
 * @param value the value; null = there is none, see the failure
 * @param rules the rules that were looked at, in order; those after the one that fired are absent
 * @param failure why there is no value, naming the rule and its place; null = there is one
 */
public record Trace(
        @Nullable Value value,
        List<RuleTrace> rules,
        @Nullable String failure) {}
