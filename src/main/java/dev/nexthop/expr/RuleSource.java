package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/**
 * The text of one rule.
 *
 * @param condition the text of {@code if}; null = {@code else}, or a setting that is one expression
 * @param then the text of the value
 * @param at where the rule is written, {@code file:line:column}
 * @param inCondition what of the condition is never shown
 * @param inThen what of the value is never shown
 */
public record RuleSource(@Nullable String condition, String then, String at, Hidden inCondition, Hidden inThen) {
    /**
     * A rule without macros.
     *
     * @param condition the text of {@code if}; null = none
     * @param then the text of the value
     * @param at where the rule is written
     */
    public RuleSource(@Nullable String condition, String then, String at) {
        this(condition, then, at, Hidden.NONE, Hidden.NONE);
    }

    @Override
    public String toString() {
        return "RuleSource[" + at + "]";
    }
}
