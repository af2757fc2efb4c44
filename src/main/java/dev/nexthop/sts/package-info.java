/** MTA-STS (RFC 8461): the policies of other domains, found, fetched, kept and renewed, and the text of our own. */
@NullMarked
package dev.nexthop.sts;

import org.jspecify.annotations.NullMarked;
