/** Which next hop for this recipient: pure decisions with their trace. */
@NullMarked
package dev.nexthop.route;

import org.jspecify.annotations.NullMarked;
