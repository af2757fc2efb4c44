package dev.nexthop.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Ends connections whose step has taken too long. One thread looks at all of them ten times a second: a deadline then
 * costs the conversation one write to memory, and it bounds reads, handshakes and writes alike, however slowly the
 * other end drips (socket timeouts bound single reads, and writes not at all).
 */
public final class Watchdog implements AutoCloseable {
    private static final long ROUND_NANOS = 100_000_000L;

    private final Set<Connection> watched = ConcurrentHashMap.newKeySet();
    private final CopyOnWriteArrayList<LongConsumer> rounds = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /** Starts the thread, a daemon. */
    public Watchdog() {
        thread = Thread.ofPlatform().daemon().name("client-watchdog").unstarted(this::run);
        thread.start();
    }

    void watch(Connection connection) {
        watched.add(connection);
    }

    void forget(Connection connection) {
        watched.remove(connection);
    }

    /**
     * Asks to be called in every round.
     *
     * @param round gets {@link System#nanoTime()}; it must return at once and never throw
     */
    void everyRound(LongConsumer round) {
        rounds.add(round);
    }

    private void run() {
        while (!closed) {
            long now = System.nanoTime();
            for (Connection connection : watched) {
                connection.expireIfDue(now);
            }
            for (LongConsumer round : rounds) {
                round.accept(now);
            }
            LockSupport.parkNanos(this, ROUND_NANOS);
        }
    }

    /** Ends the watch; connections still open lose their deadlines, so close them first. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
