package dev.nexthop.delivery;

import dev.nexthop.client.Proxy;
import dev.nexthop.client.Target;
import dev.nexthop.dns.AddressAnswer;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Walks the configured hosts of a hop, until every recipient has a final answer or no host is left. */
final class Relays {
    private static final EnhancedStatus DNS_FAILED = new EnhancedStatus(4, 4, 3);
    private static final EnhancedStatus NO_ADDRESS = new EnhancedStatus(4, 4, 4);

    private final Delivery.Around around;
    private final Courier courier;
    private final Terms terms;
    private final Delivery.Parcel parcel;
    private final Ledger ledger;
    private final RandomGenerator random;

    Relays(Delivery.Around around, Courier courier, Terms terms, Delivery.Parcel parcel, Ledger ledger) {
        this.around = around;
        this.courier = courier;
        this.terms = terms;
        this.parcel = parcel;
        this.ledger = ledger;
        this.random = terms.random();
    }

    void walk(List<RemoteHost> hosts) throws EvaluationException {
        for (RemoteHost remote : order(hosts)) {
            if (ledger.settled()) {
                return;
            }
            ledger.nextHost();
            if (remote.manner().selection().service().isPresent()) {
                services(remote, remote.manner().selection().service().get());
            } else {
                host(remote);
            }
            switch (ledger.impression()) {
                case HEARD -> around.health().heard(remote);
                case LOST -> around.health().lost(remote);
                case NONE -> {}
            }
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
                                    same, one -> one.manner().selection().weight(), random)
                            : same);
            from = to;
        }
        return order;
    }

    /** The places of a service, as SRV records say (RFC 2782). */
    private void services(RemoteHost remote, String service) throws EvaluationException {
        String name = service + "." + remote.address();
        String hop = "hop '" + remote.id() + "': ";
        switch (around.resolver().services(name)) {
            case ServiceAnswer.Hosts found -> {
                int left = terms.maxMx(new Host(remote.id(), remote.address(), "", ""));
                for (ServiceHost place : WeightedOrder.services(found.hosts(), random)) {
                    if (left > 0 && !ledger.settled()) {
                        left--;
                        host(at(remote, place));
                    }
                }
            }
            case ServiceAnswer.Unavailable() ->
                ledger.troubleAll(
                        dns(NO_ADDRESS, hop + "the SRV record of " + name + " says that there is no service"));
            case ServiceAnswer.None(String reason) -> ledger.troubleAll(dns(NO_ADDRESS, hop + reason));
            case ServiceAnswer.TryLater(String reason) -> ledger.troubleAll(dns(DNS_FAILED, hop + reason));
        }
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
                new TlsDemand(tls.implicit(), tls.startTls(), tls.check(), name, tls.ca(), tls.pins(), tls.identity()),
                remote.login(),
                remote.limits(),
                remote.manner());
    }

    private void host(RemoteHost remote) throws EvaluationException {
        if (remote.socket().isPresent()) {
            call(remote, null, Optional.empty());
            return;
        }
        Optional<Terms.Addresses> found = addresses(remote.address(), remote.id());
        if (found.isEmpty()) {
            return;
        }
        Optional<Proxy> proxy = Optional.empty();
        if (remote.manner().proxy().isPresent()) {
            proxy = proxy(remote, remote.manner().proxy().get());
            if (proxy.isEmpty()) {
                return;
            }
        }
        List<InetAddress> addresses = terms.order(found.get(), new Host(remote.id(), remote.address(), "", ""));
        if (addresses.isEmpty()) {
            ledger.troubleAll(noFamily(remote.address()));
        }
        for (InetAddress address : addresses) {
            if (!ledger.settled()) {
                call(remote, address, proxy);
            }
        }
    }

    /** One address of a host, or its unix socket. */
    private void call(RemoteHost remote, @Nullable InetAddress address, Optional<Proxy> proxy)
            throws EvaluationException {
        Target target = terms.relay(remote, address, proxy);
        Host known = Terms.known(remote.id(), remote.address(), address, target.source());
        Courier.Stop stop =
                new Courier.Stop(target, terms.timeouts(remote, known), remote.limits(), true, terms.conversion(known));
        courier.call(stop, parcel.job(), parcel.utf8(), ledger);
    }

    private Optional<Proxy> proxy(RemoteHost remote, Manner.Via via) throws EvaluationException {
        Optional<Terms.Addresses> found = addresses(via.host(), remote.id() + "', its proxy '" + via.host());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<InetAddress> order = terms.order(found.get(), new Host(remote.id(), via.host(), "", ""));
        if (order.isEmpty()) {
            ledger.troubleAll(noFamily(via.host()));
            return Optional.empty();
        }
        InetSocketAddress first = new InetSocketAddress(order.getFirst(), via.port());
        return Optional.of(new Proxy(via.kind(), first, via.user()));
    }

    /** The addresses of a configured name. That it has none is an operator's slip, and so temporary. */
    private Optional<Terms.Addresses> addresses(String name, String hop) {
        return switch (around.resolver().addresses(name)) {
            case AddressAnswer.Addresses all ->
                Optional.of(new Terms.Addresses(List.copyOf(all.v4()), List.copyOf(all.v6())));
            case AddressAnswer.None(String reason) -> {
                ledger.troubleAll(dns(NO_ADDRESS, "hop '" + hop + "': " + reason));
                yield Optional.empty();
            }
            case AddressAnswer.TryLater(String reason) -> {
                ledger.troubleAll(dns(DNS_FAILED, "hop '" + hop + "': " + reason));
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
