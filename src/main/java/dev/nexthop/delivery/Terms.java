package dev.nexthop.delivery;

import dev.nexthop.client.Proxy;
import dev.nexthop.client.StepTimeouts;
import dev.nexthop.client.Target;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.Reception;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.route.Manner;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RecipientFacts.Host;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsPolicy;
import dev.nexthop.tls.TlsStrength;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What {@code queue.outbound.*} says about one job; rules are asked with what is known of the host in question. */
final class Terms {
    private static final int MOST_HOSTS = 100;
    private static final int MOST_ADDRESSES = 50;

    private final OutboundSettings settings;
    private final Lookups lookups;
    private final RandomGenerator random;
    private final RecipientFacts facts;
    private final AddressMemory memory;

    /** The source addresses that were chosen: one for each host and family, however many addresses of it are tried. */
    private Map<Way, Optional<InetAddress>> chosen = Map.of();

    private record Way(String hop, String mx, boolean v4) {}

    Terms(
            OutboundSettings settings,
            Lookups lookups,
            RandomGenerator random,
            RecipientFacts facts,
            AddressMemory memory) {
        this.memory = memory;
        this.settings = settings;
        this.lookups = lookups;
        this.random = random;
        this.facts = facts;
    }

    /** Puts equals in order. */
    RandomGenerator random() {
        return random;
    }

    /** MX hosts tried in this attempt. */
    int maxMx(Host host) throws EvaluationException {
        return bounded(value(settings.maxMx(), host), MOST_HOSTS);
    }

    /**
     * Addresses of a host, in the order in which they are tried: the families take turns (RFC 8305 §4), so that one that
     * leads nowhere costs one timeout before the other is tried; addresses that failed lately come last.
     */
    List<InetAddress> order(Addresses found, Host host) throws EvaluationException {
        int most = bounded(value(settings.maxAddresses(), host), MOST_ADDRESSES);
        List<InetAddress> v4 = first(most, memory.doubtfulLast(found.v4()));
        List<InetAddress> v6 = first(most, memory.doubtfulLast(found.v6()));
        return switch (value(settings.ipStrategy(), host)) {
            case IPV4_ONLY -> v4;
            case IPV6_ONLY -> v6;
            case IPV4_THEN_IPV6 -> memory.doubtfulLast(inTurns(v4, v6));
            case IPV6_THEN_IPV4 -> memory.doubtfulLast(inTurns(v6, v4));
        };
    }

    /**
     * Addresses by family.
     *
     * @param v4 IPv4
     * @param v6 IPv6
     */
    record Addresses(List<InetAddress> v4, List<InetAddress> v6) {
        boolean none() {
            return v4.isEmpty() && v6.isEmpty();
        }
    }

    /** What DANE is to an MX host. */
    PolicyWish dane(Host host) throws EvaluationException {
        return value(settings.policies().dane(), host);
    }

    /** What MTA-STS is to the recipients' domain. */
    PolicyWish mtaSts(Host host) throws EvaluationException {
        return value(settings.policies().mtaSts(), host);
    }

    /** How long its policy may take to be fetched. */
    Duration stsPatience(Host host) throws EvaluationException {
        return value(settings.policies().fetch(), host);
    }

    /** How long a host that offered STARTTLS must go on offering it; empty: it may stop. */
    Optional<Duration> remember() {
        return settings.policies().remember();
    }

    /** Whether what is sent is a TLS report, which no report tells of (RFC 8460 §3). */
    boolean forReport() {
        return facts.envelope().reception().equals(Reception.TLS_REPORT);
    }

    /** Where MX hosts listen. */
    int mxPort() {
        return settings.mx().port();
    }

    /** How to talk to an address of an MX host. */
    Target mx(String name, InetAddress address, TlsPolicy policy) throws EvaluationException {
        Optional<InetAddress> source = source(address, new Host("", name, "", ""), List.of());
        Host host = known("", name, address, source);
        TlsDemand demand = new TlsDemand(
                        false,
                        value(settings.startTls(), host),
                        value(settings.certificates(), host),
                        Optional.empty(),
                        settings.ca())
                .encrypted(new TlsStrength(
                        value(settings.strength().least(), host),
                        settings.strength().suites()))
                .under(policy);
        InetSocketAddress socket = new InetSocketAddress(address, settings.mx().port());
        return new Target("mx", name, socket, source, Dialect.SMTP, demand, Optional.empty(), ehlo(host));
    }

    /** What rules may know of a connection before it begins. */
    static Host known(String hop, String name, @Nullable InetAddress address, Optional<InetAddress> source) {
        return new Host(
                hop,
                name,
                address == null ? "" : address.getHostAddress(),
                source.map(InetAddress::getHostAddress).orElse(""));
    }

    /** How to talk to an address of a configured host; to its unix socket when there is no address. */
    Target relay(RemoteHost remote, @Nullable InetAddress address, Optional<Proxy> proxy, TlsPolicy policy)
            throws EvaluationException {
        Manner manner = remote.manner();
        SocketAddress place = address == null
                ? UnixDomainSocketAddress.of(remote.address())
                : new InetSocketAddress(address, remote.port());
        Optional<InetAddress> source = Optional.empty();
        if (address != null) {
            // What we bind to goes with what we connect to, which is the proxy where there is one.
            InetAddress first = proxy.map(one -> one.address().getAddress()).orElse(address);
            source = source(first, new Host(remote.id(), remote.address(), "", ""), manner.sources());
        }
        Host host = known(remote.id(), remote.address(), address, source);
        String ehlo = manner.ehlo().isPresent() ? manner.ehlo().get() : ehlo(host);
        return new Target(
                remote.id(),
                remote.address(),
                place,
                source,
                remote.dialect(),
                remote.tls().under(policy),
                remote.login(),
                ehlo,
                proxy);
    }

