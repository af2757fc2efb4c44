package dev.nexthop.delivery;

import dev.nexthop.client.Proxy;
import dev.nexthop.client.StepTimeouts;
import dev.nexthop.client.Target;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.route.Manner;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RecipientFacts.Host;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.TlsDemand;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    Terms(OutboundSettings settings, Lookups lookups, RandomGenerator random, RecipientFacts facts) {
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

    /** Addresses of a host, in the order in which they are tried. */
    List<InetAddress> order(Addresses found, Host host) throws EvaluationException {
        int most = bounded(value(settings.maxAddresses(), host), MOST_ADDRESSES);
        List<InetAddress> v4 = found.v4().subList(0, Math.min(most, found.v4().size()));
        List<InetAddress> v6 = found.v6().subList(0, Math.min(most, found.v6().size()));
        return switch (value(settings.ipStrategy(), host)) {
            case IPV4_ONLY -> v4;
            case IPV6_ONLY -> v6;
            case IPV4_THEN_IPV6 -> joined(v4, v6);
            case IPV6_THEN_IPV4 -> joined(v6, v4);
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

    /** How to talk to an address of an MX host. */
    Target mx(String name, InetAddress address) throws EvaluationException {
        Host host = new Host("", name, address.getHostAddress(), "");
        TlsDemand demand = new TlsDemand(
                false,
                value(settings.startTls(), host),
                value(settings.certificates(), host),
                Optional.empty(),
                settings.ca());
        InetSocketAddress socket = new InetSocketAddress(address, settings.mx().port());
        return new Target(
                "mx", name, socket, source(address, host), Dialect.SMTP, demand, Optional.empty(), ehlo(host));
    }

    /** How to talk to an address of a configured host; to its unix socket when there is no address. */
    Target relay(RemoteHost remote, @Nullable InetAddress address, Optional<Proxy> proxy) throws EvaluationException {
        Manner manner = remote.manner();
        Host host = new Host(remote.id(), remote.address(), address == null ? "" : address.getHostAddress(), "");
        SocketAddress place = address == null
                ? UnixDomainSocketAddress.of(remote.address())
                : new InetSocketAddress(address, remote.port());
        Optional<InetAddress> source = Optional.empty();
        if (address != null) {
            // What we bind to goes with what we connect to, which is the proxy where there is one.
            InetAddress first = proxy.map(one -> one.address().getAddress()).orElse(address);
            source = manner.sources().isEmpty() ? source(first, host) : oneOf(ofFamily(manner.sources(), first));
        }
        String ehlo = manner.ehlo().isPresent() ? manner.ehlo().get() : ehlo(host);
        return new Target(
                remote.id(),
                remote.address(),
                place,
                source,
                remote.dialect(),
                remote.tls(),
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

    private String ehlo(Host host) throws EvaluationException {
        String name = value(settings.hostname(), host);
        if (!Target.speakable(name)) {
            throw EvaluationException.wrongType(
                    "queue.outbound.hostname must be one word of visible ASCII characters, it is '" + name + "'");
        }
        return name;
    }

    private Optional<InetAddress> source(InetAddress address, Host host) throws EvaluationException {
        List<InetAddress> own = value(
                address instanceof Inet4Address
                        ? settings.sources().v4()
                        : settings.sources().v6(),
                host);
        return oneOf(own);
    }

    private Optional<InetAddress> oneOf(List<InetAddress> own) {
        return own.isEmpty() ? Optional.empty() : Optional.of(own.get(random.nextInt(own.size())));
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

    private static List<InetAddress> joined(List<InetAddress> first, List<InetAddress> second) {
        List<InetAddress> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
