package dev.nexthop.route;

import dev.nexthop.client.Proxy;
import dev.nexthop.tls.PolicyWish;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a configured host is found and spoken to, where that differs from {@code queue.outbound}.
 *
 * @param selection how it stands among the hosts of its id
 * @param proxy who opens the connection in our place
 * @param ehlo our name in EHLO (RFC 5321 §4.1.1.1)
 * @param sources addresses of ours to send from, of both families; none: as {@code queue.outbound} says
 * @param timeouts how long each step may take
 * @param health when it counts as down
 * @param policies which policies of its own it is under
 */
public record Manner(
        Selection selection,
        Optional<Via> proxy,
        Optional<String> ehlo,
        List<InetAddress> sources,
        Timeouts timeouts,
        Health health,
        Policies policies) {
    /** A host that is under no policy; the parameters are those of the record. */
    public Manner(
            Selection selection,
            Optional<Via> proxy,
            Optional<String> ehlo,
            List<InetAddress> sources,
            Timeouts timeouts,
            Health health) {
        this(selection, proxy, ehlo, sources, timeouts, health, Policies.NONE);
    }

    /** As {@code queue.outbound} says. */
    public static final Manner DEFAULT = new Manner(
            Selection.IN_ORDER, Optional.empty(), Optional.empty(), List.of(), Timeouts.NONE, Health.DEFAULT);

    /** Copies the list. */
    public Manner {
        sources = List.copyOf(sources);
    }

    /** The manner of a place that SRV records named: no others are asked about it, and it is ordered by theirs. */
    public Manner atPlace() {
        return new Manner(Selection.IN_ORDER, proxy, ehlo, sources, timeouts, health, policies);
    }

    /**
     * Which policies a host is under. They are those of its own name, never those of recipients' domains (RFC 8461 §3.4).
     *
     * @param dane what DANE is to it (RFC 7672 §2.2.2), {@code remote.<id>.tls.dane}
     * @param mtaSts what MTA-STS is to it, {@code remote.<id>.tls.mta-sts}
     */
    public record Policies(PolicyWish dane, PolicyWish mtaSts) {
        /** None: its settings say how secure it is. */
        public static final Policies NONE = new Policies(PolicyWish.DISABLE, PolicyWish.DISABLE);
    }

    /**
     * How a host stands among those of its id.
     *
     * @param weight its share of the load; -1 when the hosts are tried in their order
     * @param service the service that SRV records are asked for (RFC 2782), such as {@code _submission._tcp}; empty: none
     */
    public record Selection(int weight, Optional<String> service) {
        /** Tried in the order of the configuration, without SRV records. */
        public static final Selection IN_ORDER = new Selection(-1, Optional.empty());

        /** Whether the hosts of the id share the load. */
        public boolean weighted() {
            return weight >= 0;
        }
    }

    /**
     * A server that opens connections in our place.
     *
     * @param kind how it is spoken to
     * @param host its name, or its IP address without brackets
     * @param port 1 to 65535
     * @param user who we are there
     */
    public record Via(Proxy.Kind kind, String host, int port, Optional<Proxy.User> user) {}

    /**
     * How long each step may take, where that is not as {@code queue.outbound.timeouts} says.
     *
     * @param connect opening the connection
     * @param greeting the 220 greeting
     * @param ehlo EHLO, LHLO and AUTH
     * @param tls the handshake
     * @param mail the reply to MAIL
     * @param rcpt the reply to RCPT
     * @param data the reply to DATA, each write of the content, and the reply after the final dot
     */
    public record Timeouts(
            Optional<Duration> connect,
            Optional<Duration> greeting,
            Optional<Duration> ehlo,
            Optional<Duration> tls,
            Optional<Duration> mail,
            Optional<Duration> rcpt,
            Optional<Duration> data) {
        /** All as {@code queue.outbound.timeouts} says. */
        public static final Timeouts NONE = new Timeouts(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * When a host counts as down.
     *
     * @param failures so many attempts in a row without a usable address
     * @param pause so long after the last of them it is tried again
     * @param probe how often it is asked whether it is back while it is down, without mail; empty: never
     */
    public record Health(int failures, Duration pause, Optional<Duration> probe) {
        /** Three failures, a minute, no probes. */
        public static final Health DEFAULT = new Health(3, Duration.ofMinutes(1), Optional.empty());
    }
}
