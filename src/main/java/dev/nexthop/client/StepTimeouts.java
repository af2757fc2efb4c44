package dev.nexthop.client;

import java.time.Duration;

/**
 * How long each step may take as a whole, however slowly the server drips its octets (RFC 5321 §4.5.3.2).
 *
 * @param connect opening the connection
 * @param greeting the 220 greeting
 * @param ehlo the reply to EHLO, LHLO, HELO, STARTTLS, RSET and each step of AUTH
 * @param tls the handshake
 * @param mail the reply to MAIL
 * @param rcpt each reply to RCPT
 * @param data the reply to DATA, each block of the content, each reply after the final dot
 */
public record StepTimeouts(
        Duration connect, Duration greeting, Duration ehlo, Duration tls, Duration mail, Duration rcpt, Duration data) {
    /** Five minutes each, three for TLS, ten for the content. */
    public static final StepTimeouts DEFAULT = new StepTimeouts(
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(3),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10));
}
