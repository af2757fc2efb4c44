/** When a recipient is tried, how many at once, and what an outcome leads to (RFC 5321 §4.5.4). */
@NullMarked
package dev.nexthop.schedule;

import org.jspecify.annotations.NullMarked;
