package dev.nexthop.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Sessions that wait for the next message to the same {@link Target} under the same trust. A waiting session costs a socket and no thread.
 * The newest is taken first, so that what is not needed grows old and goes.
 */
public final class IdleSessions implements AutoCloseable {
    private final int maxTotal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Slot, ArrayDeque<Idle>> idle = new HashMap<>();
    private int total;
    private boolean closed;

    /**
     * What sessions have in common that may stand in for each other.
     *
     * @param target with whom
     * @param trust whom TLS believes, as {@link dev.nexthop.tls.TlsClient#trust} says
     */
    private record Slot(Target target, String trust) {
        @Override
        public int hashCode() {
            return target.hashCode();
        }
    }

    private record Idle(ClientSession session, long until) {}

    /**
     * How sessions with a target are kept.
     *
     * @param sessions at most so many waiting
     * @param transactions transactions before a session is closed
     * @param idle how long one waits
     */
    public record Keep(int sessions, int transactions, Duration idle) {}

    /**
     * An empty pool.
     *
     * @param maxTotal waiting sessions, over all targets
     * @param watchdog whose rounds end those that waited long enough
     */
    public IdleSessions(int maxTotal, Watchdog watchdog) {
        this.maxTotal = maxTotal;
        watchdog.everyRound(this::expire);
    }

    /**
     * A waiting session that nothing has happened to.
     *
     * @param target with whom
     * @param trust whom TLS believes now, as {@link dev.nexthop.tls.TlsClient#trust} says
     * @return the session, the caller's alone
     */
    public Optional<ClientSession> take(Target target, String trust) {
        Slot slot = new Slot(target, trust);
        while (true) {
            Idle newest = newest(slot);
            if (newest == null) {
                return Optional.empty();
            }
            if (!newest.session().disturbed()) {
                return Optional.of(newest.session());
            }
            newest.session().abandon();
        }
    }

    private @org.jspecify.annotations.Nullable Idle newest(Slot slot) {
        lock.lock();
        try {
            ArrayDeque<Idle> waiting = idle.get(slot);
            if (waiting == null) {
                return null;
            }
            Idle newest = waiting.pollLast();
            if (waiting.isEmpty()) {
                idle.remove(slot);
            }
            total -= newest == null ? 0 : 1;
            return newest;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a session back, or closes it politely when it can't or shall not be kept.
     *
     * @param session the caller uses it no more
     * @param keep how sessions with its target are kept
     */
    public void give(ClientSession session, Keep keep) {
        boolean fit = session.usable() && !session.spent() && session.transactions() < keep.transactions();
        if (!fit || !add(session, keep)) {
            session.close();
        }
    }

    private boolean add(ClientSession session, Keep keep) {
        lock.lock();
        try {
            if (closed || total >= maxTotal) {
                return false;
            }
            Slot slot = new Slot(session.target(), session.trust());
            ArrayDeque<Idle> waiting = idle.computeIfAbsent(slot, _ -> new ArrayDeque<>());
            if (waiting.size() >= keep.sessions()) {
                if (waiting.isEmpty()) {
                    idle.remove(slot);
                }
                return false;
            }
            waiting.addLast(new Idle(session, System.nanoTime() + keep.idle().toNanos()));
            total++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Sessions waiting now. */
    public int size() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    private void expire(long now) {
        farewell(remove(one -> now - one.until() >= 0));
    }

    /**
     * Says goodbye to sessions that nobody wants any more.
     *
     * @param hops ids of next hops whose definition has changed
     */
    public void forget(Set<String> hops) {
        farewell(remove(one -> hops.contains(one.session().target().hop())));
    }

    /** A farewell can block for a moment, on a socket buffer or on TLS; who asks for it must not. */
    private static void farewell(List<ClientSession> gone) {
        gone.forEach(session -> Thread.ofVirtual().name("goodbye").start(session::close));
    }

    private List<ClientSession> remove(Predicate<Idle> which) {
        List<ClientSession> gone = new ArrayList<>();
        lock.lock();
        try {
            Iterator<ArrayDeque<Idle>> targets = idle.values().iterator();
            while (targets.hasNext()) {
                ArrayDeque<Idle> waiting = targets.next();
                waiting.removeIf(one -> {
                    boolean due = which.test(one);
                    if (due) {
                        gone.add(one.session());
                    }
                    return due;
                });
                if (waiting.isEmpty()) {
                    targets.remove();
                }
            }
            total -= gone.size();
            return gone;
        } finally {
            lock.unlock();
        }
    }

    /** Says goodbye to all; what is given back from now on is closed. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        remove(_ -> true).forEach(ClientSession::close);
    }
}
