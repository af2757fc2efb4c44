package dev.nexthop.expr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the value of a setting came about.
 *
 * @param <T> the setting's type
 * @param value the value; null = there is none, see the failure
 * @param rules the rules that were looked at, in order; empty for a constant that nobody wrote
 * @param failure why there is no value, naming the rule and its place; null = there is one
 */
public record Traced<T>(
        @Nullable T value, List<RuleTrace> rules, @Nullable String failure) {}
