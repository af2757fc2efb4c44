package dev.nexthop.schedule;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Domain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How many attempts run at once, for each destination and in all. A ticket without a slot waits at its own destination, in
 * the order of its {@link Precedence}, and holds nothing that another destination could use; free slots of the total go round
 * the destinations that have somebody waiting, one each, by the precedence of who is first there.
 */
final class Admission {
    /** Idle destinations whose trouble is remembered. */
    private static final int REMEMBERED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Destination> busy = new HashMap<>();
    private final LinkedHashMap<String, Destination> remembered = new LinkedHashMap<>();
    private final TreeSet<Destination> line =
            new TreeSet<>(Comparator.comparing((Destination destination) -> destination.place, Precedence.ORDER)
                    .thenComparing(destination -> destination.key));
    private long turns;
    private int total;
    private int perDestination;
    private int running;
    private boolean closed;

    /** What becomes of a ticket. */
    enum Place {
        /** It has a slot. */
        RUNS,
        /** It waits, close to the front. */
        WAITS,
        /** It waits behind many, or without memory of its own: it is read again when it has a slot. */
        WAITS_LONG,
        /** It has no place, for the line is full: it comes again later. */
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
        lock.lock();
        try {
            Destination destination = destination(key, ticket);
            if (destination.suspended() && destination.running > 0) {
                ticket.suspended = destination.why();
                return Place.SUSPENDED;
            }
            if (!closed && running < total && destination.free() && destination.waiting.isEmpty()) {
                running++;
                destination.running++;
                return Place.RUNS;
            }
            if (destination.waiting.full(ticket.priority)) {
                return Place.FULL;
            }
            boolean patient = light || destination.waiting.size() >= destination.limit;
            if (patient) {
                ticket.routed = null;
            }
            destination.waiting.add(ticket);
            standInLine(destination);
            return patient ? Place.WAITS_LONG : Place.WAITS;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a slot back.
     *
     * @param key the destination
     * @param rules the number of the rules of the attempt
     * @param verdict what was learned; null when nothing was tried
     */
    Moves finished(String key, long rules, @Nullable HopVerdict verdict) {
        lock.lock();
        try {
            Destination destination = busy.get(key);
            if (destination == null) {
                throw new IllegalStateException("no attempt runs for " + key);
            }
            running--;
            destination.running--;
            List<Ticket> suspended = List.of();
            if (verdict != null && rules >= destination.changed) {
                destination.learn(verdict);
                if (destination.suspended() && verdict instanceof HopVerdict.Unreachable) {
                    suspended = suspend(destination, rules);
                }
            }
            standInLine(destination);
            List<Ticket> started = closed ? List.of() : start();
            if (destination.idle()) {
                retire(destination);
            }
            return new Moves(started, suspended);
        } finally {
            lock.unlock();
        }
    }

    /** Takes those out of the line that are not to be tried. Who was decided by newer rules finds out for itself. */
    private static List<Ticket> suspend(Destination destination, long rules) {
        List<Ticket> suspended = destination.waiting.takeUpTo(rules);
        Diagnosis why = destination.why();
        suspended.forEach(ticket -> ticket.suspended = why);
        return suspended;
    }

    /** Forgets what trouble there was, so that everything is tried again. */
    void forgive() {
        lock.lock();
        try {
            busy.values().forEach(Destination::forgive);
            remembered.clear();
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
                remembered.remove(key);
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
            remembered.values().removeIf(destination -> !Collections.disjoint(destination.remotes, hops));
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
        lock.lock();
        try {
            total = rules.settings().attemptsAtOnce();
            perDestination = rules.settings().perDestination();
            for (Destination destination : busy.values()) {
                follow(destination, rules);
                if (!Collections.disjoint(destination.remotes, changed)) {
                    destination.forgive();
                    destination.changed = rules.number();
                }
                standInLine(destination);
            }
            remembered.values().removeIf(destination -> !Collections.disjoint(destination.remotes, changed));
            remembered.values().forEach(destination -> follow(destination, rules));
            return new Moves(closed ? List.of() : start(), List.of());
        } finally {
            lock.unlock();
        }
    }

    private void follow(Destination destination, Ruleset rules) {
        List<RemoteHost> hosts = destination.remotes.stream()
                .flatMap(id -> rules.router().hosts(id).stream())
                .toList();
        if (destination.remotes.isEmpty() || !hosts.isEmpty()) {
            destination.limit = destination.remotes.isEmpty() ? perDestination : least(hosts);
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

    private List<Ticket> start() {
        List<Ticket> started = new ArrayList<>();
        while (running < total && !line.isEmpty()) {
            Destination next = line.removeFirst();
            next.inLine = false;
            Ticket ticket = next.free() ? next.waiting.poll() : null;
            if (ticket != null) {
                running++;
                next.running++;
                started.add(ticket);
                standInLine(next);
            }
        }
        return started;
    }

    private void standInLine(Destination destination) {
        Ticket first = destination.waiting.peek();
        if (first == null || !destination.free()) {
            return;
        }
        if (!destination.inLine) {
            destination.place = Precedence.ofDestination(turns++, first.priority);
            destination.inLine = true;
            line.add(destination);
        } else if (first.priority > destination.place.priority()) {
            line.remove(destination); // somebody more urgent has come: it moves up from where it stands
            destination.place = destination.place.raised(first.priority);
            line.add(destination);
        }
    }

    private Destination destination(String key, Ticket ticket) {
        Destination known = busy.get(key);
        if (known == null) {
            known = remembered.remove(key);
            if (known == null) {
                known = new Destination(key, remotes(ticket.group.hop()));
            }
            busy.put(key, known);
        }
        if (ticket.rules > known.rules) {
            known.limit = limit(ticket.group.hop());
            known.rules = ticket.rules;
        }
        return known;
    }

    private int limit(NextHop hop) {
        return hop instanceof NextHop.Relay relay ? least(relay.hosts()) : perDestination;
    }

    private static List<String> remotes(NextHop hop) {
        return hop instanceof NextHop.Relay relay
                ? relay.hosts().stream().map(RemoteHost::id).distinct().toList()
                : List.of();
    }

    private static int least(List<RemoteHost> hosts) {
        int least = Integer.MAX_VALUE;
        for (RemoteHost host : hosts) {
            least = Math.min(least, host.limits().concurrency());
        }
        return Math.max(1, least);
    }

    private void retire(Destination destination) {
        busy.remove(destination.key);
        if (destination.remembers()) {
            remembered.put(destination.key, destination);
            if (remembered.size() > REMEMBERED) {
                remembered.pollFirstEntry();
            }
        }
    }
}
