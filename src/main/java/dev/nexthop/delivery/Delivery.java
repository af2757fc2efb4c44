package dev.nexthop.delivery;

import dev.nexthop.client.Sessions;
import dev.nexthop.client.Target;
import dev.nexthop.directory.Directory;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.Security;
import dev.nexthop.event.Events;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.flight.AttemptEvent;
import dev.nexthop.flight.Telling;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Step;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RecipientFacts.Host;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.StsPolicies;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt: walks the hosts of the next hop until every recipient has a final answer or no host is left. It decides
 * nothing about what an answer means (that is {@link Classifier}) and nothing about when to try again.
 */
public final class Delivery implements Deliverer {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final EnhancedStatus MISCONFIGURED = new EnhancedStatus(4, 3, 5);

    private final OutboundSettings settings;
    private final Around around;
    private final RandomGenerator random;
    private final Courier courier;
    private final LocalDelivery local;
    private final AddressPolicy policy;

    /**
     * Whom delivery talks to.
     *
     * @param resolver DNS
     * @param sessions connections to other hosts
     * @param own who we are, for loops
     * @param lookups what rules may ask
     * @param events where alarms go
     * @param memory what is kept of hosts and addresses
     * @param policies the MTA-STS policies of domains
     * @param throttles how fast, and how many at once
     * @param clock what time it is, for times that the sender set
     */
    public record Around(
            Resolver resolver,
            Sessions sessions,
            OwnIdentity own,
            Lookups lookups,
            Events events,
            Memory memory,
            StsPolicies policies,
            ThrottleRules throttles,
            InstantSource clock) {
        /** Without throttles; the parameters are those of the record. */
        public Around(
                Resolver resolver,
                Sessions sessions,
                OwnIdentity own,
                Lookups lookups,
                Events events,
                Memory memory,
                StsPolicies policies,
                InstantSource clock) {
            this(resolver, sessions, own, lookups, events, memory, policies, ThrottleRules.NONE, clock);
        }

        /** The same for one attempt, which does not wait for DNS for ever. */
        Around asking(AttemptResolver dns) {
            return new Around(dns, sessions, own, lookups, events, memory, policies, throttles, clock);
        }

        /** What is learned about configured hosts. */
        HopHealth health() {
            return memory.health();
        }
    }

    /**
     * What deliveries learn and later ones use.
     *
     * @param health about configured hosts
     * @param addresses about addresses, of others and of ours
     * @param startTls about MX hosts that offered STARTTLS
     */
    public record Memory(HopHealth health, AddressMemory addresses, StartTlsMemory startTls) {}

    /**
     * Puts the parts together.
     *
     * @param settings {@code queue.outbound.*}
     * @param around whom delivery talks to
     * @param directory who is local
     * @param mailboxes the local store
     * @param random orders equal MX hosts and picks source addresses
     */
    public Delivery(
            OutboundSettings settings,
            Around around,
            Directory directory,
            Mailboxes mailboxes,
            RandomGenerator random) {
        this.settings = settings;
        this.around = around;
        this.random = random;
        this.courier = new Courier(
                around.sessions(),
                around.events(),
                around.memory().addresses(),
                new TlsTeller(around.events(), around.memory().startTls()),
                around.clock());
        this.local = new LocalDelivery(directory, mailboxes);
        this.policy = new AddressPolicy(settings.mx().privateAddresses());
    }

    @Override
    public Attempt attempt(Job job) {
        AttemptEvent event = AttemptEvent.begun();
        Ledger ledger = new Ledger(job.recipients().size(), around.clock().instant());
        try {
            walk(job, ledger);
        } catch (EvaluationException e) {
            String reason = String.valueOf(e.getMessage());
            around.events()
                    .alarm("settings", "a setting of queue.outbound has no value for " + job.id() + ": " + reason);
            ledger.settleAll(deferred(MISCONFIGURED, "a setting has no value: " + reason, Step.ROUTE));
        } catch (IOException e) {
            LOG.warn("message {} can't be read", job.id(), e);
            ledger.settleAll(deferred(
                    new EnhancedStatus(4, 3, 0),
                    "our copy of the message can't be read: " + e.getMessage(),
                    Step.ROUTE));
        } catch (RuntimeException | Error e) {
            // A fault of ours must not lose the outcomes already known, nor end the scheduler: it is told and deferred.
            LOG.error("delivery of message {} failed in an unforeseen way", job.id(), e);
            around.events().alarm("delivery", "delivery of " + job.id() + " failed in an unforeseen way: " + e);
            ledger.settleAll(deferred(new EnhancedStatus(4, 3, 0), "an unforeseen failure of this server", Step.ROUTE));
        }
        Attempt attempt = ledger.close();
        if (event != null && event.over()) {
            Telling.of("an attempt", () -> AttemptTeller.tell(event, job, attempt, ledger.securing()));
        }
        return attempt;
    }

