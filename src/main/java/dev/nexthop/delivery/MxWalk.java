package dev.nexthop.delivery;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.Security;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the hosts of a domain (RFC 5321 §5.1): by preference, equal preferences in random order, and never beyond
 * ourselves. DNS is asked for the addresses of one preference at a time, so that we find ourselves among equals before
 * one of them is tried; and of no more equals than an attempt can use, for a domain may name a hundred.
 */
final class MxWalk {
    private static final Logger LOG = LoggerFactory.getLogger(MxWalk.class);
    private static final int MOST_HOSTS = 100;

    /** Equals that are looked up although fewer are tried, for some of them may not exist. */
    static final int LOOKED_UP = 10;

    private static final EnhancedStatus NO_SUCH_DOMAIN = new EnhancedStatus(5, 1, 2);
    private static final EnhancedStatus NULL_MX = new EnhancedStatus(5, 1, 10);
    private static final EnhancedStatus BAD_ADDRESS = new EnhancedStatus(5, 1, 3);
    private static final EnhancedStatus LOOP = new EnhancedStatus(5, 4, 6);
    private static final EnhancedStatus DNS_FAILED = new EnhancedStatus(4, 4, 3);
    private static final EnhancedStatus NO_ROUTE = new EnhancedStatus(4, 4, 4);

    private final Resolver resolver;
    private final OwnIdentity own;
    private final AddressPolicy policy;
    private final Domain domain;
    private final List<MxHost> waiting = new ArrayList<>();
    private final boolean implicit;
    private final Optional<Outcome> over;
    private final Security security;
    private boolean someHost;
    private boolean someDoubt;
    private boolean looped;

    MxWalk(Resolver resolver, OwnIdentity own, AddressPolicy policy, Domain domain) {
        this.resolver = resolver;
        this.own = own;
        this.policy = policy;
        this.domain = domain;
        MxAnswer answer = domain.isLiteral() ? new MxAnswer.Implicit(domain.name()) : resolver.mx(domain);
        security = switch (answer) {
            case MxAnswer.Hosts hosts -> hosts.security();
            case MxAnswer.Implicit(String _, Security found) -> found;
            case MxAnswer.TryLater(String _, Security found) -> found;
            case MxAnswer.NullMx _, MxAnswer.NoSuchDomain _ -> Security.INDETERMINATE;
        };
        implicit = answer instanceof MxAnswer.Implicit;
        over = switch (answer) {
            case MxAnswer.Hosts hosts -> {
                waiting.addAll(hosts.hosts()
                        .subList(0, Math.min(MOST_HOSTS, hosts.hosts().size())));
                yield Optional.empty();
            }
            case MxAnswer.Implicit(String host, Security _) -> {
                waiting.add(new MxHost(0, host));
                yield Optional.empty();
            }
            case MxAnswer.NullMx() -> // RFC 7505 §4.1 and §4.2
                failed(NULL_MX, domain + " takes no mail: it has a null MX record");
            case MxAnswer.NoSuchDomain(String reason) -> failed(NO_SUCH_DOMAIN, reason);
            case MxAnswer.TryLater(String reason, Security _) ->
                Optional.of(new Outcome.Deferred(dns(DNS_FAILED, reason)));
        };
    }

    /** The end before the beginning: DNS says that there is nothing to walk to, or nothing at all. */
    Optional<Outcome> over() {
        return over;
    }

    /** What DNSSEC says of the answer that names the hosts. */
    Security security() {
        return security;
    }

    /**
     * A host to try, or why it is not tried.
     *
     * @param name the host
     * @param addresses those that may be used; none when there is trouble
     * @param trouble why the host is of no use
     * @param answer what DNS said; one that does not exist takes no place of another
     */
    record Found(String name, Terms.Addresses addresses, Optional<Diagnosis> trouble, AddressAnswer answer) {
        /** Whether DNS knows, or may know, an address of it. */
        boolean exists() {
            return !(answer instanceof AddressAnswer.None);
        }
    }

