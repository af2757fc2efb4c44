package dev.nexthop.tls;

/** What DANE or MTA-STS is to a host or a domain, {@code queue.outbound.tls.dane} and {@code queue.outbound.tls.mta-sts}. */
public enum PolicyWish {
    /** It is not asked for. */
    DISABLE,
    /** Where it is published it is obeyed. */
    OPTIONAL,
    /** Where it is not published no mail goes. */
    REQUIRE
}
