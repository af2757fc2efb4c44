/** How much at once and how fast ({@code queue.throttle}), and how much in all ({@code queue.quota}). */
@NullMarked
package dev.nexthop.limit;

import org.jspecify.annotations.NullMarked;
