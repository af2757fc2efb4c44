/** Mail on stable storage before the server says 250 (RFC 5321 §6.1), and until every recipient is done. */
@NullMarked
package dev.nexthop.queue;

import org.jspecify.annotations.NullMarked;
