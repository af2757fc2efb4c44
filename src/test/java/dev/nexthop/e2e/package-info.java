/**
 * Scenarios against real peers: the packaged server as a process of its own, Postfix, Dovecot, DNS and hostile hosts
 * around it, seen only from outside (RFC 5321, RFC 2033, RFC 3464). {@code docs/adr/0007} tells how the stage is built.
 */
@NullMarked
package dev.nexthop.e2e;

import org.jspecify.annotations.NullMarked;
