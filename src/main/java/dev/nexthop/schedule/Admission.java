package dev.nexthop.schedule;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Domain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many attempts run at once, for each destination and in all. A ticket without a slot waits at its own destination, in
 * the order of its {@link Line}, and holds nothing that another destination could use; free slots of the total go round
 * the destinations that have somebody waiting, one each, by the precedence of who is first there. Those whose attempts take
 * long hold a part of the total only ({@link Slots}). Whoever finds no place to wait is left on disk and called when there is one.
 */
final class Admission {
    /** Most tickets that wait, over all destinations, apart from one for each. */
    static final int MOST_WAITING = 40_000;

    /** Idle destinations whose trouble is remembered, and as many whose pace is. */
    private static final int REMEMBERED = 10_000;

    private static final Pace[] PACES = Pace.values();
    private static final Comparator<Destination> ORDER = Comparator.comparing(
                    (Destination destination) -> destination.place, Precedence.ORDER)
            .thenComparing(destination -> destination.key);

    private final ReentrantLock lock = new ReentrantLock();
    private final Machinery machinery;
    private final Effects effects;
    private final Map<String, Destination> busy = new HashMap<>();
    private final Memory<String, Destination> troubled = new Memory<>(REMEMBERED);
    private final Memory<String, Destination> sound = new Memory<>(REMEMBERED);
    /** Those that have somebody waiting and could run more, by their {@link #row}. */
    private final List<TreeSet<Destination>> line =
            Stream.generate(() -> new TreeSet<>(ORDER)).limit(2L * PACES.length).toList();

