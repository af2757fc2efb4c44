package dev.nexthop.config;

import dev.nexthop.expr.Named;

/**
 * A store or directory that an expression names, to be looked for when everything is read.
 *
 * @param named what it names
 * @param at where, an index into the text
 * @param width how many characters
 * @param macro whether a macro yielded the name, which is not shown then
 */
record Asked(Named named, int at, int width, boolean macro) {}
