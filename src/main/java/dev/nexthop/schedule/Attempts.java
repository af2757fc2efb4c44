package dev.nexthop.schedule;

import dev.nexthop.delivery.Attempt;
import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.delivery.Job;
import dev.nexthop.event.DeliveryEvent;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
        this.settlement = new Settlement(parts, book, dispatcher, turnstile);
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

    /** Tickets that waited have their slots. Who can't be brought to a thread comes again, and others get its slot. */
    void started(List<Ticket> tickets) {
        Deque<Ticket> left = new ArrayDeque<>(tickets);
        while (!left.isEmpty()) {
            Ticket ticket = left.removeFirst();
            try {
                go(ticket);
            } catch (RuntimeException | Error bug) {
                giveUp(ticket, bug);
                left.addAll(freed(ticket, ticket.rules, null));
            }
        }
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
        try {
            return offer(ticket, key);
        } catch (RuntimeException bug) {
            giveUp(ticket, bug);
            return false;
        } catch (Error bug) {
            giveUp(ticket, bug);
            throw bug;
        }
    }

    private boolean offer(Ticket ticket, String key) {
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

    /** It could not be brought to its slot: the message comes again. Where somebody has it nevertheless, it is his. */
    void giveUp(Ticket ticket, Throwable bug) {
        if (!unqueue(ticket)) {
            LOG.error("an error in the program beside message {}", ticket.live.id, bug);
            return;
        }
        settlement.alarm(ticket.live, bug);
        comeAgain(ticket, Settlement.AFTER_BUG);
    }

    private void submit(Ticket ticket) {
        if (admit(ticket)) {
            run(ticket);
        }
    }

    /** Its place is on disk until the line is shorter; that is no attempt, and nothing is written. */
    private void leave(Ticket ticket) {
        if (!unqueue(ticket)) {
            return;
        }
        boolean called;
        try {
            called = book.table().leave(ticket.live, ticket.indexes, dispatcher.now());
        } finally {
            end(ticket.live);
        }
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

    /**
     * The line of a throttle is full: the message comes again, and nothing is written. Where somebody has it nevertheless, who was
     * called while the line failed, the pin is his.
     */
    private void putOff(Ticket ticket) {
        if (unqueue(ticket)) {
            comeAgain(ticket, FULL_PAUSE);
        }
    }

    private void comeAgain(Ticket ticket, Duration pause) {
        try {
            book.table().putOff(ticket.live, dispatcher.now().plus(pause));
        } finally {
            end(ticket.live);
        }
    }

    /** Takes its recipients out of the line. Returns false when somebody has seen to them. */
    private static boolean unqueue(Ticket ticket) {
        ticket.live.lock.lock();
        try {
            ticket.begun();
            if (ticket.seenTo) {
                return false;
            }
            ticket.seenTo = true;
            for (int index : ticket.indexes) {
                ticket.live.queued.clear(index);
            }
            return true;
        } finally {
            ticket.live.lock.unlock();
        }
    }

    /** The attempt of a ticket that has its slot, or needs none. On a worker; a suspended one does not block. */
    void run(Ticket ticket) {
        Live live = ticket.live;
        QueuedMessage message;
        List<Integer> picks = new ArrayList<>(ticket.indexes.length);
        boolean gone;
        live.lock.lock();
        try {
            message = live.message;
            gone = ticket.seenTo;
            if (gone) {
                ticket.begun();
            } else if (message != null) {
                ticket.seenTo = true;
                pick(ticket, message, picks);
            }
        } finally {
            live.lock.unlock();
        }
        if (gone) {
            giveBack(ticket, ticket.rules, null); // it was given up, and stood in a line all the same
            return;
        }
        if (message == null) {
            loader.accept(ticket); // it was dropped while the ticket waited
            return;
        }
        book.inFlight().enter();
        try {
            work(ticket, message, picks);
        } finally {
            book.inFlight().leave();
            book.table().unpin(live);
        }
    }

    private void pick(Ticket ticket, QueuedMessage message, List<Integer> picks) {
        ticket.begun();
        for (int index : ticket.indexes) {
            ticket.live.queued.clear(index);
            if (!stopping && LiveTable.waits(message.recipients().get(index))) {
                ticket.live.running.set(index);
                picks.add(index);
            }
        }
    }

    /** Whatever goes wrong, the slot comes back, and each of the picks is settled or comes again. */
    private void work(Ticket ticket, QueuedMessage message, List<Integer> picks) {
        Tried tried = Tried.NOBODY;
        try (Ruleset rules = parts.rules().open()) {
            Work work = new Work(ticket, message, rules);
            tried = picks.isEmpty() ? tried : perform(work, picks);
            giveBack(ticket, rules.number(), tried.result().verdict());
            if (!settlement.close(work, tried)) {
                pass(ticket.live);
            }
        } catch (RuntimeException bug) {
            rescue(ticket, picks, tried, bug);
        } catch (Error bug) {
            rescue(ticket, picks, tried, bug);
            throw bug;
        }
    }

    private void rescue(Ticket ticket, List<Integer> picks, Tried tried, Throwable bug) {
        try {
            giveBack(ticket, ticket.rules, null);
        } finally {
            if (!settlement.rescue(ticket, picks, tried, bug)) {
                pass(ticket.live);
            }
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
        boolean holds = unqueue(ticket);
        try {
            giveBack(ticket, ticket.rules, null);
        } finally {
            if (holds) {
                book.table().unpin(ticket.live);
            }
        }
    }

    /**
     * An attempt in hand.
     *
     * @param ticket what is to be done
     * @param message as it stood at the start
     * @param rules in force at the start, and for this attempt until its end
     */
    record Work(Ticket ticket, QueuedMessage message, Ruleset rules) {}

    /**
     * What came of an attempt.
     *
     * @param routed who was tried
     * @param result with what
     * @param ended who can wait for a throttle no longer, and was not tried
     */
    record Tried(List<Ticket.Routed> routed, Settlement.Result result, Map<Ticket.Routed, Diagnosis> ended) {
        static final Tried NOBODY = new Tried(List.of(), Settlement.Result.deferred(0, UNTRIED), Map.of());
    }

    private Tried perform(Work work, List<Integer> picks) {
        Ticket ticket = work.ticket();
        QueuedMessage message = work.message();
        Instant start = dispatcher.now();
        Tried tried = Tried.NOBODY;
        boolean over = false;
        try {
            List<Ticket.Routed> routed = routed(work, picks, start);
            tried = new Tried(routed, tried.result(), Map.of());
            try (Turnstile.Entry entry = turnstile.enter(ticket, message, routed, work.rules())) {
                tried = new Tried(entry.go(), tried.result(), entry.ended());
                if (!entry.go().isEmpty()) {
                    tried = new Tried(entry.go(), attempt(work, entry.go()), entry.ended());
                    over = true;
                    if (tried.result().refusals().size() == entry.go().size()) {
                        entry.unused();
                    }
                }
                over = true;
            }
            return tried;
        } catch (RuntimeException | Error bug) {
            settlement.alarm(ticket.live, bug);
            if (over) {
                return tried; // what came of it counts, whatever went wrong behind it
            }
            List<Integer> left = running(ticket, picks); // some may stand in a line, or have a time, by now
            List<Ticket.Routed> again =
                    tried.routed().isEmpty() && tried.ended().isEmpty()
                            ? stale(ticket, message, left, start)
                            : tried.routed().stream()
                                    .filter(one -> left.contains(one.index()))
                                    .toList();
            Settlement.Result put = Settlement.Result.deferred(again.size(), Settlement.oops(bug));
            return new Tried(again, put, tried.ended());
        }
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
            dispatcher
                    .requeued(ticket.live, leave, rules, orders.version())
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
        started(freed(ticket, rules, verdict));
    }

    /** Gives its slot back, if it has one; who goes on now. */
    private List<Ticket> freed(Ticket ticket, long rules, @Nullable HopVerdict verdict) {
        if (ticket.key == null || ticket.suspended != null || ticket.gaveBack) {
            return List.of();
        }
        ticket.gaveBack = true;
        Admission.Moves moves = admission.finished(ticket, rules, verdict);
        if (moves.suspended().isEmpty()) {
            return moves.started();
        }
        List<Ticket> all = new ArrayList<>(moves.started());
        all.addAll(moves.suspended());
        return all;
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
}