    private void walk(Job job, Ledger ledger) throws EvaluationException, IOException {
        switch (job.hop()) {
            case NextHop.Mx(Domain domain) -> mx(job, domain, ledger);
            case NextHop.Relay(List<RemoteHost> hosts) -> relay(job, hosts, ledger);
            case NextHop.Local() -> local.deliver(job, ledger);
            case NextHop.Defer(String reason, boolean fault) ->
                ledger.settleAll(deferred(fault ? MISCONFIGURED : new EnhancedStatus(4, 7, 1), reason, Step.ROUTE));
            case NextHop.Reject(Reply reply) -> ledger.settleAll(new Outcome.Failed(rejected(reply)));
            case NextHop.Discard() ->
                ledger.settleAll(new Outcome.Delivered(
                        Diagnosis.local(
                                new EnhancedStatus(2, 0, 0), ErrorKind.NONE, "discarded by a routing rule", Step.ROUTE),
                        Handover.DISCARDED));
        }
    }

    private void mx(Job job, Domain domain, Ledger ledger) throws EvaluationException, IOException {
        Terms terms = terms(job.recipients().getFirst());
        int most = terms.maxMx(new Host("", domain.name(), "", ""));
        boolean utf8 = Utf8Need.ofHeader(job.envelope(), job.body());
        AttemptResolver dns = new AttemptResolver(around.resolver(), System::nanoTime);
        Around patient = around.asking(dns);
        MxWalk walk = new MxWalk(dns, around.own(), policy, domain);
        MxPolicies policies = new MxPolicies(
                patient,
                terms,
                new MxPolicies.Subject(domain, walk.security(), terms.forReport()),
                () -> TlsWish.of(job.envelope(), job.body()));
        if (walk.over().isPresent()) {
            if (walk.security() == Security.BOGUS) {
                policies.bogus("", walk.over().get().diagnosis().reason());
            }
            Outcome over = walk.over().get();
            if (over instanceof Outcome.Deferred) {
                ledger.troubleAll(over.diagnosis());
            }
            ledger.settleAll(over);
            return;
        }
        int tried = 0;
        dns.renew();
        List<MxWalk.Found> group = walk.nextGroup(random, most);
        while (!group.isEmpty() && tried < most && !ledger.settled()) {
            for (MxWalk.Found found : group) {
                if (tried < most && !ledger.settled()) {
                    Optional<MxPolicies.Ruling.Go> go = allowed(found, policies, ledger);
                    // One that its domain's policy shuts out takes no place of another.
                    tried += go.isPresent() || found.trouble().isPresent() && found.exists() ? 1 : 0;
                    if (go.isPresent()) {
                        host(found, go.get(), new Parcel(job, utf8), new Books(terms, ledger));
                    }
                }
            }
            dns.renew();
            group = walk.nextGroup(random, most);
        }
        if (!ledger.settled()) {
            walk.deadEnd(!group.isEmpty()).ifPresent(ledger::settleAll);
        }
    }

    /**
     * What is delivered.
     *
     * @param job with its recipients
     * @param utf8 whether the header fields need SMTPUTF8
     */
    record Parcel(Job job, boolean utf8) {}

    /** What goes with an attempt: what the settings say of it, and what became of it. */
    private record Books(Terms terms, Ledger ledger) {}

    /** What a host may be connected under; empty, with the trouble booked, when it may not be. */
    private Optional<MxPolicies.Ruling.Go> allowed(MxWalk.Found found, MxPolicies policies, Ledger ledger)
            throws EvaluationException, IOException {
        if (found.trouble().isPresent()) {
            ledger.troubleAll(found.trouble().get());
            if (found.answer() instanceof AddressAnswer.TryLater(String reason, Security security)
                    && security == Security.BOGUS) {
                policies.bogus(found.name(), reason);
            }
            return Optional.empty();
        }
        if (!(found.answer() instanceof AddressAnswer.Addresses addresses)) {
            return Optional.empty(); // Never: whoever has no addresses has trouble.
        }
        return switch (policies.of(found.name(), addresses)) {
            case MxPolicies.Ruling.Go go -> Optional.of(go);
            case MxPolicies.Ruling.Skip(Diagnosis diagnosis) -> {
                ledger.notAsked(diagnosis); // Mail that wants no TLS (RFC 8689 §5) may still go there.
                yield Optional.empty();
            }
        };
    }

