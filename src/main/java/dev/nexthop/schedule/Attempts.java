package dev.nexthop.schedule;

import dev.nexthop.delivery.Attempt;
import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.delivery.Job;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.limit.Refusal;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.tls.TlsVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes tickets through their attempt and acts on what it came to. */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final Diagnosis UNTRIED =
            Diagnosis.local(new EnhancedStatus(4, 4, 7), ErrorKind.NONE, "there was no time to try", Step.ROUTE);

    private static final EnhancedStatus TRY_LATER = new EnhancedStatus(4, 3, 0);

    /** When a message comes again that found the line of a throttle full. */
    private static final Duration FULL_PAUSE = Duration.ofSeconds(20);

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final Book book;
    private final Dispatcher dispatcher;
    private final Admission admission;
    private final Consumer<Ticket> loader;
    private final Turnstile turnstile;
    private final Settlement settlement;
    private volatile boolean stopping;

    /**
     * Who keeps what is known.
     *
     * @param table the messages in hand
     * @param recorder writes
     * @param inFlight counts
     */
    record Book(LiveTable table, Recorder recorder, InFlight inFlight) {}

    Attempts(SchedulerParts parts, Machinery machinery, Book book, Gate gate, Consumer<Ticket> loader) {
        this.parts = parts;
        this.machinery = machinery;
        this.book = book;
        this.dispatcher = gate.dispatcher();
        this.admission = gate.admission();
        this.loader = loader;
        this.turnstile =
                new Turnstile(parts, machinery, book, dispatcher, new Turnstile.Consumers(this::submit, this::putOff));
        this.settlement = new Settlement(parts, book, dispatcher);
    }

    /**
     * Who decides.
     *
     * @param dispatcher where to
     * @param admission how many at once
     */
    record Gate(Dispatcher dispatcher, Admission admission) {}

    void stop() {
        stopping = true;
    }

    /** Takes the limits of new rules, and starts what they let start. */
    void follow(Ruleset rules, Set<String> changed) {
        started(admission.follow(rules, changed).started());
    }

    /** Tickets that waited have their slots. */
    void started(List<Ticket> tickets) {
        tickets.forEach(this::go);
    }

    /**
     * Brings a new ticket to its slot, or to the line of its destination. On a worker.
     *
     * @return whether the caller is to {@link #run} it, now or on a worker of its own
     */
    boolean admit(Ticket ticket) {
        String key = ticket.key;
        if (key == null) {
            run(ticket);
            return false;
        }
        boolean held;
        ticket.live.lock.lock();
        try {
            held = ticket.live.held > 0;
        } finally {
            ticket.live.lock.unlock();
        }
        switch (admission.offer(ticket, key, !held)) {
            case RUNS -> {
                ticket.grant();
                return true;
            }
            case SUSPENDED -> run(ticket);
            case WAITS -> {}
            case WAITS_LONG -> book.table().relax(ticket.live);
            case FULL -> leave(ticket);
        }
        return false;
    }

    private void submit(Ticket ticket) {
        if (admit(ticket)) {
            run(ticket);
        }
    }

    /** Its place is on disk until the line is shorter; that is no attempt, and nothing is written. */
    private void leave(Ticket ticket) {
        unqueue(ticket);
        boolean called = book.table().leave(ticket.live, ticket.indexes, dispatcher.now());
        end(ticket.live);
        if (called) {
            admission.leave(ticket);
        }
    }

    /** Lets go of a message that is to be looked at again at a time. */
    private void end(Live live) {
        if (book.recorder().owes(live)) {
            book.recorder().record(live); // what others left to be told when this one is over
        }
        book.table().relax(live);
        book.table().unpin(live);
    }

    /** The line of a throttle is full: the message comes again, and nothing is written. */
    private void putOff(Ticket ticket) {
        unqueue(ticket);
        book.table().putOff(ticket.live, dispatcher.now().plus(FULL_PAUSE));
        end(ticket.live);
    }

    private static void unqueue(Ticket ticket) {
        ticket.live.lock.lock();
        try {
            ticket.begun();
            for (int index : ticket.indexes) {
                ticket.live.queued.clear(index);
            }
        } finally {
            ticket.live.lock.unlock();
        }
    }

    /** The attempt of a ticket that has its slot, or needs none. On a worker; a suspended one does not block. */
    void run(Ticket ticket) {
        Live live = ticket.live;
        QueuedMessage message;
        List<Integer> picks = new ArrayList<>(ticket.indexes.length);
        live.lock.lock();
        try {
            if (live.message == null) {
                loader.accept(ticket); // it was dropped while the ticket waited
                return;
            }
            message = live.message;
            ticket.begun();
            for (int index : ticket.indexes) {
                live.queued.clear(index);
                if (!stopping && LiveTable.waits(message.recipients().get(index))) {
                    live.running.set(index);
                    picks.add(index);
                }
            }
        } finally {
            live.lock.unlock();
        }
        if (picks.isEmpty()) {
            giveBack(ticket, ticket.rules, null);
            pass(live);
            book.table().unpin(live);
            return;
        }
        book.inFlight().enter();
        try (Ruleset rules = parts.rules().open()) {
            if (!perform(new Work(ticket, message, rules), picks)) {
                pass(live);
            }
        } finally {
            book.inFlight().leave();
            book.table().unpin(live);
        }
    }

    /** A ticket ends with nobody settled, so that no recorder looks: what others left to be told, and the next time. */
    private void pass(Live live) {
        if (book.recorder().owes(live)) {
            book.recorder().record(live);
        } else {
            book.table().watch(live);
        }
    }

    /** The message of a ticket can't be had: it is left to its next time. */
    void lost(Ticket ticket) {
        unqueue(ticket);
        giveBack(ticket, ticket.rules, null);
        book.table().unpin(ticket.live);
    }

    /**
     * An attempt in hand.
     *
     * @param ticket what is to be done
     * @param message as it stood at the start
     * @param rules in force at the start, and for this attempt until its end
     */
    record Work(Ticket ticket, QueuedMessage message, Ruleset rules) {}

    /** Whether anybody was settled. */
    private boolean perform(Work work, List<Integer> picks) {
        Ticket ticket = work.ticket();
        QueuedMessage message = work.message();
        Instant start = dispatcher.now();
        List<Ticket.Routed> routed = List.of();
        Map<Ticket.Routed, Diagnosis> ended = Map.of();
        Settlement.Result result;
        try {
            routed = routed(work, picks, start);
            try (Turnstile.Entry entry = turnstile.enter(ticket, message, routed, work.rules())) {
                routed = entry.go();
                ended = entry.ended();
                result =
                        routed.isEmpty() ? Settlement.Result.deferred(0, oops("nothing to do")) : attempt(work, routed);
                if (!routed.isEmpty() && result.refusals().size() == routed.size()) {
                    entry.unused();
                }
            }
        } catch (RuntimeException | Error bug) {
            // Whatever went wrong, the slot must come back and the recipients must be tried again.
            LOG.error("an attempt of message {} ended on an error in the program", message.id(), bug);
            List<Integer> left = running(ticket, picks); // some may stand in a line, or have a time, by now
            routed = routed.isEmpty()
                    ? stale(ticket, message, left, start)
                    : routed.stream().filter(one -> left.contains(one.index())).toList();
            result = Settlement.Result.deferred(routed.size(), oops("an error in the program: " + bug));
        }
        giveBack(ticket, work.rules().number(), result.verdict());
        return close(work, routed, result, ended);
    }

    /** Those of the picks that nobody else sees to. */
    private static List<Integer> running(Ticket ticket, List<Integer> picks) {
        ticket.live.lock.lock();
        try {
            return picks.stream().filter(ticket.live.running::get).toList();
        } finally {
            ticket.live.lock.unlock();
        }
    }

    /**
     * Settles those who were tried, and those who waited for a throttle until their time was over.
     *
     * @return whether there was anybody
     */
    private boolean close(
            Work work, List<Ticket.Routed> routed, Settlement.Result result, Map<Ticket.Routed, Diagnosis> before) {
        if (before.isEmpty() && result.refusals().isEmpty()) {
            if (!routed.isEmpty()) {
                settlement.settle(work, routed, result);
                return true;
            }
            return false;
        }
        Map<Ticket.Routed, Diagnosis> ended = new LinkedHashMap<>(before);
        List<Ticket.Routed> tried = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        Map<Refusal, List<Ticket.Routed>> refused = new LinkedHashMap<>();
        for (int i = 0; i < routed.size(); i++) {
            Refusal refusal = result.refusals().get(i);
            if (refusal == null) {
                tried.add(routed.get(i));
                outcomes.add(result.outcomes().get(i));
            } else {
                refused.computeIfAbsent(refusal, _ -> new ArrayList<>()).add(routed.get(i));
            }
        }
        ended.putAll(turnstile.refusedByHosts(work.ticket(), work.message(), refused, work.rules()));
        ended.forEach((one, why) -> {
            tried.add(one);
            outcomes.add(new Outcome.Deferred(why));
        });
        if (tried.isEmpty()) {
            return false;
        }
        Settlement.Result all =
                new Settlement.Result(outcomes, result.verdict(), result.tls(), result.delays(), Map.of());
        settlement.settle(work, tried, all);
        return true;
    }

    /**
     * The decisions of a ticket: fresh, or made again after a wait or under new rules. Who now goes elsewhere leaves with a
     * new ticket.
     */
    private List<Ticket.Routed> routed(Work work, List<Integer> picks, Instant now) {
        Ticket ticket = work.ticket();
        QueuedMessage message = work.message();
        Ruleset rules = work.rules();
        List<Ticket.Routed> fresh = ticket.routed;
        Orders orders = parts.orders().current();
        boolean same = ticket.rules == rules.number() && ticket.orders == orders.version();
        if (fresh != null && same && !Wishes.overdue(message.envelope(), now)) {
            return fresh.stream().filter(one -> picks.contains(one.index())).toList();
        }
        if (ticket.suspended != null && same) {
            return stale(ticket, message, picks, now);
        }
        List<Ticket.Routed> stay = new ArrayList<>();
        List<Ticket.Routed> leave = new ArrayList<>();
        for (Ticket.Routed one : dispatcher.route(ticket.live, message, picks, rules, orders)) {
            (Dispatcher.group(one, rules).equals(ticket.group) ? stay : leave).add(one);
        }
        if (!leave.isEmpty()) {
            ticket.live.lock.lock();
            try {
                for (Ticket.Routed one : leave) {
                    ticket.live.running.clear(one.index());
                    ticket.live.queued.set(one.index());
                }
            } finally {
                ticket.live.lock.unlock();
            }
            dispatcher
                    .tickets(ticket.live, leave, rules, orders.version())
                    .forEach(other -> machinery.workers().execute(() -> submit(other)));
        }
        return stay;
    }

    private static List<Ticket.Routed> stale(Ticket ticket, QueuedMessage message, List<Integer> picks, Instant now) {
        NextHop hop = ticket.group.hop();
        Decision decision = new Decision(hop, List.of(), "decided when it began to wait");
        RecipientFacts.Host host = new RecipientFacts.Host(hop instanceof NextHop.Mx ? "" : hop.id(), "", "", "");
        return picks.stream()
                .map(index -> new Ticket.Routed(
                        index, Histories.facts(message, index, now).at(host), decision))
                .toList();
    }

    private Settlement.Result attempt(Work work, List<Ticket.Routed> routed) {
        Ticket ticket = work.ticket();
        QueuedMessage message = work.message();
        if (Wishes.overdue(message.envelope(), dispatcher.now())) {
            return tooLate(message, routed);
        }
        if (ticket.suspended != null) {
            return Settlement.Result.deferred(routed.size(), ticket.suspended);
        }
        List<RecipientFacts> facts = routed.stream().map(Ticket.Routed::facts).toList();
        Job job = new Job(message.id(), message.envelope(), message.body(), ticket.group.hop(), facts, ticket.turn);
        Attempt attempt = work.rules().deliverer().attempt(job);
        if (attempt.outcomes().size() != routed.size()) {
            throw new IllegalStateException("an attempt for " + routed.size() + " recipients has "
                    + attempt.outcomes().size() + " outcomes");
        }
        boolean nobody = attempt.refusals().size() == routed.size() && attempt.verdict() instanceof HopVerdict.Healthy;
        return new Settlement.Result(
                attempt.outcomes(),
                nobody ? null : attempt.verdict(),
                attempt.tls(),
                attempt.delays(),
                attempt.refusals());
    }

    /** No attempt; its end is that of a deferral whose time is over. */
    private static Settlement.Result tooLate(QueuedMessage message, List<Ticket.Routed> routed) {
        List<Outcome> outcomes = new ArrayList<>(routed.size());
        for (Ticket.Routed one : routed) {
            Optional<LastAttempt> last = message.recipients().get(one.index()).last();
            outcomes.add(new Outcome.Deferred(last.map(LastAttempt::diagnosis).orElse(UNTRIED)));
        }
        return new Settlement.Result(outcomes, null, new TlsVerdict.Clear(), DeliveryEvent.Delays.NONE, Map.of());
    }

    private void giveBack(Ticket ticket, long rules, @Nullable HopVerdict verdict) {
        if (ticket.key == null || ticket.suspended != null) {
            return;
        }
        Admission.Moves moves = admission.finished(ticket, rules, verdict);
        moves.started().forEach(this::go);
        moves.suspended().forEach(this::go);
    }

    /** A ticket that waited may go on; its message may have to be read first. */
    private void go(Ticket ticket) {
        if (ticket.suspended == null) {
            ticket.grant();
        }
        boolean loaded;
        ticket.live.lock.lock();
        try {
            loaded = ticket.live.message != null;
        } finally {
            ticket.live.lock.unlock();
        }
        if (loaded) {
            machinery.workers().execute(() -> run(ticket));
        } else {
            loader.accept(ticket);
        }
    }

    private static Diagnosis oops(String reason) {
        return Diagnosis.local(TRY_LATER, ErrorKind.IO, reason, Step.ROUTE);
    }
}
