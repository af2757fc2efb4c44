package dev.nexthop.schedule;

/**
 * Which recipients of a message with the same next hop may share a transaction: what the finest setting of a connection
 * depends on.
 */
public enum Grouping {
    /** All of them: no setting of a connection asks for the recipient. */
    HOP,
    /** Those of one domain: a setting asks for {@code rcpt_domain}. */
    DOMAIN,
    /** None: a setting asks for {@code rcpt}. */
    RECIPIENT
}
