/** How secure a connection must be, and whether it was (RFC 3207, RFC 8314, RFC 9525). */
@NullMarked
package dev.nexthop.tls;

import org.jspecify.annotations.NullMarked;
