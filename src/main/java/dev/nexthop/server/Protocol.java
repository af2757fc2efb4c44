package dev.nexthop.server;

/** What a listener speaks ({@code server.listener.<id>.protocol}). */
public enum Protocol {
    /** RFC 5321. */
    SMTP,
    /** RFC 2033. */
    LMTP,
    /** The admin API; its listener is opened by the room that serves it. */
    HTTP
}
