/** One attempt: some recipients of one message to one next hop (RFC 5321 §5.1, §4.5.4). */
@NullMarked
package dev.nexthop.delivery;

import org.jspecify.annotations.NullMarked;
