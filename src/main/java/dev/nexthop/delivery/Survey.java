package dev.nexthop.delivery;

import dev.nexthop.client.ClientSession;
import dev.nexthop.client.SessionException;
import dev.nexthop.client.StepTimeouts;
import dev.nexthop.client.Target;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Security;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RecipientFacts.Host;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.DanePlan;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.TlsPolicy;
import dev.nexthop.tls.TlsVerdict;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Goes the way of a delivery and looks: what DNS says and how far it can be believed, which policies there are, and how each
 * host would be talked to, up to the word before MAIL. It decides nothing of its own, logs in nowhere and sends no mail.
 */
public final class Survey {
    /** The longest that one step with one host may take here: somebody waits for the answer. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private final OutboundSettings settings;
    private final Delivery.Around around;
    private final RandomGenerator random;

    /**
     * Puts the parts together.
     *
     * @param settings {@code queue.outbound.*}
     * @param around whom delivery talks to; its events should go nowhere, for nobody is to be told of this
     * @param random orders equal MX hosts and picks source addresses
     */
    public Survey(OutboundSettings settings, Delivery.Around around, RandomGenerator random) {
        this.settings = settings;
        this.around = around;
        this.random = random;
    }

    /**
     * What there is to see.
     *
     * @param mx what DNSSEC says of the answer that named the hosts; empty for hosts that an operator named
     * @param policy the MTA-STS policy of the domain; empty where it is not asked for
     * @param hosts in the order in which they would be tried
     * @param end what is known without any host; empty when there are some
     */
    public record View(Optional<Security> mx, Optional<StsAnswer> policy, List<Seen> hosts, Optional<Diagnosis> end) {}

    /**
     * A host.
     *
     * @param name its name
     * @param addresses what DNS says of its addresses; empty where DNS was not asked for it
     * @param dane what DANE asks of it, and why; empty for hosts that an operator named
     * @param sts the MTA-STS policy of a host that an operator named; empty where it is not asked for
     * @param policy what a connection to it is under; empty when it is not used
     * @param visits what became of each address that would be tried
     * @param trouble why it is not used; empty when it is
     */
    public record Seen(
            String name,
            Optional<AddressAnswer> addresses,
            Optional<DanePlan> dane,
            Optional<StsAnswer> sts,
            Optional<TlsPolicy> policy,
            List<Visit> visits,
            Optional<Diagnosis> trouble) {}

    /**
     * A visit to an address.
     *
     * @param place the host's name, its address and its port
     * @param verdict how secure the connection was; empty when there was none
     * @param certificate the server's certificate in words; empty without TLS
     * @param trouble why mail would not go there; empty when it would
     */
    public record Visit(
            String place, Optional<TlsVerdict> verdict, Optional<String> certificate, Optional<Diagnosis> trouble) {}

    /**
     * Looks at the way to a next hop.
     *
     * @param hop where to; only MX hosts and configured hosts can be looked at
     * @param facts what rules may ask
     * @return what there is to see; without hosts for other hops
     * @throws EvaluationException when a setting has no value
     * @throws IOException when our own storage can't be read
     */
    public View look(NextHop hop, RecipientFacts facts) throws EvaluationException, IOException {
        Terms terms = new Terms(
                settings, around.lookups(), random, facts, around.memory().addresses());
        return switch (hop) {
            case NextHop.Mx(Domain domain) -> mx(domain, terms);
            case NextHop.Relay(List<RemoteHost> hosts) -> relay(hosts, terms);
            case NextHop.Local _, NextHop.Defer _, NextHop.Reject _, NextHop.Discard _ ->
                new View(Optional.empty(), Optional.empty(), List.of(), Optional.empty());
        };
    }

    private View mx(Domain domain, Terms terms) throws EvaluationException, IOException {
        AttemptResolver dns = new AttemptResolver(around.resolver(), System::nanoTime);
        Delivery.Around patient = around.asking(dns);
        MxWalk walk =
                new MxWalk(dns, around.own(), new AddressPolicy(settings.mx().privateAddresses()), domain);
        MxPolicies policies = new MxPolicies(
                patient, terms, new MxPolicies.Subject(domain, walk.security(), false), () -> TlsWish.NORMAL);
        Optional<StsAnswer> sts = policies.mtaSts();
        if (walk.over().isPresent()) {
            return new View(
                    Optional.of(walk.security()), sts, List.of(), walk.over().map(Outcome::diagnosis));
        }
        int most = terms.maxMx(new Host("", domain.name(), "", ""));
        List<Seen> seen = new ArrayList<>();
        dns.renew();
        List<MxWalk.Found> group = walk.nextGroup(random, most);
        while (!group.isEmpty() && seen.size() < most) {
            for (MxWalk.Found found : group) {
                if (seen.size() < most) {
                    seen.add(host(found, policies, terms));
                }
            }
            dns.renew();
            group = walk.nextGroup(random, most);
        }
        Optional<Diagnosis> end = walk.deadEnd(!group.isEmpty()).map(Outcome::diagnosis);
        return new View(Optional.of(walk.security()), sts, seen, end);
    }

