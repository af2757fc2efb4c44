package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/**
 * One rule of a setting.
 *
 * @param index its place, from 0
 * @param condition when it applies; null = always
 * @param then the value
 * @param at where it is written, {@code file:line:column}
 */
public record Rule(int index, @Nullable Expression condition, Expression then, String at) {}
