package dev.nexthop.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The commits that wait for the committer: bounded in number and in octets, first come, first served. Commits that nobody
 * waits for linger, for a moment and in the hope of company: each write costs about the same, whatever it carries. Commits
 * that somebody waits for stay for a shorter moment, and only until they are as many as the last time: those who were told
 * together come back at about the same time, and one who is alone waits for nobody.
 */
final class WaitingLine {
    /** Most commits that wait. */
    static final int MAX_COMMITS = 10_000;

    /** Most octets that wait; one commit larger than that waits alone. */
    static final long MAX_WEIGHT = 32L * 1024 * 1024;

    /** How long commits that nobody waits for may linger. */
    static final Duration LINGER = Duration.ofMillis(3);

    /** How long commits that somebody waits for stay for others of their kind. */
    static final Duration GATHER = Duration.ofMillis(1);

    /** So many commits don't linger: they are company enough. */
    static final int ENOUGH_COMMITS = 500;

    /** Nor do commits of so many octets. */
    static final long ENOUGH_WEIGHT = Committer.MAX_GROUP_WEIGHT;

    private final long linger;
    private final long gather;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<Commit> waiting = new ArrayDeque<>();
    private long weight;
    private int urgent;
    private int wantRoom;
    private long lingersSince;
    private long gathersSince;
    private int lastUrgent;
    private long drainedAt;
    private long wakesAt;
    private boolean closed;

    WaitingLine() {
        this(LINGER, GATHER);
    }

    /** As it is; for tests. */
    WaitingLine(Duration linger, Duration gather) {
        this.linger = linger.toNanos();
        this.gather = gather.toNanos();
    }

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
        lock.lockInterruptibly();
        try {
            if (!awaitRoom(commit, patience)) {
                return Entry.FULL;
            }
            if (closed) {
                return Entry.CLOSED;
            }
            boolean first = waiting.isEmpty();
            waiting.addLast(commit);
            weight += commit.weight();
            if (first) {
                lingersSince = System.nanoTime();
            }
            if (commit.urgent() && urgent++ == 0) {
                gathersSince = first ? lingersSince : System.nanoTime();
            }
            if (leaves() || end() - wakesAt < 0) {
                filled.signal();
            }
            return Entry.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** False when there is still no room at the end of the patience; who waits for room ends the lingering. */
    private boolean awaitRoom(Commit commit, long patience) throws InterruptedException {
        long left = patience;
        wantRoom++;
        try {
            while (!closed && full(commit)) {
                if (left <= 0) {
                    return false;
                }
                filled.signal();
                left = emptied.awaitNanos(left);
            }
            return true;
        } finally {
            wantRoom--;
        }
    }

    /** Whether there is a reason not to linger. */
    private boolean leaves() {
        return urgent > 0 && urgent >= lastUrgent
                || wantRoom > 0
                || waiting.size() >= ENOUGH_COMMITS
                || weight >= ENOUGH_WEIGHT;
    }

    private boolean full(Commit commit) {
        return waiting.size() >= MAX_COMMITS || !waiting.isEmpty() && weight + commit.weight() > MAX_WEIGHT;
    }

    /**
     * Moves the commits at the front into a group, once they have lingered if they may.
     *
     * @param group where to; empty afterwards only when the time is over or the line is closed and empty
     * @param maxCommits most commits of the group
     * @param maxWeight stop before the group gets heavier, but take at least one
     * @param patience how long to wait for the first, or for its company, in nanoseconds
     */
    void drainTo(List<Commit> group, int maxCommits, long maxWeight, long patience) throws InterruptedException {
        long left = patience;
        lock.lockInterruptibly();
        try {
            while (!closed && left > 0) {
                long now = System.nanoTime();
                long step = Math.min(left, sleep(now, left));
                if (step <= 0) {
                    break;
                }
                wakesAt = now + step;
                left -= step - filled.awaitNanos(step);
            }
            int before = urgent;
            long taken = 0;
            while (group.size() < maxCommits) {
                Commit next = waiting.peekFirst();
                if (next == null || !group.isEmpty() && taken + next.weight() > maxWeight) {
                    break;
                }
                group.add(waiting.removeFirst());
                taken += next.weight();
                if (next.urgent()) {
                    urgent--;
                }
            }
            lastUrgent = before - urgent;
            drainedAt = System.nanoTime();
            weight -= taken;
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How long there is nothing to do, in nanoseconds. */
    private long sleep(long now, long left) {
        if (!waiting.isEmpty()) {
            return leaves() ? 0 : end() - now;
        }
        // Company is expected: a look after a moment is cheaper than to be woken by the first who comes.
        long look = drainedAt + gather - now;
        return lastUrgent > 1 && look > 0 ? look : left;
    }

    /** Until when what waits may go on waiting. */
    private long end() {
        long end = lingersSince + linger;
        return urgent > 0 && gathersSince + gather - end < 0 ? gathersSince + gather : end;
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
