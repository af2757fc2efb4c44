package dev.nexthop.mail;

/**
 * How a message came in: what routing rules may ask about it later.
 *
 * @param listener id of the listener; {@code internal} for mail of our own making
 * @param port local port of the connection; 0 for mail of our own making
 * @param remoteIp address of the client in text form; empty for mail of our own making
 * @param helo the name that the client gave; for mail of our own making {@code tls-report} or empty
 * @param authenticatedAs the user; empty when the client did not authenticate
 * @param priority MT-PRIORITY (RFC 6710), -9 to 9, 0 where none was given
 */
public record Reception(String listener, int port, String remoteIp, String helo, String authenticatedAs, int priority) {
    /** Mail of our own making, such as a delivery status notification. */
    public static final Reception INTERNAL = new Reception("internal", 0, "", "", "", 0);

    /** A TLS report of our own making (RFC 8460): connections that deliver it count in no report. */
    public static final Reception TLS_REPORT = new Reception("internal", 0, "", "tls-report", "", 0);

    /**
     * The same with a priority.
     *
     * @param given -9 to 9
     */
    public Reception withPriority(int given) {
        return given == priority ? this : new Reception(listener, port, remoteIp, helo, authenticatedAs, given);
    }
}
