package dev.nexthop.store;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The commits that wait for the committer: bounded in number and in octets, first come, first served. */
final class WaitingLine {
    /** Most commits that wait. */
    static final int MAX_COMMITS = 10_000;

    /** Most octets that wait; one commit larger than that waits alone. */
    static final long MAX_WEIGHT = 32L * 1024 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<Commit> waiting = new ArrayDeque<>();
    private long weight;
    private boolean closed;

    /** What became of an attempt to join the line. */
    enum Entry {
        TAKEN,
        FULL,
        CLOSED
    }

    /**
     * Joins the line, waiting for room.
     *
     * @param patience how long to wait for room, in nanoseconds
     */
    Entry add(Commit commit, long patience) throws InterruptedException {
        long left = patience;
        lock.lockInterruptibly();
        try {
            while (!closed && full(commit)) {
                if (left <= 0) {
                    return Entry.FULL;
                }
                left = emptied.awaitNanos(left);
            }
            if (closed) {
                return Entry.CLOSED;
            }
            waiting.addLast(commit);
            weight += commit.weight();
            filled.signal();
            return Entry.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    private boolean full(Commit commit) {
        return waiting.size() >= MAX_COMMITS || !waiting.isEmpty() && weight + commit.weight() > MAX_WEIGHT;
    }

    /**
     * Moves the commits at the front into a group.
     *
     * @param group where to; empty afterwards only when the time is over or the line is closed and empty
     * @param maxCommits most commits of the group
     * @param maxWeight stop before the group gets heavier, but take at least one
     * @param patience how long to wait for the first, in nanoseconds
     */
    void drainTo(List<Commit> group, int maxCommits, long maxWeight, long patience) throws InterruptedException {
        long left = patience;
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed && left > 0) {
                left = filled.awaitNanos(left);
            }
            long taken = 0;
            while (group.size() < maxCommits) {
                Commit next = waiting.peekFirst();
                if (next == null || !group.isEmpty() && taken + next.weight() > maxWeight) {
                    break;
                }
                group.add(waiting.removeFirst());
                taken += next.weight();
            }
            weight -= taken;
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing waits and nothing can come any more. */
    boolean finished() {
        lock.lock();
        try {
            return closed && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody in any more; what waits is still served. */
    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A patience for waits that only the end of the line may end. */
    static final long FOREVER = TimeUnit.DAYS.toNanos(365);
}