    /** How long the steps with a configured host may take. */
    StepTimeouts timeouts(RemoteHost remote, Host host) throws EvaluationException {
        Manner.Timeouts own = remote.manner().timeouts();
        if (own.equals(Manner.Timeouts.NONE)) {
            return timeouts(host);
        }
        OutboundSettings.Timeouts all = settings.timeouts();
        return new StepTimeouts(
                either(own.connect(), all.connect(), host),
                either(own.greeting(), all.greeting(), host),
                either(own.ehlo(), all.ehlo(), host),
                either(own.tls(), all.tls(), host),
                either(own.mail(), all.mail(), host),
                either(own.rcpt(), all.rcpt(), host),
                either(own.data(), all.data(), host));
    }

    private Duration either(Optional<Duration> own, Conditional<Duration> general, Host host)
            throws EvaluationException {
        return own.isPresent() ? own.get() : value(general, host);
    }

    /** Which messages may be converted for a host. */
    SevenBit.Policy conversion(Host host) throws EvaluationException {
        return value(settings.conversion(), host);
    }

    StepTimeouts timeouts(Host host) throws EvaluationException {
        OutboundSettings.Timeouts all = settings.timeouts();
        return new StepTimeouts(
                value(all.connect(), host),
                value(all.greeting(), host),
                value(all.ehlo(), host),
                value(all.tls(), host),
                value(all.mail(), host),
                value(all.rcpt(), host),
                value(all.data(), host));
    }

    /** Our name: that of the source address if it has one, else what the rules say. */
    private String ehlo(Host host) throws EvaluationException {
        String named = settings.sources().names().get(host.localIp());
        String name = named == null ? value(settings.hostname(), host) : named;
        if (!Target.speakable(name)) {
            throw EvaluationException.wrongType(
                    "queue.outbound.hostname must be one word of visible ASCII characters, it is '" + name + "'");
        }
        return name;
    }

    /** The address to send from: of the hop's own pool if it has one, else of the general one. */
    private Optional<InetAddress> source(InetAddress address, Host host, List<InetAddress> hops)
            throws EvaluationException {
        boolean v4 = address instanceof Inet4Address;
        Way way = new Way(host.hop(), host.mx(), v4);
        Optional<InetAddress> before = chosen.get(way);
        if (before != null) {
            return before;
        }
        List<InetAddress> own = hops.isEmpty() ? pool(v4, host) : ofFamily(hops, address);
        if (own.isEmpty()) {
            return Optional.empty(); // The usual case: the kernel chooses, and there is nothing to remember.
        }
        Optional<InetAddress> source = oneOf(own);
        if (chosen.isEmpty()) {
            chosen = new HashMap<>();
        }
        chosen.put(way, source);
        return source;
    }

    private List<InetAddress> pool(boolean v4, Host host) throws EvaluationException {
        List<InetAddress> own =
                value(v4 ? settings.sources().v4() : settings.sources().v6(), host);
        for (InetAddress one : own) {
            if (one instanceof Inet4Address != v4) {
                throw EvaluationException.wrongType("queue.outbound.source-ip." + (v4 ? "v4" : "v6") + " holds "
                        + one.getHostAddress() + ", which is of the other family");
            }
        }
        return own;
    }

    /** At random, but none that this machine is known to lack while there is another. */
    private Optional<InetAddress> oneOf(List<InetAddress> own) {
        List<InetAddress> usable = memory.usable(own);
        return usable.isEmpty() ? Optional.empty() : Optional.of(usable.get(random.nextInt(usable.size())));
    }

    /** Those that a hop can be sent to from its own addresses: all, unless it has some, and none of the family. */
    static List<InetAddress> withSource(List<InetAddress> addresses, List<InetAddress> sources) {
        return sources.isEmpty()
                ? addresses
                : addresses.stream()
                        .filter(address -> !ofFamily(sources, address).isEmpty())
                        .toList();
    }

    private static List<InetAddress> ofFamily(List<InetAddress> all, InetAddress like) {
        return all.stream().filter(one -> one.getClass() == like.getClass()).toList();
    }

    private <T> T value(Conditional<T> setting, Host host) throws EvaluationException {
        return setting.value(facts.at(host), lookups);
    }

    private static int bounded(long wanted, int most) {
        return wanted <= 0 ? most : (int) Math.min(wanted, most);
    }

    private static List<InetAddress> first(int most, List<InetAddress> addresses) {
        return addresses.subList(0, Math.min(most, addresses.size()));
    }

    private static List<InetAddress> inTurns(List<InetAddress> preferred, List<InetAddress> other) {
        if (preferred.isEmpty() || other.isEmpty()) {
            return preferred.isEmpty() ? other : preferred;
        }
        List<InetAddress> all = new ArrayList<>();
        for (int i = 0; i < Math.max(preferred.size(), other.size()); i++) {
            if (i < preferred.size()) {
                all.add(preferred.get(i));
            }
            if (i < other.size()) {
                all.add(other.get(i));
            }
        }
        return all;
    }
}
