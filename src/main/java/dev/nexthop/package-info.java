/** Nexthop, a mail transfer agent whose heart is outbound routing: the command line enters here and every part is wired here. */
@NullMarked
package dev.nexthop;

import org.jspecify.annotations.NullMarked;
