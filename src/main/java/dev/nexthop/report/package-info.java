/** TLS reports (RFC 8460): what is collected for domains that ask, how it is sent, and how others' reports are read. */
@NullMarked
package dev.nexthop.report;

import org.jspecify.annotations.NullMarked;
