/** The HTTP API of a running server, for the command line and for monitoring. */
@NullMarked
package dev.nexthop.admin;

import org.jspecify.annotations.NullMarked;
