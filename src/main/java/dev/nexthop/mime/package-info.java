/** Content where it must be touched to get there, 8-bit parts for 7-bit hosts (RFC 2045, RFC 2046, RFC 6152 §3), and the names in ours. */
@NullMarked
package dev.nexthop.mime;

import org.jspecify.annotations.NullMarked;
