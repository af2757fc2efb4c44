@NullMarked
package dev.nexthop.flight;

import org.jspecify.annotations.NullMarked;
