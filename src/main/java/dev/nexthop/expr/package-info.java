/**
 * The expression language of the configuration: text compiled once, checked against the variables and types of its setting,
 * and evaluated per decision (regular expressions in RE2 syntax; addresses as in RFC 5321 §4.1.2 and RFC 4291 §2.2).
 */
@NullMarked
package dev.nexthop.expr;

import org.jspecify.annotations.NullMarked;
