package dev.nexthop.tls;

/** What STARTTLS is to a hop (RFC 3207). */
public enum StartTls {
    /** Used when offered. */
    OPTIONAL,
    /** Without it the host is not used. */
    REQUIRE,
    /** Not used. */
    DISABLE
}
