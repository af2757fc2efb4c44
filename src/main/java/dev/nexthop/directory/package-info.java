/** Who is local and who may log in (RFC 5321 §2.3.11, RFC 5233 for sub-addresses, RFC 9106 for password hashes). */
@NullMarked
package dev.nexthop.directory;

import org.jspecify.annotations.NullMarked;
