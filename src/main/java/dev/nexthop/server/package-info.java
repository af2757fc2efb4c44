/** The inbound conversation over SMTP and LMTP (RFC 5321, RFC 2033, RFC 4954). */
@NullMarked
package dev.nexthop.server;

import org.jspecify.annotations.NullMarked;
