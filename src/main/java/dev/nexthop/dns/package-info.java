/**
 * The questions that a mail transfer agent asks DNS, and typed answers (RFC 5321 §5.1, RFC 7505, RFC 2782, RFC 1035,
 * RFC 2308, RFC 5891, RFC 6761), with what DNSSEC says about each (RFC 4033, RFC 4035, RFC 6840, RFC 8914).
 */
@NullMarked
package dev.nexthop.dns;

import org.jspecify.annotations.NullMarked;
