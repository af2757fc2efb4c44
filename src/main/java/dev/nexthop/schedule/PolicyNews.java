package dev.nexthop.schedule;

import dev.nexthop.smtp.Domain;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Domains whose MTA-STS policy is another now, until the queue is looked through for mail that waits for them. One look is for all
 * of them, because a domain may have another policy as often as it likes and each look reads the whole spool.
 */
final class PolicyNews {
    /** Most domains that wait for the next look. */
    static final int MOST = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private Set<Domain> pending = new LinkedHashSet<>();
    private boolean planned;

    /** What becomes of a domain. */
    enum Place {
        /** The caller sees to it that there is a look. */
        FIRST,
        /** There will be a look. */
        JOINS,
        /** There is no room: its mail goes at its own time. */
        FULL
    }

    /** Takes a domain in. */
    Place add(Domain domain) {
        lock.lock();
        try {
            if (pending.size() >= MOST && !pending.contains(domain)) {
                return Place.FULL;
            }
            pending.add(domain);
            if (planned) {
                return Place.JOINS;
            }
            planned = true;
            return Place.FIRST;
        } finally {
            lock.unlock();
        }
    }

    /** The domains of the look that begins now. */
    Set<Domain> take() {
        lock.lock();
        try {
            Set<Domain> taken = pending;
            pending = new LinkedHashSet<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there must be another look; if not, the next domain is the first again. */
    boolean more() {
        lock.lock();
        try {
            planned = !pending.isEmpty();
            return planned;
        } finally {
            lock.unlock();
        }
    }
}
