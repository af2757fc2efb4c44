package dev.nexthop.schedule;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.smtp.Domain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How many attempts run at once, for each destination and in all. A ticket without a slot waits at its own destination, in
 * the order of its {@link Line}, and holds nothing that another destination could use; free slots of the total go round
 * the destinations that have somebody waiting, one each, by the precedence of who is first there. Those whose attempts take
 * long hold a part of the total only ({@link Slots}), and those of a virtual queue as many as it may have ({@link QueueSlots}).
 * Whoever finds no place to wait is left on disk and called when there is one.
 */
final class Admission {
    /** Most tickets that wait in the ordinary queue, apart from one for each destination, and in all virtual ones together. */
    static final int MOST_WAITING = 40_000;

    /** So many may wait in a virtual queue whatever waits in others. */
    static final int ALWAYS_WAITING = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Machinery machinery;
    private final Effects effects;
    private final Destinations destinations = new Destinations();
    private final Slots slots;
    private long turns;
    private int waiting;
    /** Those of them that are in virtual queues. */
    private int virtual;
    /** Virtual queues that left somebody on disk because they were full. */
    private final Set<QueueSlots> full = new LinkedHashSet<>();

    /** The number of the rules that the limits are from. */
    private long followed = -1;

    /** When {@link #wake} is to be called, in milliseconds since 1970. */
    private long alarm = Slots.NEVER;

    private boolean closed;

    /** What follows here and concerns others. Called without a lock. */
    interface Effects {
        /** Tickets that have a slot now. */
        void started(List<Ticket> tickets);

        /** Messages, by id, that were left on disk and may find a place now. */
        void called(long[] ids);
    }

    /**
     * Nobody runs yet.
     *
     * @param machinery time
     * @param effects who goes on
     */
    Admission(Machinery machinery, Effects effects) {
        this.machinery = machinery;
        this.effects = effects;
        this.slots = new Slots(machinery.contention());
    }

    /** What becomes of a ticket. */
    enum Place {
        /** It has a slot. */
        RUNS,
        /** It waits, close to the front. */
        WAITS,
        /** It waits behind many, or without memory of its own: it is read again when it has a slot. */
        WAITS_LONG,
        /** It has no place: it is left on disk, which {@link #leave} is to be told when that is done. */
        FULL,
        /** It is not tried this time; {@link Ticket#suspended} says why. */
        SUSPENDED
    }

    /**
     * What follows from the end of an attempt.
     *
     * @param started tickets that have a slot now
     * @param suspended tickets that are not tried this time
     */
    record Moves(List<Ticket> started, List<Ticket> suspended) {}

    /**
     * Asks for a slot.
     *
     * @param ticket who asks
     * @param key its destination
     * @param light whether it must not hold memory while it waits
     */
    Place offer(Ticket ticket, String key, boolean light) {
        List<long[]> ids;
        List<Ticket> started;
        Place place;
        long now = machinery.clock().millis();
        lock.lock();
        try {
            Destination destination = destinations.enter(key, ticket);
            ticket.destination = destination;
            destination.called = Math.max(0, destination.called - 1);
            destination.queue.called = Math.max(0, destination.queue.called - 1);
            boolean cleared = !ticket.tried && destination.untold();
            if (cleared) {
                pace(destination, Pace.UNKNOWN);
            }
            age(now);
            place = place(ticket, destination, light, now);
            started = cleared ? start(now) : List.of(); // it stood where others stand who have no slot
            if (destination.idle()) {
                destinations.retire(destination); // its queue is full
            }
            ids = whomToCall(destination);
        } finally {
            lock.unlock();
        }
        effects.started(started);
        ids.forEach(this::call);
        return place;
    }

    private Place place(Ticket ticket, Destination destination, boolean light, long now) {
        if (destination.suspended() && destination.running > 0) {
            ticket.suspended = destination.why();
            return Place.SUSPENDED;
        }
        QueueSlots queue = destination.queue;
        if (!closed
                && queue.free(destination, slots)
                && destination.free()
                && destination.waiting.isEmpty()
                && slots.fits(destination.pace, destination.running > 0)) {
            take(destination, ticket, now);
            return Place.RUNS;
        }
        String sender = ticket.sender();
        if (isFull(destination)
                || destination.waiting.full(ticket.priority, sender)
                || destination.waiting.size() >= room(destination)) {
            return Place.FULL;
        }
        boolean patient = light || destination.waiting.size() >= destination.window.limit() || queue.crowded();
        if (patient) {
            ticket.lighten();
        }
        destination.waiting.add(ticket, sender);
        count(destination, 1);
        standInLine(destination);
        arm(now);
        return patient ? Place.WAITS_LONG : Place.WAITS;
    }

    private void count(Destination destination, int tickets) {
        waiting += tickets;
        destination.queue.waiting += tickets;
        virtual += destinations.isVirtual(destination) ? tickets : 0;
    }

