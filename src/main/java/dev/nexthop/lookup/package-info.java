/** The directories and key-value tables that expressions ask (local domains: RFC 5321 §3.6.1). */
@NullMarked
package dev.nexthop.lookup;

import org.jspecify.annotations.NullMarked;
