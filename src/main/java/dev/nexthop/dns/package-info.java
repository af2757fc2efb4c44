/** The questions that a mail transfer agent asks DNS, and typed answers (RFC 5321 §5.1, RFC 7505, RFC 1035). */
@NullMarked
package dev.nexthop.dns;

import org.jspecify.annotations.NullMarked;