    /**
     * How many may wait for one destination: what all others leave free, so that there is always room for a new one. Mail in
     * virtual queues may wait long, so what waits there takes no room from other mail.
     */
    private int room(Destination destination) {
        return Math.max(
                1,
                destinations.isVirtual(destination) ? places(destination.queue) : MOST_WAITING - (waiting - virtual));
    }

    /** How many more may wait in a virtual queue: it may fill half of what the other virtual ones leave free. */
    private int places(QueueSlots queue) {
        return Math.max(ALWAYS_WAITING, MOST_WAITING - virtual) - queue.waiting;
    }

    /** Whether a destination is in a virtual queue that has no place left, whatever goes to the destination itself. */
    private boolean isFull(Destination destination) {
        return destinations.isVirtual(destination) && places(destination.queue) <= 0;
    }

    private List<long[]> whomToCall(Destination destination) {
        List<long[]> ids = new ArrayList<>(1);
        if (destination.idle() || !isFull(destination)) {
            ids.add(destination.call(room(destination)));
        }
        if (!full.isEmpty()) {
            full.forEach(queue -> ids.add(queue.call(places(queue))));
            full.removeIf(queue -> queue.left.isEmpty());
        }
        return ids;
    }

    /**
     * A ticket that found no place has been left on disk: its message is called when there is room, once, however often it was
     * left. That may be at once.
     *
     * @param ticket whose offer came to {@link Place#FULL}
     */
    void leave(Ticket ticket) {
        List<long[]> ids;
        long id = ticket.live.id.value();
        lock.lock();
        try {
            Destination destination = ticket.destination;
            if (destination != null && isFull(destination)) {
                destination.queue.left.add(id);
                full.add(destination.queue);
                ids = List.of();
            } else if (destination == null || !destinations.isBusy(destination) || destination.idle()) {
                ids = List.of(new long[] {id}); // the line has emptied meanwhile
            } else {
                destination.left.add(id);
                ids = whomToCall(destination);
            }
        } finally {
            lock.unlock();
        }
        ids.forEach(this::call);
    }

    private void call(long[] ids) {
        if (ids.length > 0) {
            effects.called(ids);
        }
    }

    /**
     * Gives a slot back.
     *
     * @param ticket who had it
     * @param rules the number of the rules of the attempt
     * @param verdict what was learned; null when nothing was tried
     */
    Moves finished(Ticket ticket, long rules, @Nullable HopVerdict verdict) {
        Moves moves;
        List<long[]> ids;
        long now = machinery.clock().millis();
        lock.lock();
        try {
            Destination destination = ticket.destination;
            if (destination == null || !destinations.isBusy(destination)) {
                throw new IllegalStateException("no attempt runs for " + ticket.group);
            }
            Pace pace = slots.give(ticket, now);
            ticket.destination = null;
            give(destination);
            List<Ticket> suspended = List.of();
            if (verdict != null && rules >= destination.changed) {
                destination.learn(verdict, ticket.cuts);
                pace(destination, destination.known(pace));
                if (destination.suspended() && verdict instanceof HopVerdict.Unreachable) {
                    suspended = suspend(destination, rules);
                }
            }
            age(now);
            standInLine(destination);
            moves = new Moves(start(now), suspended);
            if (destination.idle()) {
                destinations.retire(destination);
            }
            ids = whomToCall(destination);
        } finally {
            lock.unlock();
        }
        ids.forEach(this::call);
        return moves;
    }

    /** Finds the attempts that have become slow. Their slots count as such, and so do their destinations. */
    private void age(long now) {
        for (Ticket slow = slots.aged(now); slow != null; slow = slots.aged(now)) {
            Destination destination = slow.destination;
            if (destination != null) {
                pace(destination, Pace.SLOW);
            }
        }
    }

    private void pace(Destination destination, Pace pace) {
        destination.pace = pace;
        destination.queue.move(destination);
    }

    /** While somebody waits for the total, a slot that may be given though no attempt ends is given when that is so. */
    private void arm(long now) {
        long next = waiting == 0 ? Slots.NEVER : Math.max(slots.nextChance(now), now);
        if (next >= alarm || closed || destinations.standing().isEmpty()) {
            return;
        }
        alarm = next;
        machinery.ticker().at(Instant.ofEpochMilli(next), () -> wake(next));
    }

    /** The alarm of that time; an older one, before which another was set, finds that it is not meant. */
    private void wake(long time) {
        List<Ticket> started;
        long now = machinery.clock().millis();
        lock.lock();
        try {
            if (alarm != time) {
                return;
            }
            alarm = Slots.NEVER;
            slots.pass();
            age(now);
            started = start(now);
        } finally {
            lock.unlock();
        }
        effects.started(started);
    }

