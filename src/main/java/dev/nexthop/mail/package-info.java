/**
 * The nouns of a mail in transit: envelope, recipient, body, outcome (RFC 5321 §2.3.1, RFC 3461 §4, RFC 3464 §2.3).
 */
@NullMarked
package dev.nexthop.mail;

import org.jspecify.annotations.NullMarked;
