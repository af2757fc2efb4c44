package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/**
 * The text of one rule.
 *
 * @param condition the text of {@code if}; null = {@code else}, or a setting that is one expression
 * @param then the text of the value
 * @param at where the rule is written, {@code file:line:column}
 */
public record RuleSource(@Nullable String condition, String then, String at) {}
