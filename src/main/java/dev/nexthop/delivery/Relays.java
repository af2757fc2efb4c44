package dev.nexthop.delivery;

import dev.nexthop.client.Proxy;
import dev.nexthop.client.Target;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.ServiceAnswer;
import dev.nexthop.dns.ServiceHost;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Step;
import dev.nexthop.route.Manner;
import dev.nexthop.route.RecipientFacts.Host;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsPolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks the configured hosts of a hop, until every recipient has a final answer or no host is left. */
final class Relays {
    private static final EnhancedStatus DNS_FAILED = new EnhancedStatus(4, 4, 3);
    private static final EnhancedStatus NO_ADDRESS = new EnhancedStatus(4, 4, 4);
    private static final EnhancedStatus NO_SOURCE = new EnhancedStatus(4, 4, 0);

    private final Delivery.Around around;
    private final Terms terms;
    private final Ledger ledger;
    private final Caller caller;
    private final boolean probing;

    /** What is done at an address of a host. */
    @FunctionalInterface
    interface Caller {
        /**
         * Goes there, and books what came of it.
         *
         * @param stop where
         * @param ledger the books
         */
        void call(Courier.Stop stop, Ledger ledger);
    }

    /** For a message. */
    Relays(Delivery.Around around, Terms terms, Ledger ledger, Caller caller) {
        this(around, terms, ledger, caller, false);
    }

    /** For a message, or only to ask: then nothing is said about the health of hosts, nor is it asked for. */
    Relays(Delivery.Around around, Terms terms, Ledger ledger, Caller caller, boolean probing) {
        this.around = around;
        this.terms = terms;
        this.ledger = ledger;
        this.caller = caller;
        this.probing = probing;
    }

    void walk(List<RemoteHost> hosts) throws EvaluationException {
        try (HopHealth.Turn turn = around.health().turn(order(hosts))) {
            for (RemoteHost remote : turn.order()) {
                if (ledger.settled()) {
                    return;
                }
                learn(remote, reach(remote));
            }
        }
    }

    /** Goes to one host, or to the places that it stands for. */
    Ledger.Impression reach(RemoteHost remote) throws EvaluationException {
        ledger.nextHost();
        Optional<String> service = remote.manner().selection().service();
        if (service.isPresent()) {
            return services(remote, service.get());
        }
        host(remote);
        return ledger.impression();
    }

    private void learn(RemoteHost remote, Ledger.Impression impression) {
        switch (impression) {
            case HEARD -> around.health().heard(remote);
            case LOST -> {
                Diagnosis loss = ledger.loss();
                if (loss != null) {
                    around.health().lost(remote, loss);
                }
            }
            case NONE -> {}
        }
    }

    /** The order in which hosts are tried: as configured, and among those of one id by their weights. */
    private List<RemoteHost> order(List<RemoteHost> hosts) {
        if (hosts.size() < 2) {
            return hosts;
        }
        List<RemoteHost> order = new ArrayList<>(hosts.size());
        int from = 0;
        while (from < hosts.size()) {
            RemoteHost first = hosts.get(from);
            int to = from;
            while (to < hosts.size() && hosts.get(to).id().equals(first.id())) {
                to++;
            }
            List<RemoteHost> same = hosts.subList(from, to);
            order.addAll(
                    first.manner().selection().weighted()
                            ? WeightedOrder.order(
                                    same, one -> one.manner().selection().weight(), terms.random())
                            : same);
            from = to;
        }
        return order;
    }

    /** The places of a service, as SRV records say (RFC 2782); what was learned of them all together. */
    private Ledger.Impression services(RemoteHost remote, String service) throws EvaluationException {
        String name = service + "." + remote.address();
        String hop = "hop '" + remote.id() + "': ";
        switch (around.resolver().services(name)) {
            case ServiceAnswer.Hosts found -> {
                return places(
                        remote,
                        WeightedOrder.services(found.hosts(), terms.random()).stream()
                                .map(place -> at(remote, place))
                                .toList());
            }
            case ServiceAnswer.Unavailable() ->
                ledger.troubleAll(
                        dns(NO_ADDRESS, hop + "the SRV record of " + name + " says that there is no service"));
            case ServiceAnswer.None(String reason) -> ledger.troubleAll(dns(NO_ADDRESS, hop + reason));
            case ServiceAnswer.TryLater(String reason) -> ledger.troubleAll(dns(DNS_FAILED, hop + reason));
        }
        return ledger.impression();
    }

    private Ledger.Impression places(RemoteHost remote, List<RemoteHost> places) throws EvaluationException {
        int left = terms.maxMx(new Host(remote.id(), remote.address(), "", ""));
        boolean heard = false;
        HopHealth health = around.health();
        try (HopHealth.Turn turn = probing ? health.asGiven(places) : health.turn(places)) {
            for (RemoteHost place : turn.order()) {
                if (left > 0 && !ledger.settled()) {
                    left--;
                    Ledger.Impression impression = reach(place);
                    if (!probing) {
                        learn(place, impression);
                    }
                    heard |= impression == Ledger.Impression.HEARD;
                }
            }
        }
        return heard ? Ledger.Impression.HEARD : ledger.impression();
    }

    /**
     * The host at a place of the service. Its certificate is for the domain that was configured, unless the place lies
     * within that domain: what DNS says without DNSSEC must not choose whom we trust (RFC 6125 §1.8, RFC 4954 §9).
     */
    private static RemoteHost at(RemoteHost remote, ServiceHost place) {
        TlsDemand tls = remote.tls();
        String domain = remote.address();
        boolean within = place.name().equals(domain) || place.name().endsWith("." + domain);
        Optional<String> name = tls.serverName().isPresent() || within ? tls.serverName() : Optional.of(domain);
        return new RemoteHost(
                remote.id(),
                place.name(),
                place.port(),
                remote.dialect(),
                tls.named(name),
                remote.login(),
                remote.limits(),
                remote.manner().atPlace());
    }

