package dev.nexthop.delivery;

import dev.nexthop.expr.Conditional;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsVersion;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How mail leaves, {@code queue.outbound.*}.
 *
 * @param hostname our name in EHLO (RFC 5321 §4.1.1.1)
 * @param maxMx MX hosts tried in one attempt; 0 for all
 * @param maxAddresses addresses tried for each host and address family; 0 for all
 * @param ipStrategy which address family first
 * @param sources addresses to send from
 * @param startTls what STARTTLS is to MX hosts; a remote's own demand is in its {@code TlsDemand}
 * @param certificates what a certificate that can't be verified means for MX hosts
 * @param strength how strong the encryption of connections to MX hosts must be
 * @param ca a PEM file of further trust anchors for every outbound connection
 * @param timeouts how long each step may take
 * @param conversion which messages may be converted for a host without 8BITMIME (RFC 6152 §3)
 * @param mx what MX delivery may do
 * @param policies what the recipients' domains may demand of connections to their MX hosts
 */
public record OutboundSettings(
        Conditional<String> hostname,
        Conditional<Long> maxMx,
        Conditional<Long> maxAddresses,
        Conditional<IpStrategy> ipStrategy,
        Sources sources,
        Conditional<StartTls> startTls,
        Conditional<CertificateCheck> certificates,
        Strength strength,
        Optional<Path> ca,
        Timeouts timeouts,
        Conditional<SevenBit.Policy> conversion,
        MxPolicy mx,
        Policies policies) {

    /**
     * What the recipients' domains may demand of connections to their MX hosts. A configured hop is under neither: it is
     * under its own where it says so.
     *
     * @param dane what DANE (RFC 7672) is to an MX host
     * @param mtaSts what MTA-STS (RFC 8461) is to a recipient's domain
     * @param fetch how long the policy of a domain may take to be fetched, {@code queue.outbound.timeouts.mta-sts}
     * @param remember how long an MX host that offered STARTTLS must go on offering it, {@code queue.outbound.tls.remember};
     *     empty: it may stop
     */
    public record Policies(
            Conditional<PolicyWish> dane,
            Conditional<PolicyWish> mtaSts,
            Conditional<Duration> fetch,
            Optional<Duration> remember) {
        /** Hosts may stop offering STARTTLS; the parameters are those of the record. */
        public Policies(Conditional<PolicyWish> dane, Conditional<PolicyWish> mtaSts, Conditional<Duration> fetch) {
            this(dane, mtaSts, fetch, Optional.empty());
        }

        /** Neither; for tests and for what asks nobody. */
        public static final Policies OFF = new Policies(
                Conditional.constant(PolicyWish.DISABLE),
                Conditional.constant(PolicyWish.DISABLE),
                Conditional.constant(Duration.ofMinutes(10)));
    }

    /**
     * What MX delivery may do.
     *
     * @param privateAddresses whether hosts that DNS places on loopback, private or link-local addresses are used,
     *     {@code queue.outbound.limits.private-mx}; for closed networks only
     * @param port where MX hosts listen
     * @param own names and addresses that are ours though nothing on this machine shows it
     */
    public record MxPolicy(boolean privateAddresses, int port, OwnIdentity own) {
        /** Public addresses, port 25, nothing else that is ours. */
        public static final MxPolicy DEFAULT = new MxPolicy(false, 25);

        /** A policy without more of our own; the parameters are those of the record. */
        public MxPolicy(boolean privateAddresses, int port) {
            this(privateAddresses, port, new OwnIdentity(Set.of(), Set.of()));
        }
    }

    /**
     * How strong the encryption of connections to MX hosts must be; a remote's own is in its {@code TlsDemand}.
     *
     * @param least the oldest version of TLS that is spoken, {@code queue.outbound.tls.min-version}
     * @param suites the cipher suites that are offered, {@code queue.outbound.tls.ciphers}; none: the JDK chooses
     */
    public record Strength(Conditional<TlsVersion> least, List<String> suites) {
        /** TLS 1.2 or newer, and the JDK chooses. */
        public static final Strength DEFAULT = new Strength(Conditional.constant(TlsVersion.V1_2), List.of());

        /** Copies the list. */
        public Strength {
            suites = List.copyOf(suites);
        }
    }

    /** Which address family is tried first, or alone. */
    public enum IpStrategy {
        /** Only IPv4. */
        IPV4_ONLY,
        /** Only IPv6. */
        IPV6_ONLY,
        /** IPv6, then IPv4. */
        IPV6_THEN_IPV4,
        /** IPv4, then IPv6: the default. */
        IPV4_THEN_IPV6
    }

    /**
     * Addresses to send from; an empty list leaves the choice to the kernel, else one is picked at random for each
     * host.
     *
     * @param v4 for IPv4 hosts
     * @param v6 for IPv6 hosts
     * @param names our names in EHLO for some of them, by the address as {@link InetAddress#getHostAddress} writes it; for
     *     others {@code hostname} says it
     */
    public record Sources(
            Conditional<List<InetAddress>> v4, Conditional<List<InetAddress>> v6, Map<String, String> names) {
        /** Copies the map. */
        public Sources {
            names = Map.copyOf(names);
        }
    }

    /**
     * How long each step may take (RFC 5321 §4.5.3.2).
     *
     * @param connect opening the connection, 5 min
     * @param greeting the 220 greeting, 5 min
     * @param ehlo EHLO, LHLO and AUTH, 5 min
     * @param tls the handshake, 3 min
     * @param mail the reply to MAIL, 5 min
     * @param rcpt the reply to RCPT, 5 min
     * @param data the reply to DATA, each write of the content, and the reply after the final dot, 10 min
     */
    public record Timeouts(
            Conditional<Duration> connect,
            Conditional<Duration> greeting,
            Conditional<Duration> ehlo,
            Conditional<Duration> tls,
            Conditional<Duration> mail,
            Conditional<Duration> rcpt,
            Conditional<Duration> data) {}
}
