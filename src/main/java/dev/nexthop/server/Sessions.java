package dev.nexthop.server;

import dev.nexthop.smtp.Replies;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The sessions of the server: how many there may be, whose time is over, and their end. */
final class Sessions {
    private volatile ConnectionLimits limits;
    private final Set<Session> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();
    private int total;
    private boolean closed;

    /** Sessions of earlier eras are to end. */
    private volatile int era;

    Sessions(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** How many there may be from now on; those that there are stay. */
    void limits(ConnectionLimits newest) {
        limits = newest;
    }

    int era() {
        return era;
    }

    /** Asks the sessions of earlier eras to end when no transaction is under way, those too that are only about to begin. */
    void begin(int newest) {
        era = newest;
        for (Session session : running) {
            if (session.era() < newest) {
                session.drain(Replies.RULES_CHANGED);
            }
        }
    }

    /** Takes a place for a connection from the address. Each success is followed by one {@link #leave}. */
    boolean enter(InetAddress address) {
        InetAddress network = Peer.network(address);
        lock.lock();
        try {
            int before = perAddress.getOrDefault(network, 0);
            if (closed || total >= limits.total() || before >= limits.perAddress()) {
                return false;
            }
            perAddress.put(network, before + 1);
            total++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void leave(InetAddress address) {
        lock.lock();
        try {
            perAddress.computeIfPresent(Peer.network(address), (key, count) -> count == 1 ? null : count - 1);
            total--;
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void add(Session session) {
        running.add(session);
        boolean late;
        lock.lock();
        try {
            late = closed;
        } finally {
            lock.unlock();
        }
        if (late) {
            session.drain(Replies.SHUTTING_DOWN);
        } else if (session.era() < era) {
            session.drain(Replies.RULES_CHANGED);
        }
    }

    void remove(Session session) {
        running.remove(session);
    }

    /** Ends the waits whose time is over. */
    void expire(long now) {
        for (Session session : running) {
            session.expire(now);
        }
    }

    /** Takes no more connections and asks every session to end when no transaction is under way. */
    void drain() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        running.forEach(session -> session.drain(Replies.SHUTTING_DOWN));
    }

    void abort() {
        running.forEach(Session::abort);
    }

    /** Waits until no session is left; gives up after the time. */
    boolean awaitEnd(long nanos) {
        long left = nanos;
        lock.lock();
        try {
            while (total > 0 && left > 0) {
                left = fewer.awaitNanos(left);
            }
            return total == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    int count() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** Sessions that wait for their clients. */
    long waiting() {
        return running.stream().filter(Session::waiting).count();
    }
}
