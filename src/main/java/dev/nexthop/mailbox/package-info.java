/** The local message store: what the local hop delivers into. */
@NullMarked
package dev.nexthop.mailbox;

import org.jspecify.annotations.NullMarked;
