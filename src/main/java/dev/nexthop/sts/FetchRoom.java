package dev.nexthop.sts;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Room for a number of fetches at once, of which the names below one domain get a part only: whoever has a wildcard in DNS has as
 * many names as he likes, each with a policy host that never ends its answer.
 */
final class FetchRoom {
    /** Most fetches at once. */
    static final int MOST = 64;

    /** Most of them whose names share their last two labels. */
    static final int MOST_OF_PARENT = 8;

    /** How long one waits for room. */
    static final Duration WAIT = Duration.ofSeconds(2);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Map<String, Integer> parents = new HashMap<>();
    private int taken;

    /**
     * Takes a place, waiting for one at most as long as that.
     *
     * @param name in A-labels
     * @param patience how long
     * @return whether there is one, which then must be given back
     */
    boolean enter(String name, Duration patience) throws InterruptedException {
        String parent = parent(name);
        long nanos = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (taken >= MOST || parents.getOrDefault(parent, 0) >= MOST_OF_PARENT) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = left.awaitNanos(nanos);
            }
            taken++;
            parents.merge(parent, 1, Integer::sum);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a place back.
     *
     * @param name for which it was taken
     */
    void leave(String name) {
        lock.lock();
        try {
            taken--;
            parents.computeIfPresent(parent(name), (_, count) -> count > 1 ? count - 1 : null);
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static String parent(String name) {
        int last = name.lastIndexOf('.');
        return name.substring(last < 0 ? 0 : name.lastIndexOf('.', last - 1) + 1);
    }
}
