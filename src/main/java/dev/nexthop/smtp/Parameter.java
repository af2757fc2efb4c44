package dev.nexthop.smtp;

import org.jspecify.annotations.Nullable;

/**
 * A parameter of MAIL or RCPT (RFC 5321 §4.1.2) of an extension that a listener may offer or not. What its value means
 * is for those who know what is offered.
 *
 * @param keyword in upper case, such as {@code NOTIFY}
 * @param value as sent; null without {@code =}
 */
public record Parameter(String keyword, @Nullable String value) {}
