/** Telling the sender (RFC 3461, RFC 3464, RFC 6522). */
@NullMarked
package dev.nexthop.dsn;

import org.jspecify.annotations.NullMarked;
