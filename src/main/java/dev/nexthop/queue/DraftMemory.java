package dev.nexthop.queue;

import java.util.concurrent.atomic.AtomicLong;

/** What all open drafts together may keep in memory; beyond it they go to files early. */
final class DraftMemory {
    /** The bound: a quarter of the smallest heap that makes sense. */
    static final long LIMIT = 32L * 1024 * 1024;

    private final AtomicLong taken = new AtomicLong();

    /** Takes octets if they are left. */
    boolean take(long octets) {
        if (taken.addAndGet(octets) <= LIMIT) {
            return true;
        }
        taken.addAndGet(-octets);
        return false;
    }

    void giveBack(long octets) {
        taken.addAndGet(-octets);
    }
}
