package dev.nexthop.mail;

/** Where an attempt stood when it got its answer or failed. */
public enum Step {
    /** Deciding the next hop. */
    ROUTE,
    /** Asking DNS. */
    DNS,
    /** Opening the connection, through the proxy if there is one. */
    CONNECT,
    /** Waiting for the 220 greeting. */
    GREETING,
    /** EHLO, HELO or LHLO. */
    EHLO,
    /** STARTTLS or the TLS handshake, certificate included. */
    TLS,
    /** AUTH. */
    AUTH,
    /** MAIL FROM. */
    MAIL,
    /** RCPT TO. */
    RCPT,
    /** DATA or BDAT before the content. */
    DATA,
    /** The content and the reply after the final dot. */
    END_OF_DATA,
    /** Storing into the local message store. */
    STORE
}
