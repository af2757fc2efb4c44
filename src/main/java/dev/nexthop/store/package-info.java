/** Group commit over an embedded database: what the queue and the local message store keep their records in. */
@NullMarked
package dev.nexthop.store;

import org.jspecify.annotations.NullMarked;
