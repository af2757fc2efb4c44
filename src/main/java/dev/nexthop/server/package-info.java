/**
 * The inbound conversation over SMTP and LMTP: RFC 5321, RFC 2033, with RFC 1870 (SIZE), RFC 2034, RFC 2920
 * (PIPELINING), RFC 3207 (STARTTLS), RFC 3848, RFC 4954 (AUTH), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8) and RFC 8314.
 */
@NullMarked
package dev.nexthop.server;

import org.jspecify.annotations.NullMarked;