    private Seen host(MxWalk.Found found, MxPolicies policies, Terms terms) throws EvaluationException, IOException {
        String name = found.name();
        if (found.trouble().isPresent() || !(found.answer() instanceof AddressAnswer.Addresses addresses)) {
            return new Seen(
                    name,
                    Optional.of(found.answer()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    found.trouble());
        }
        DanePlan dane = policies.plan(name, addresses);
        return switch (policies.of(name, addresses)) {
            case MxPolicies.Ruling.Skip(Diagnosis diagnosis) ->
                new Seen(
                        name,
                        Optional.of(addresses),
                        Optional.of(dane),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.of(diagnosis));
            case MxPolicies.Ruling.Go(TlsPolicy policy, var _) -> {
                List<Visit> visits = new ArrayList<>();
                for (InetAddress address : terms.order(found.addresses(), new Host("", name, "", ""))) {
                    Target target = terms.mx(name, address, policy);
                    Host known = Terms.known("", name, address, target.source());
                    visits.add(visit(new Courier.Stop(
                            target, terms.timeouts(known), RemoteHost.Limits.DEFAULT, false, terms.conversion(known))));
                }
                Optional<Diagnosis> nowhere = visits.isEmpty() ? Optional.of(Relays.noFamily(name)) : Optional.empty();
                yield new Seen(
                        name,
                        Optional.of(addresses),
                        Optional.of(dane),
                        Optional.empty(),
                        Optional.of(policy),
                        visits,
                        nowhere);
            }
        };
    }

    private View relay(List<RemoteHost> hosts, Terms terms) throws EvaluationException {
        List<Seen> seen = new ArrayList<>();
        for (RemoteHost host : hosts) {
            List<Visit> visits = new ArrayList<>();
            List<TlsPolicy> policies = new ArrayList<>();
            Ledger ledger = new Ledger(1, around.clock().instant());
            new Relays(
                            around,
                            terms,
                            ledger,
                            (stop, books) -> {
                                policies.add(stop.target().tls().policy());
                                Visit visit = visit(stop);
                                visits.add(visit);
                                books.troubleAll(visit.trouble().orElseGet(() -> Relays.noFamily(host.address())));
                            },
                            true)
                    .reach(host.guest());
            Optional<Diagnosis> trouble = visits.isEmpty()
                    ? Optional.of(ledger.close().outcomes().getFirst().diagnosis())
                    : Optional.empty();
            seen.add(new Seen(
                    host.address(),
                    Optional.empty(),
                    Optional.empty(),
                    host.socket().isPresent() ? Optional.empty() : new MxPolicies(around, terms, host, true).mtaSts(),
                    policies.stream().findFirst(),
                    visits,
                    trouble));
        }
        return new View(Optional.empty(), Optional.empty(), seen, Optional.empty());
    }

    private Visit visit(Courier.Stop stop) {
        Target target = stop.target();
        String place = target.host() + " [" + target.ip() + "]" + (target.port() == 0 ? "" : ":" + target.port());
        try (ClientSession session = around.sessions().open(target, patient(stop.timeouts()))) {
            return new Visit(place, Optional.of(session.tls()), session.certificate(), Optional.empty());
        } catch (SessionException e) {
            Diagnosis trouble = Classifier.judge(e.answer(), stop.place(false, Handover.FINAL))
                    .diagnosis();
            return new Visit(place, Optional.empty(), Optional.empty(), Optional.of(trouble));
        }
    }

    /** No step longer than {@link #PATIENCE}. */
    private static StepTimeouts patient(StepTimeouts all) {
        return new StepTimeouts(
                least(all.connect()),
                least(all.greeting()),
                least(all.ehlo()),
                least(all.tls()),
                least(all.mail()),
                least(all.rcpt()),
                least(all.data()));
    }

    private static Duration least(Duration setting) {
        return Stream.of(setting, PATIENCE).min(Duration::compareTo).orElse(PATIENCE);
    }
}
