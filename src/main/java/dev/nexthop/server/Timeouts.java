package dev.nexthop.server;

import java.time.Duration;

/**
 * How long a client may take. Each bounds the whole of what it names, not one read of it: a client that sends an octet
 * a minute gains nothing.
 *
 * @param command for a whole command line (RFC 5321 §4.5.3.2.7 wants 5 minutes), and for reading our replies
 * @param block for any part of the content to arrive (RFC 5321 §4.5.3.2.5)
 * @param content for the whole content of one message
 * @param tls for a TLS handshake
 * @param session from the start, or from the last accepted message, until no new transaction may begin
 */
public record Timeouts(Duration command, Duration block, Duration content, Duration tls, Duration session) {
    /** The defaults. */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofMinutes(5),
            Duration.ofMinutes(3),
            Duration.ofHours(1),
            Duration.ofMinutes(3),
            Duration.ofMinutes(10));
}
