/** The directories, stores and name servers that expressions ask (local domains: RFC 5321 §3.6.1), each question with a deadline. */
@NullMarked
package dev.nexthop.lookup;

import org.jspecify.annotations.NullMarked;
