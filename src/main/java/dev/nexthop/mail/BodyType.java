package dev.nexthop.mail;

/** What the client declared with BODY= (RFC 6152 §2), and so what the next hop must be able to take. */
public enum BodyType {
    /** Seven-bit lines, the default. */
    SEVEN_BIT,
    /** Eight-bit lines. */
    EIGHT_BIT_MIME
}
