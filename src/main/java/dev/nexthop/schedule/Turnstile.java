package dev.nexthop.schedule;

import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.limit.Claim;
import dev.nexthop.limit.Comer;
import dev.nexthop.limit.Each;
import dev.nexthop.limit.Pass;
import dev.nexthop.limit.Refusal;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.limit.Throttles;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.Traces;
import dev.nexthop.smtp.EnhancedStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where tickets that have their slot meet the throttles. Who is refused is no attempt: he gives the slot back, and waits for his
 * time in the index or for a slot of the throttle in its line.
 */
final class Turnstile {
    private static final Logger LOG = LoggerFactory.getLogger(Turnstile.class);

    /** RFC 3463 §3.5: too much mail for the moment. */
    private static final EnhancedStatus CONGESTED = new EnhancedStatus(4, 4, 5);

    /** A time that is put back by no more than this is not written again. */
    private static final Duration SAME = Duration.ofSeconds(2);

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final Attempts.Book book;
    private final Dispatcher dispatcher;
    private final Consumers then;

    /**
     * What becomes of tickets.
     *
     * @param submit asks for a slot again; on a worker
     * @param full there was no room in the line
     */
    record Consumers(Consumer<Ticket> submit, Consumer<Ticket> full) {}

    Turnstile(SchedulerParts parts, Machinery machinery, Attempts.Book book, Dispatcher dispatcher, Consumers then) {
        this.parts = parts;
        this.machinery = machinery;
        this.book = book;
        this.dispatcher = dispatcher;
        this.then = then;
    }

    /**
     * Who may go.
     *
     * @param go these
     * @param ended these can wait no longer, by the reason
     * @param passes closed when the attempt is over
     */
    record Entry(List<Ticket.Routed> go, Map<Ticket.Routed, Diagnosis> ended, List<Pass> passes)
            implements AutoCloseable {
        static Entry all(List<Ticket.Routed> routed) {
            return new Entry(routed, Map.of(), List.of());
        }

        /** No host was connected. */
        void unused() {
            Each.of(passes, Pass::unused);
        }

        @Override
        public void close() {
            Each.of(passes, Pass::close);
        }
    }