    /** Takes those out of the line that are not to be tried. Who was decided by newer rules finds out for itself. */
    private List<Ticket> suspend(Destination destination, long rules) {
        List<Ticket> suspended = destination.waiting.takeUpTo(rules);
        count(destination, -suspended.size());
        if (destination.waiting.isEmpty()) {
            destination.passedOver = false;
            if (destination.inLine) {
                destination.queue.leave(destination);
            }
        }
        Diagnosis why = destination.why();
        suspended.forEach(ticket -> ticket.suspended = why);
        return suspended;
    }

    /** Forgets what trouble there was, so that everything is tried again. */
    void forgive() {
        forgiveAll(_ -> true);
    }

    /**
     * Forgets what trouble there was with the MX hosts of domains.
     *
     * @param domains theirs
     */
    void forgive(Set<Domain> domains) {
        Set<String> sites = domains.stream().map(Destination::mx).collect(Collectors.toSet());
        forgiveAll(destination -> sites.contains(destination.site));
    }

    /**
     * Forgets what trouble there was with configured hosts.
     *
     * @param hops their ids; others change nothing
     */
    void forgiveRelays(Set<String> hops) {
        forgiveAll(destination -> !Collections.disjoint(destination.remotes, hops));
    }

    private void forgiveAll(Predicate<Destination> whom) {
        List<Ticket> started;
        long now = machinery.clock().millis();
        lock.lock();
        try {
            destinations.forgive(whom);
            destinations.busy().forEach(this::standInLine);
            age(now);
            started = start(now);
        } finally {
            lock.unlock();
        }
        effects.started(started);
    }

    /**
     * Takes the limits of new rules. What runs goes on, even when that is more than the new limits allow. Trouble with a
     * remote that is defined in another way now is forgotten.
     *
     * @param rules the new rules
     * @param changed ids of remotes whose definition has changed
     * @return tickets that have a slot now
     */
    Moves follow(Ruleset rules, Set<String> changed) {
        Moves moves;
        List<long[]> ids = new ArrayList<>();
        long now = machinery.clock().millis();
        lock.lock();
        try {
            slots.total(rules.settings().attemptsAtOnce());
            if (followed != rules.number()) {
                followed = rules.number();
                ids.addAll(callAll());
            }
            destinations.follow(rules, changed);
            destinations.busy().forEach(this::standInLine);
            age(now);
            moves = new Moves(start(now), List.of());
        } finally {
            lock.unlock();
        }
        ids.forEach(this::call);
        return moves;
    }

    /** Everybody who was left on disk: perhaps they go elsewhere now. */
    private List<long[]> callAll() {
        List<long[]> ids = new ArrayList<>();
        full.forEach(queue -> ids.add(queue.left.poll(Integer.MAX_VALUE)));
        full.clear();
        destinations.busy().forEach(destination -> ids.add(destination.left.poll(Integer.MAX_VALUE)));
        return ids;
    }

    /** Gives out no more slots. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private List<Ticket> start(long now) {
        List<Ticket> started = List.of();
        for (Destination next = next(); next != null; next = next()) {
            next.queue.leave(next);
            Ticket ticket = next.free() ? next.waiting.poll() : null;
            next.passedOver = ticket == null && !next.waiting.isEmpty();
            if (next.passedOver && next.mayRun()) {
                next.queue.keep(next, slots);
            } else if (ticket != null) {
                count(next, -1);
                take(next, ticket, now);
                started = started.isEmpty() ? new ArrayList<>() : started;
                started.add(ticket);
                standInLine(next);
            }
        }
        arm(now);
        return started;
    }

    /** Whose turn it is among those that a slot is there for, or null. */
    private @Nullable Destination next() {
        if (closed) {
            return null;
        }
        Destination first = null;
        for (QueueSlots queue : destinations.standing()) {
            Destination head = queue.first(slots);
            if (head != null && (first == null || Destination.ORDER.compare(head, first) < 0)) {
                first = head;
            }
        }
        return first;
    }

    private void take(Destination destination, Ticket ticket, long now) {
        destination.running++;
        destination.queue.take(destination);
        if (destination.shared != null) {
            destination.shared.take();
        }
        ticket.cuts = destination.window.cuts();
        slots.take(ticket, destination.pace, now);
    }

    private void give(Destination destination) {
        destination.running--;
        destination.queue.give();
        destination.queue.move(destination);
        if (destination.shared != null) {
            destination.shared.give();
            destination.shared.destinations.stream()
                    .filter(other -> other != destination)
                    .forEach(this::standInLine);
        }
    }

    private void standInLine(Destination destination) {
        if (destination.waiting.isEmpty() || !destination.free()) {
            return;
        }
        int priority = destination.waiting.priority();
        if (!destination.inLine) {
            destination.place = destination.passedOver
                    ? destination.place.raised(priority)
                    : Precedence.ofDestination(turns++, priority);
            destination.passedOver = false;
            destination.queue.stand(destination);
        } else if (priority > destination.place.priority()) {
            destination.queue.leave(destination); // somebody more urgent has come: it moves up from where it stands
            destination.place = destination.place.raised(priority);
            destination.queue.stand(destination);
        }
    }
}
