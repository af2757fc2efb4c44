package dev.nexthop.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends waits for writes that take too long. One thread looks at all of them once a second: with a time limit of its own each
 * wait of a virtual thread would wake the JVM's timer thread, which costs more than the rest of the wait. It is a platform
 * thread: a disk that hangs may hold all that virtual threads run on.
 */
final class Patience implements AutoCloseable {
    /** How long waits may last beyond their time. */
    static final Duration ROUND = Duration.ofSeconds(1);

    private final Duration patience;
    private final String tooLate;
    private final ConcurrentLinkedQueue<Wait> waits = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /** A wait, and the {@link System#nanoTime} of its end. No record: the queue looks for this one, not for an equal one. */
    private static final class Wait {
        private final long end;
        private final CompletableFuture<Void> told;
        private final AtomicBoolean forgotten = new AtomicBoolean();

        Wait(long end, CompletableFuture<Void> told) {
            this.end = end;
            this.told = told;
        }
    }

    private Patience(String name, Duration patience) {
        this.patience = patience;
        this.tooLate = "the disk did not answer within " + patience.toSeconds() + " s";
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    static Patience start(String name, Duration patience) {
        Patience made = new Patience(name, patience);
        made.thread.start();
        return made;
    }

    /**
     * Bounds a wait.
     *
     * @param write what is waited for
     * @return completes as the write does, or with a {@link TimeoutException} that says why when that takes too long or this
     *     is closed
     */
    CompletableFuture<Void> of(CompletableFuture<Void> write) {
        if (write.isDone()) {
            return write;
        }
        CompletableFuture<Void> told = write.copy();
        long now = System.nanoTime();
        waits.add(new Wait(now + patience.toNanos(), told));
        round(now);
        if (closed) {
            endAll();
        }
        return told;
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(ROUND.toNanos());
            round(System.nanoTime());
        }
    }

    /** Forgets waits that are over, and ends those whose time is. They are about in the order of their ends. */
    void round(long now) {
        for (Wait first = waits.peek(); first != null; first = waits.peek()) {
            if (!first.told.isDone() && now - first.end < 0 || !first.forgotten.compareAndSet(false, true)) {
                return; // its time has not come, or somebody else is here
            }
            end(first, tooLate);
        }
    }

    private void end(Wait wait, String why) {
        if (!wait.told.isDone()) {
            wait.told.completeExceptionally(new TimeoutException(why));
        }
        waits.remove(wait);
    }

    /** Waits that are not forgotten yet. */
    int size() {
        return waits.size();
    }

    private void endAll() {
        for (Wait one : waits) {
            end(one, "the database was closed before the disk answered");
        }
    }

    /** Ends all waits, now and later. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        endAll();
    }
}