    private void host(RemoteHost remote) throws EvaluationException {
        if (remote.socket().isPresent()) {
            call(remote, null, Optional.empty(), new MxPolicies.Ruling.Go(TlsPolicy.CONFIGURED, Optional.empty()));
            return;
        }
        Optional<AddressAnswer.Addresses> answer = addresses(remote.address(), remote.id());
        Optional<MxPolicies.Ruling.Go> go = answer.isEmpty() ? Optional.empty() : allowed(remote, answer.get());
        if (answer.isEmpty() || go.isEmpty()) {
            return;
        }
        Optional<Proxy> proxy = Optional.empty();
        if (remote.manner().proxy().isPresent()) {
            proxy = proxy(remote, remote.manner().proxy().get());
            if (proxy.isEmpty()) {
                return;
            }
        }
        List<InetAddress> addresses =
                terms.order(addresses(answer.get()), new Host(remote.id(), remote.address(), "", ""));
        if (addresses.isEmpty()) {
            ledger.troubleAll(noFamily(remote.address()));
        }
        if (proxy.isEmpty()) {
            addresses = withSource(remote, remote.address(), addresses);
        }
        for (InetAddress address : addresses) {
            if (!ledger.settled()) {
                call(remote, address, proxy, go.get());
            }
        }
    }

    /** One address of a host, or its unix socket. */
    private void call(RemoteHost remote, @Nullable InetAddress address, Optional<Proxy> proxy, MxPolicies.Ruling.Go go)
            throws EvaluationException {
        Target target = terms.relay(remote, address, proxy, go.policy());
        Host known = Terms.known(remote.id(), remote.address(), address, target.source());
        Courier.Stop stop = new Courier.Stop(
                target, terms.timeouts(remote, known), remote.limits(), true, terms.conversion(known), go.report());
        caller.call(stop, ledger);
    }

    private Optional<Proxy> proxy(RemoteHost remote, Manner.Via via) throws EvaluationException {
        Optional<AddressAnswer.Addresses> found = addresses(via.host(), remote.id() + "', its proxy '" + via.host());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<InetAddress> order = terms.order(addresses(found.get()), new Host(remote.id(), via.host(), "", ""));
        if (order.isEmpty()) {
            ledger.troubleAll(noFamily(via.host()));
            return Optional.empty();
        }
        List<InetAddress> usable = withSource(remote, via.host(), order);
        return usable.isEmpty()
                ? Optional.empty()
                : Optional.of(new Proxy(via.kind(), new InetSocketAddress(usable.getFirst(), via.port()), via.user()));
    }

    /**
     * The addresses of a family that the hop has a source address of. The kernel does not choose for the others: whoever lists
     * us by address would take that for a stranger, and refuse him for good.
     */
    private List<InetAddress> withSource(RemoteHost remote, String host, List<InetAddress> addresses) {
        List<InetAddress> usable = Terms.withSource(addresses, remote.manner().sources());
        if (usable.isEmpty() && !addresses.isEmpty()) {
            ledger.notAsked(Diagnosis.local(
                    NO_SOURCE,
                    ErrorKind.IO,
                    "remote." + remote.id() + ".source-ip has no address of the family of "
                            + addresses.getFirst().getHostAddress() + ", an address of " + host
                            + "; it was not asked, add one or take the key away",
                    Step.CONNECT));
        }
        return usable;
    }

    /** The addresses of a configured name. That it has none is an operator's slip, and so temporary. */
    private Optional<AddressAnswer.Addresses> addresses(String name, String hop) {
        return switch (around.resolver().addresses(name)) {
            case AddressAnswer.Addresses all -> Optional.of(all);
            case AddressAnswer.None(String reason) -> {
                ledger.troubleAll(dns(NO_ADDRESS, "hop '" + hop + "': " + reason));
                yield Optional.empty();
            }
            case AddressAnswer.TryLater(String reason, Security _) -> {
                ledger.troubleAll(dns(DNS_FAILED, "hop '" + hop + "': " + reason));
                yield Optional.empty();
            }
        };
    }

    private static Terms.Addresses addresses(AddressAnswer.Addresses all) {
        return new Terms.Addresses(List.copyOf(all.v4()), List.copyOf(all.v6()));
    }

    /**
     * What the connections to a host are under: never the policies of recipients' domains, but its own where
     * {@code remote.<id>.tls.dane} and {@code remote.<id>.tls.mta-sts} say so.
     *
     * @return empty, with the trouble booked, when the host may not be used
     */
    private Optional<MxPolicies.Ruling.Go> allowed(RemoteHost remote, AddressAnswer.Addresses addresses)
            throws EvaluationException {
        return switch (new MxPolicies(around, terms, remote, probing).ofRemote(remote, addresses)) {
            case MxPolicies.Ruling.Go go -> Optional.of(go);
            case MxPolicies.Ruling.Skip(Diagnosis diagnosis) -> {
                ledger.troubleAll(diagnosis);
                yield Optional.empty();
            }
        };
    }

    static Diagnosis noFamily(String host) {
        return dns(NO_ADDRESS, host + " has no address of the family that queue.outbound.ip-strategy allows");
    }

    private static Diagnosis dns(EnhancedStatus status, String reason) {
        return Diagnosis.local(status, ErrorKind.DNS, reason, Step.DNS);
    }
}
