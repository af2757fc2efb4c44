/** The outbound conversation over SMTP and LMTP (RFC 5321, RFC 2033, RFC 3207, RFC 4954). */
@NullMarked
package dev.nexthop.client;

import org.jspecify.annotations.NullMarked;