    private final Slots slots = new Slots();
    private long turns;
    private int perDestination;
    private int waiting;
    private boolean alarmed;
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
        long[] ids;
        Place place;
        long now = machinery.clock().millis();
        lock.lock();
        try {
            Destination destination = destination(key, ticket);
            ticket.destination = destination;
            destination.called = Math.max(0, destination.called - 1);
            age(now);
            place = place(ticket, destination, light, now);
            ids = destination.call(room());
        } finally {
            lock.unlock();
        }
        call(ids);
        return place;
    }

    private Place place(Ticket ticket, Destination destination, boolean light, long now) {
        if (destination.suspended() && destination.running > 0) {
            ticket.suspended = destination.why();
            return Place.SUSPENDED;
        }
        if (!closed
                && destination.free()
                && destination.waiting.isEmpty()
                && slots.fits(destination.pace, destination.running > 0)) {
            take(destination, ticket, now);
            return Place.RUNS;
        }
        String sender = ticket.sender();
        if (destination.waiting.full(ticket.priority, sender) || destination.waiting.size() >= room()) {
            return Place.FULL;
        }
        boolean patient = light || destination.waiting.size() >= destination.window.limit();
        if (patient) {
            ticket.lighten();
        }
        destination.waiting.add(ticket, sender);
        waiting++;
        standInLine(destination);
        arm(now);
        return patient ? Place.WAITS_LONG : Place.WAITS;
    }

    /** How many may wait for one destination: what all others leave free, so that there is always room for a new one. */
    private int room() {
        return Math.max(1, MOST_WAITING - waiting);
    }

    /**
     * A ticket that found no place has been left on disk: its message is called when there is room, once, however often it was
     * left. That may be at once.
     *
     * @param ticket whose offer came to {@link Place#FULL}
     */
    void leave(Ticket ticket) {
        long[] ids;
        long id = ticket.live.id.value();
        lock.lock();
        try {
            Destination destination = ticket.destination;
            if (destination == null || busy.get(destination.key) != destination || destination.idle()) {
                ids = new long[] {id}; // the line has emptied meanwhile
            } else {
                destination.left.add(id);
                ids = destination.call(room());
            }
        } finally {
            lock.unlock();
        }
        call(ids);
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
        long[] ids;
        long now = machinery.clock().millis();
        lock.lock();
        try {
            Destination destination = ticket.destination;
            if (destination == null || busy.get(destination.key) != destination) {
                throw new IllegalStateException("no attempt runs for " + ticket.group);
            }
            Pace pace = slots.give(ticket, now);
            ticket.destination = null;
            destination.running--;
            moveToRow(destination);
            List<Ticket> suspended = List.of();
            if (verdict != null && rules >= destination.changed) {
                pace(destination, pace);
                destination.learn(verdict, ticket.cuts);
                if (destination.suspended() && verdict instanceof HopVerdict.Unreachable) {
                    suspended = suspend(destination, rules);
                }
            }
            age(now);
            standInLine(destination);
            moves = new Moves(start(now), suspended);
            ids = destination.call(room());
            if (destination.idle()) {
                retire(destination);
            }
        } finally {
            lock.unlock();
        }
        call(ids);
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
        moveToRow(destination);
    }

    /** The line has a row for each share of the total: all who stand in one either get a slot or do not. */
    private static int row(Destination destination) {
        return 2 * destination.pace.number + (destination.running > 0 ? 1 : 0);
    }

    private boolean served(int row) {
        return slots.fits(PACES[row / 2], row % 2 > 0);
    }

    private void moveToRow(Destination destination) {
        if (destination.inLine && destination.row != row(destination)) {
            line.get(destination.row).remove(destination);
            stand(destination);
        }
    }

    private void stand(Destination destination) {
        destination.row = row(destination);
        line.get(destination.row).add(destination);
    }

    /** While somebody waits for the total, slots that attempts hold too long are found when they do, not when one ends. */
    private void arm(long now) {
        long next = waiting == 0 ? Slots.NEVER : slots.nextAged();
        if (next == Slots.NEVER || alarmed || closed || line.stream().allMatch(TreeSet::isEmpty)) {
            return;
        }
        alarmed = true;
        machinery.ticker().at(Instant.ofEpochMilli(Math.max(next, now)), this::wake);
    }

    private void wake() {
        List<Ticket> started;
        long now = machinery.clock().millis();
        lock.lock();
        try {
            alarmed = false;
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
        waiting -= suspended.size();
        Diagnosis why = destination.why();
        suspended.forEach(ticket -> ticket.suspended = why);
        return suspended;
    }

    /** Forgets what trouble there was, so that everything is tried again. */
    void forgive() {
        lock.lock();
        try {
            busy.values().forEach(Destination::forgive);
            troubled.clear();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets what trouble there was with the MX hosts of domains.
     *
     * @param domains theirs
     */
    void forgive(Set<Domain> domains) {
        lock.lock();
        try {
            for (Domain domain : domains) {
                String key = Destination.mx(domain);
                troubled.remove(key);
                Destination destination = busy.get(key);
                if (destination != null) {
                    destination.forgive();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets what trouble there was with configured hosts.
     *
     * @param hops their ids; others change nothing
     */
    void forgiveRelays(Set<String> hops) {
        lock.lock();
        try {
            busy.values().stream()
                    .filter(destination -> !Collections.disjoint(destination.remotes, hops))
                    .forEach(Destination::forgive);
            troubled.values().removeIf(destination -> !Collections.disjoint(destination.remotes, hops));
        } finally {
            lock.unlock();
        }
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
            perDestination = rules.settings().perDestination();
            for (Destination destination : busy.values()) {
                follow(destination, rules);
                if (!Collections.disjoint(destination.remotes, changed)) {
                    destination.forgive();
                    destination.changed = rules.number();
                }
                standInLine(destination);
                ids.add(destination.left.poll(Integer.MAX_VALUE)); // perhaps they go elsewhere now
            }
            for (Memory<String, Destination> memory : List.of(troubled, sound)) {
                memory.values().removeIf(destination -> !Collections.disjoint(destination.remotes, changed));
                memory.values().forEach(destination -> follow(destination, rules));
            }
            age(now);
            moves = new Moves(start(now), List.of());
        } finally {
            lock.unlock();
        }
        ids.forEach(this::call);
        return moves;
    }

    private void follow(Destination destination, Ruleset rules) {
        List<RemoteHost> hosts = destination.remotes.stream()
                .flatMap(id -> rules.router().hosts(id).stream())
                .toList();
        if (destination.remotes.isEmpty() || !hosts.isEmpty()) {
            destination.window.limit(destination.remotes.isEmpty() ? perDestination : Destination.least(hosts));
        }
        destination.rules = rules.number();
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
            line.get(next.row).remove(next);
            next.inLine = false;
            Ticket ticket = next.free() ? next.waiting.poll() : null;
            if (ticket != null) {
                waiting--;
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
        for (int row = 0; row < line.size(); row++) {
            if (!line.get(row).isEmpty() && served(row)) {
                Destination head = line.get(row).first();
                first = first == null || ORDER.compare(head, first) < 0 ? head : first;
            }
        }
        return first;
    }

    private void take(Destination destination, Ticket ticket, long now) {
        destination.running++;
        ticket.cuts = destination.window.cuts();
        slots.take(ticket, destination.pace, now);
    }

    private void standInLine(Destination destination) {
        if (destination.waiting.isEmpty() || !destination.free()) {
            return;
        }
        int priority = destination.waiting.priority();
        if (!destination.inLine) {
            destination.place = Precedence.ofDestination(turns++, priority);
            destination.inLine = true;
            stand(destination);
        } else if (priority > destination.place.priority()) {
            line.get(destination.row)
                    .remove(destination); // somebody more urgent has come: it moves up from where it stands
            destination.place = destination.place.raised(priority);
            stand(destination);
        }
    }

    private Destination destination(String key, Ticket ticket) {
        Destination known = busy.get(key);
        if (known == null) {
            known = sound.remove(key);
            if (known == null) {
                known = troubled.remove(key);
            }
            if (known == null) {
                known = new Destination(key, Destination.remotes(ticket.group.hop()));
            }
            busy.put(key, known);
        }
        if (ticket.rules > known.rules) {
            known.window.limit(limit(ticket.group.hop()));
            known.rules = ticket.rules;
        }
        return known;
    }

    private int limit(NextHop hop) {
        return hop instanceof NextHop.Relay relay ? Destination.least(relay.hosts()) : perDestination;
    }

    private void retire(Destination destination) {
        busy.remove(destination.key);
        if (destination.troubled()) {
            troubled.put(destination.key, destination);
        } else if (destination.pace == Pace.QUICK) {
            sound.put(destination.key, destination);
        }
    }
}
