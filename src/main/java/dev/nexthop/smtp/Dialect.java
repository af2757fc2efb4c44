package dev.nexthop.smtp;

/** Which of the two sister protocols a conversation speaks. */
public enum Dialect {
    /** RFC 5321: EHLO, one reply after the final dot. */
    SMTP,
    /** RFC 2033: LHLO, one reply per accepted recipient after the final dot. */
    LMTP
}
