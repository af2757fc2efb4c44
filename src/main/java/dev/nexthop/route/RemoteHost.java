package dev.nexthop.route;

import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.TlsDemand;
import java.time.Duration;
import java.util.Optional;

/**
 * A configured host, {@code remote.<id>}.
 *
 * @param id its name in the configuration
 * @param address a host name or an IP address without brackets
 * @param port 1 to 65535
 * @param dialect SMTP or LMTP
 * @param tls how secure the connection must be
 * @param credentials who we are there
 * @param limits how it is used
 */
public record RemoteHost(
        String id,
        String address,
        int port,
        Dialect dialect,
        TlsDemand tls,
        Optional<Credentials> credentials,
        Limits limits) {

    /**
     * Who we are to a host.
     *
     * @param username the user
     * @param secret the password; never shown
     * @param allowPlaintext whether AUTH may go over clear text to a host that is not on loopback
     * @param require whether a loopback LMTP host that offers no AUTH is refused too
     */
    public record Credentials(String username, String secret, boolean allowPlaintext, boolean require) {
        @Override
        public String toString() {
            return "Credentials[" + username + "]";
        }
    }

    /**
     * How a host is used.
     *
     * @param concurrency connections at once
     * @param maxRecipients recipients of one transaction
     * @param messagesPerConnection transactions before a connection is closed
     * @param idle how long an unused connection is kept
     * @param oneFlight whether a small message may leave together with its envelope, as one chunk (RFC 3030), where the
     *     host offers CHUNKING: a round trip less, for hosts that are known to count their replies well
     */
    public record Limits(
            int concurrency, int maxRecipients, int messagesPerConnection, Duration idle, boolean oneFlight) {
        /** Limits of a host whose messages wait for its word on the recipients; the parameters are those of the record. */
        public Limits(int concurrency, int maxRecipients, int messagesPerConnection, Duration idle) {
            this(concurrency, maxRecipients, messagesPerConnection, idle, false);
        }

        /** 20 connections, 100 recipients, 1,000 messages, 30 s. */
        public static final Limits DEFAULT = new Limits(20, 100, 1_000, Duration.ofSeconds(30));
    }
}