    /** Asks the throttles for a ticket, and sees to those who are refused. */
    Entry enter(Ticket ticket, QueuedMessage message, List<Ticket.Routed> routed, Ruleset rules) {
        ThrottleRules throttles = rules.throttles();
        if (!throttles.anyBefore()) {
            return Entry.all(routed);
        }
        boolean exempt =
                ticket.suspended != null || ticket.key == null || Wishes.overdue(message.envelope(), dispatcher.now());
        if (exempt) {
            return Entry.all(routed);
        }
        Map<List<Claim>, List<Ticket.Routed>> groups = new LinkedHashMap<>();
        for (Ticket.Routed one : routed) {
            groups.computeIfAbsent(throttles.before(one.facts()), _ -> new ArrayList<>())
                    .add(one);
        }
        Entry entry = new Entry(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
        boolean done = false;
        try {
            groups.forEach((claims, members) -> {
                Throttles.Answer answer =
                        claims.isEmpty() ? null : throttles.throttles().enter(claims, comer(ticket, members));
                switch (answer) {
                    case null -> entry.go().addAll(members);
                    case Throttles.Answer.Go(Pass pass) -> {
                        entry.passes().add(pass);
                        entry.go().addAll(members);
                    }
                    case Throttles.Answer.No(Refusal refusal) ->
                        entry.ended().putAll(refused(ticket, message, Map.of(refusal, members), rules));
                }
            });
            done = true;
        } finally {
            if (!done) {
                entry.close();
            }
        }
        return entry;
    }

    /** Who has waited for a throttle is served before who has just come. */
    private static Comer comer(Ticket ticket, List<Ticket.Routed> members) {
        boolean waited = members.stream().anyMatch(one -> one.facts().history().lastError() == ErrorKind.RATE);
        return new Comer(ticket.turn, waited);
    }

    /** The same for those whom no host takes now: a time is kept for them at the throttle that lets them go first. */
    Map<Ticket.Routed, Diagnosis> refusedByHosts(
            Ticket ticket, QueuedMessage message, Map<Refusal, List<Ticket.Routed>> whom, Ruleset rules) {
        Map<Refusal, List<Ticket.Routed>> booked = new LinkedHashMap<>();
        whom.forEach((refusal, members) -> {
            Refusal known = switch (refusal) {
                case Refusal.Later later ->
                    rules.throttles()
                            .throttles()
                            .book(later, comer(ticket, members).waited());
                case Refusal.Busy busy -> busy;
            };
            booked.computeIfAbsent(known, _ -> new ArrayList<>()).addAll(members);
        });
        return refused(ticket, message, booked, rules);
    }

    /**
     * Sees to recipients that were refused; they run no more, but for those that are given back.
     *
     * @return those whose time is over, with the reason
     */
    Map<Ticket.Routed, Diagnosis> refused(
            Ticket ticket, QueuedMessage message, Map<Refusal, List<Ticket.Routed>> whom, Ruleset rules) {
        Instant now = dispatcher.now();
        Map<Ticket.Routed, Diagnosis> ended = new LinkedHashMap<>();
        whom.forEach((refusal, members) -> {
            switch (refusal) {
                case Refusal.Later later -> {
                    List<Ticket.Routed> waiting = new ArrayList<>();
                    for (Ticket.Routed one : members) {
                        RecipientState state = message.recipients().get(one.index());
                        if (state.expires().isAfter(now)) {
                            waiting.add(one);
                        } else {
                            ended.put(one, diagnosis(later, state));
                        }
                    }
                    putBack(ticket, message.created(), waiting, later);
                }
                case Refusal.Busy(Claim claim) -> park(ticket, members, claim, rules);
            }
        });
        return ended;
    }

    private static Diagnosis diagnosis(Refusal.Later later, RecipientState state) {
        String earlier = state.last().map(last -> last.diagnosis().reason()).orElse("");
        return Diagnosis.local(CONGESTED, ErrorKind.RATE, later.reason(earlier), Step.ROUTE);
    }

    /** They have a time at which they go on; attempts and notices stay as they were. */
    private void putBack(Ticket ticket, Instant created, List<Ticket.Routed> waiting, Refusal.Later later) {
        if (waiting.isEmpty()) {
            return;
        }
        Instant now = dispatcher.now();
        Live live = ticket.live;
        List<RecipientState> news = new ArrayList<>();
        boolean writes = false;
        live.lock.lock();
        try {
            List<RecipientState> states = new ArrayList<>(live.message().recipients());
            for (Ticket.Routed one : waiting) {
                RecipientState before = states.get(one.index());
                RecipientState next = waiting(before, later, one, ticket, now);
                states.set(one.index(), next);
                live.running.clear(one.index());
                boolean known = waitsForRate(before);
                boolean moved = next.due().isAfter(before.due().plus(SAME));
                writes |= !known || moved;
                if (!known) {
                    news.add(next);
                }
            }
            live.message = live.message().with(states);
            live.unwritten |= writes;
        } finally {
            live.lock.unlock();
        }
        try {
            news.forEach(state -> parts.events()
                    .delivery(new DeliveryEvent(
                            live.id,
                            state.address().toString(),
                            ticket.group.hop().id(),
                            "none",
                            "",
                            new Outcome.Deferred(state.last().orElseThrow().diagnosis()),
                            new DeliveryEvent.Delays(Duration.between(created, now), Duration.ZERO, Duration.ZERO),
                            ticket.group.queue())));
        } finally {
            if (writes) {
                book.recorder().record(live);
            }
        }
    }

    private static RecipientState waiting(
            RecipientState before, Refusal.Later later, Ticket.Routed one, Ticket ticket, Instant now) {
        Instant due = later.until().isAfter(before.expires()) ? before.expires() : later.until();
        LastAttempt last =
                new LastAttempt(now, ticket.group.hop().id(), diagnosis(later, before), Traces.stored(one.decision()));
        return new RecipientState(
                before.address(),
                RecipientStatus.DEFERRED,
                before.attempts(),
                before.notices(),
                due,
                before.notifyAt(),
                before.expires(),
                Optional.of(last));
    }

    /** Whether a recipient waits for its time at a throttle. */
    static boolean waitsForRate(RecipientState state) {
        return LiveTable.waits(state)
                && state.last()
                        .filter(last -> last.diagnosis().error() == ErrorKind.RATE)
                        .isPresent();
    }

    /** They stand in the line of the throttle, without memory of the message, until it calls them. */
    private void park(Ticket ticket, List<Ticket.Routed> members, Claim claim, Ruleset rules) {
        Live live = ticket.live;
        Deque<Ticket> left = new ArrayDeque<>(dispatcher.requeued(live, members, rules, ticket.orders));
        Throttles throttles = rules.throttles().throttles();
        try {
            while (!left.isEmpty()) {
                Ticket other = left.getFirst();
                other.lighten();
                other.turn = ticket.turn == Comer.NEW ? throttles.turn() : ticket.turn;
                LOG.debug("message {} waits for a slot of {}", live.id, claim.words());
                boolean parked = throttles.park(claim, other.turn, () -> called(other, claim, throttles));
                left.removeFirst();
                if (parked) {
                    book.table().relax(live);
                } else {
                    then.full().accept(other);
                }
            }
        } catch (RuntimeException bug) {
            // All of them are seen to, below or by whoever was called: nobody else may do that.
            LOG.error("message {} could not be put into the line of a throttle", live.id, bug);
            parts.events()
                    .alarm(
                            "schedule",
                            "message " + live.id
                                    + " met an error in the program, which the log has, where it was to wait"
                                    + " for a slot of " + claim.words() + ": " + bug);
        } finally {
            left.forEach(then.full()); // none, unless something went wrong
        }
    }

    /** It asks again; if it does not come to that, the next one is called, and it comes again later. */
    private void called(Ticket ticket, Claim claim, Throttles throttles) {
        try {
            machinery.workers().execute(() -> then.submit().accept(ticket));
        } catch (RuntimeException | Error bug) {
            then.full().accept(ticket);
            throw bug;
        } finally {
            prodLater(claim, ticket.turn, throttles);
        }
    }

    private void prodLater(Claim claim, long turn, Throttles throttles) {
        machinery.ticker().at(machinery.clock().instant().plus(Throttles.patience()), () -> {
            if (throttles.prod(claim, turn)) {
                prodLater(claim, turn, throttles);
            }
        });
    }
}