    /**
     * The hosts of the next preference, with their addresses.
     *
     * @param random puts equals in order
     * @param most hosts that are tried in this attempt; of more equals than that, or than {@value #LOOKED_UP}, only so many
     *     are looked up, others each time
     * @return empty at the end of the list, or where the list names us
     */
    List<Found> nextGroup(RandomGenerator random, int most) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        int preference = waiting.getFirst().preference();
        List<MxHost> equals = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.getFirst().preference() == preference) {
            equals.add(waiting.removeFirst());
        }
        Collections.shuffle(equals, Random.from(random)); // RFC 5321 §5.1: spread the load over equals.
        boolean hostBefore = someHost;
        boolean doubtBefore = someDoubt;
        List<Found> group = new ArrayList<>();
        boolean named = equals.stream().anyMatch(host -> own.named(host.name()));
        List<MxHost> some = equals.subList(0, Math.min(equals.size(), Math.max(most, LOOKED_UP)));
        for (MxHost host : some) {
            Optional<Found> found = named ? Optional.empty() : find(host.name());
            if (found.isEmpty()) {
                // RFC 5321 §5.1: this is us; hosts of this preference and beyond would send the mail back here.
                looped = true;
                someHost = hostBefore; // Our equals are not tried, so they are no hope either.
                someDoubt = doubtBefore;
                waiting.clear();
                return List.of();
            }
            group.add(found.get());
        }
        someDoubt |= some.size() < equals.size(); // Of the others nobody knows whether they exist.
        return group;
    }

    /** Empty when the host is this machine. */
    private Optional<Found> find(String name) {
        AddressAnswer answer = domain.isLiteral() ? literal(domain) : resolver.addresses(name);
        return switch (answer) {
            case AddressAnswer.None(String reason) -> Optional.of(useless(name, dns(NO_ROUTE, reason), answer));
            case AddressAnswer.TryLater(String reason, Security _) -> {
                someDoubt = true;
                yield Optional.of(useless(name, dns(DNS_FAILED, reason), answer));
            }
            case AddressAnswer.Addresses all -> {
                List<InetAddress> addresses = new ArrayList<>(all.v4());
                addresses.addAll(all.v6());
                boolean us = all.alias().filter(own::named).isPresent()
                        || addresses.stream().anyMatch(this::ours);
                // RFC 2181 §10.3 wants no CNAME here; senders follow it all the same, and so do we.
                all.alias().ifPresent(alias -> LOG.debug("MX host {} of {} is an alias of {}", name, domain, alias));
                yield us ? Optional.empty() : Optional.of(usable(name, addresses, all));
            }
        };
    }

    private boolean ours(InetAddress address) {
        // Loopback is this machine by definition, unless a closed network is tested on it.
        InetAddress meant = AddressPolicy.meant(address);
        return own.at(address)
                || own.at(meant)
                || !policy.privateAllowed() && (address.isLoopbackAddress() || meant.isLoopbackAddress());
    }

    private Found usable(String name, List<InetAddress> addresses, AddressAnswer.Addresses answer) {
        someDoubt = true;
        List<InetAddress> v4 = new ArrayList<>();
        List<InetAddress> v6 = new ArrayList<>();
        String refused = "";
        for (InetAddress address : addresses) {
            Optional<String> refusal = policy.refusal(address);
            if (refusal.isPresent()) {
                refused = address.getHostAddress() + " is " + refusal.get();
            } else {
                (address instanceof Inet4Address ? v4 : v6).add(address);
            }
        }
        if (v4.isEmpty() && v6.isEmpty()) {
            String reason = refused.isEmpty() ? "no address" : refused + ", which MX delivery does not use";
            return useless(name, dns(NO_ROUTE, "MX host " + name + " can't be used: " + reason), answer);
        }
        someHost = true;
        return new Found(name, new Terms.Addresses(v4, v6), Optional.empty(), answer);
    }

    private static Found useless(String name, Diagnosis trouble, AddressAnswer answer) {
        return new Found(name, new Terms.Addresses(List.of(), List.of()), Optional.of(trouble), answer);
    }

    /**
     * The outcome when DNS has spoken the last word and nobody was tried: the walk led back to us at once, or none of the
     * hosts exists.
     *
     * @param cut whether a limit ended the walk before its end
     */
    Optional<Outcome> deadEnd(boolean cut) {
        if (looped && !someHost && !someDoubt) {
            return failed(LOOP, "mail for " + domain + " loops back to this host: its best MX host is this one");
        }
        if (cut || someHost || someDoubt || !waiting.isEmpty()) {
            return Optional.empty();
        }
        if (domain.isLiteral()) {
            return failed(BAD_ADDRESS, domain + " is no address that mail can be sent to");
        }
        return failed(
                implicit ? NO_SUCH_DOMAIN : new EnhancedStatus(5, 4, 4),
                implicit
                        ? domain + " has neither MX nor address records"
                        : "none of the MX hosts of " + domain + " exists"); // RFC 5321 §5.1
    }

    /** RFC 5321 §4.1.3: an address literal needs no DNS. */
    private static AddressAnswer literal(Domain domain) {
        String inner = domain.name().substring(1, domain.name().length() - 1);
        String text = inner.toLowerCase(Locale.ROOT).startsWith("ipv6:") ? inner.substring(5) : inner;
        if (text.indexOf('%') >= 0) { // Names an interface of this machine, which no mail can.
            return new AddressAnswer.None(domain + " is no internet address");
        }
        try {
            return switch (InetAddress.ofLiteral(text)) {
                // 127.1 is an address to this machine's library alone.
                case Inet4Address v4
                when !v4.getHostAddress().equals(text) && text.indexOf(':') < 0 ->
                    new AddressAnswer.None(domain + " is no internet address");
                case Inet4Address v4 -> new AddressAnswer.Addresses(List.of(v4), List.of());
                case Inet6Address v6 -> new AddressAnswer.Addresses(List.of(), List.of(v6));
                default -> new AddressAnswer.None(domain + " is no internet address");
            };
        } catch (IllegalArgumentException e) {
            return new AddressAnswer.None(domain + " is no internet address");
        }
    }

    private static Optional<Outcome> failed(EnhancedStatus status, String reason) {
        return Optional.of(new Outcome.Failed(dns(status, reason)));
    }

    private static Diagnosis dns(EnhancedStatus status, String reason) {
        return Diagnosis.local(status, ErrorKind.DNS, reason, Step.DNS);
    }
}
