package dev.nexthop.server;

/** How far a conversation has got, and so what may come now (RFC 5321 §4.1.4). */
enum Stage {
    /** No EHLO, HELO or LHLO yet, or TLS has just begun (RFC 3207 §4.2). */
    CONNECTED,
    /** Between transactions. */
    GREETED,
    /** MAIL was accepted. */
    SENDER,
    /** At least one RCPT was accepted. */
    RECIPIENTS;

    boolean inTransaction() {
        return this == SENDER || this == RECIPIENTS;
    }
}
