/** What the flight recorder of the JVM is told: ids, domains, hosts and times, never an address, a secret or a text. */
@NullMarked
package dev.nexthop.flight;

import org.jspecify.annotations.NullMarked;