    private void host(MxWalk.Found found, MxPolicies.Ruling.Go go, Parcel parcel, Books books)
            throws EvaluationException {
        Terms terms = books.terms();
        Ledger ledger = books.ledger();
        List<InetAddress> addresses = terms.order(found.addresses(), new Host("", found.name(), "", ""));
        if (addresses.isEmpty()) {
            ledger.troubleAll(Relays.noFamily(found.name()));
        }
        for (InetAddress address : addresses) {
            if (ledger.settled()) {
                return;
            }
            Target target = remembered(terms.mx(found.name(), address, go.policy()), terms);
            Host known = Terms.known("", found.name(), address, target.source());
            call(
                    new Courier.Stop(
                            target,
                            terms.timeouts(known),
                            RemoteHost.Limits.DEFAULT,
                            false,
                            terms.conversion(known),
                            go.report()),
                    parcel,
                    ledger);
        }
    }

    private void call(Courier.Stop stop, Parcel parcel, Ledger ledger) {
        new HostGate(around.throttles(), parcel.job(), ledger)
                .to(stop.target(), () -> courier.call(stop, parcel.job(), parcel.utf8(), ledger));
    }

    /** A host that offered STARTTLS lately gets nothing in clear, where {@code queue.outbound.tls.remember} says so. */
    private Target remembered(Target target, Terms terms) {
        TlsDemand demand = target.tls();
        boolean open = demand.startTlsInForce() == StartTls.OPTIONAL;
        boolean held = open
                && terms.remember()
                        .filter(time -> around.memory().startTls().offeredWithin(target.host(), time))
                        .isPresent();
        if (!held) {
            return target;
        }
        return target.under(
                demand.policy() instanceof TlsPolicy.Testing testing
                        ? testing.held() // What would have failed is still told.
                        : new TlsPolicy.Remembered(demand.policy().authenticName()));
    }

    private void relay(Job job, List<RemoteHost> hosts, Ledger ledger) throws EvaluationException, IOException {
        boolean utf8 = Utf8Need.ofHeader(job.envelope(), job.body());
        Parcel parcel = new Parcel(job, utf8);
        new Relays(around, terms(job.recipients().getFirst()), ledger, (stop, books) -> call(stop, parcel, books))
                .walk(hosts);
    }

    /**
     * Asks a configured host whether it would take mail: connection, greeting, EHLO, TLS as it must be, and QUIT. It does not
     * log in, and sends nothing. Blocks as long as an attempt may.
     *
     * @param host whom to ask
     * @return why not; empty when it answers
     */
    public Optional<Diagnosis> probe(RemoteHost host) {
        Ledger ledger = new Ledger(1, around.clock().instant());
        try {
            boolean heard = new Relays(around, terms(nobody()), ledger, courier::visit, true).reach(host.guest())
                    == Ledger.Impression.HEARD;
            return heard
                    ? Optional.empty()
                    : Optional.of(ledger.close().outcomes().getFirst().diagnosis());
        } catch (EvaluationException e) {
            return Optional.of(Diagnosis.local(
                    MISCONFIGURED, ErrorKind.IO, "a setting has no value: " + e.getMessage(), Step.ROUTE));
        }
    }

    /** What settings are asked with when there is no message: the null sender, and a recipient that nobody is. */
    private static RecipientFacts nobody() {
        Mailbox recipient = Mailbox.parse("postmaster@nexthop.invalid");
        Envelope envelope =
                new Envelope(ReversePath.of(""), List.of(recipient), BodyType.SEVEN_BIT, false, Reception.INTERNAL);
        Instant now = Instant.EPOCH;
        RecipientFacts.History history = new RecipientFacts.History(now, 0, 0, now, "", ErrorKind.NONE);
        return new RecipientFacts(new QueueId(0), envelope, 0, recipient, history, now, Host.UNKNOWN);
    }

    private Terms terms(RecipientFacts facts) {
        return new Terms(
                settings, around.lookups(), random, facts, around.memory().addresses());
    }

    private static Diagnosis rejected(Reply reply) {
        EnhancedStatus status =
                reply.enhanced().orElse(new EnhancedStatus(5, 7, 1)).inClass(5);
        return new Diagnosis(
                status, ErrorKind.UNEXPECTED_REPLY, "a routing rule: " + reply, Optional.of(reply), "", "", Step.ROUTE);
    }

    private static Outcome deferred(EnhancedStatus status, String reason, Step step) {
        return new Outcome.Deferred(Diagnosis.local(status, ErrorKind.IO, reason, step));
    }
}
