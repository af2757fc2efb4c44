package dev.nexthop.route;

import dev.nexthop.client.Login;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.TlsDemand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A configured host, {@code remote.<id>}.
 *
 * @param id its name in the configuration
 * @param address a host name, an IP address without brackets, or the absolute path of a unix socket
 * @param port 1 to 65535; 0 for a unix socket, and where SRV records say it
 * @param dialect SMTP or LMTP
 * @param tls how secure the connection must be
 * @param login who we are there
 * @param limits how it is used
 * @param manner how it is found and spoken to, where that differs from {@code queue.outbound}
 */
public record RemoteHost(
        String id,
        String address,
        int port,
        Dialect dialect,
        TlsDemand tls,
        Optional<Login> login,
        Limits limits,
        Manner manner) {

    /** A host that is spoken to as {@code queue.outbound} says; the parameters are those of the record. */
    public RemoteHost(
            String id, String address, int port, Dialect dialect, TlsDemand tls, Optional<Login> login, Limits limits) {
        this(id, address, port, dialect, tls, login, limits, Manner.DEFAULT);
    }

    /** Where the unix socket is; empty for a host of a network. */
    public Optional<Path> socket() {
        return address.startsWith("/") ? Optional.of(Path.of(address)) : Optional.empty();
    }

    /** Of the few fields that tell hosts apart: this is asked for each message. */
    @Override
    public int hashCode() {
        return 31 * (31 * id.hashCode() + address.hashCode()) + port;
    }

    /** The same host for somebody who only looks: without a login. */
    public RemoteHost guest() {
        return new RemoteHost(id, address, port, dialect, tls, Optional.empty(), limits, manner);
    }

    /** Equal when every field is. */
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof RemoteHost host
                        && id.equals(host.id)
                        && address.equals(host.address)
                        && port == host.port
                        && dialect == host.dialect
                        && tls.equals(host.tls)
                        && login.equals(host.login)
                        && limits.equals(host.limits)
                        && manner.equals(host.manner);
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
