/** What happened, as data, and the log line made from it. */
@NullMarked
package dev.nexthop.event;

import org.jspecify.annotations.NullMarked;
