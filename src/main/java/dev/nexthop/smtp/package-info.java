/**
 * The language of mail transfer as values and byte readers, without sockets or policy: RFC 5321 (SMTP), RFC 2033
 * (LMTP), RFC 3463 (enhanced status codes), RFC 6531 (SMTPUTF8), RFC 2920 (pipelining).
 */
@NullMarked
package dev.nexthop.smtp;

import org.jspecify.annotations.NullMarked;
