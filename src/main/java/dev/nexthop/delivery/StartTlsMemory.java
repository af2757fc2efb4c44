package dev.nexthop.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which MX hosts offered STARTTLS, and when: one that does so no more may be in the hands of somebody who listens. By host name,
 * bounded, kept in memory only; after a restart each host is unknown until it offers again. Thread-safe.
 */
public final class StartTlsMemory {
    /** So long an offer is remembered for the report; how long it is demanded, {@code queue.outbound.tls.remember} says. */
    public static final Duration KEPT = Duration.ofDays(7);

    private static final int MOST = 10_000;

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Seen> hosts = new LinkedHashMap<>();

    /**
     * What a host did.
     *
     * @param offered when it offered STARTTLS last
     * @param told whether an operator was told that it does not any more
     */
    private record Seen(Instant offered, boolean told) {}

    /** What an observation means to an operator. */
    enum News {
        /** Nothing new. */
        NONE,
        /** A host that offered STARTTLS does so no more. */
        LOST,
        /** It does so again. */
        BACK
    }

    /**
     * Nothing is remembered.
     *
     * @param clock what time it is
     */
    public StartTlsMemory(InstantSource clock) {
        this.clock = clock;
    }

    /** A host offers STARTTLS. */
    News offered(String host) {
        lock.lock();
        try {
            Seen before = hosts.remove(host); // So that it becomes the youngest.
            hosts.put(host, new Seen(clock.instant(), false));
            if (hosts.size() > MOST) {
                hosts.pollFirstEntry();
            }
            return before != null && before.told() ? News.BACK : News.NONE;
        } finally {
            lock.unlock();
        }
    }

    /** A host does not offer STARTTLS. */
    News missing(String host) {
        lock.lock();
        try {
            Seen before = hosts.get(host);
            if (before == null || before.told() || old(before, KEPT)) {
                return News.NONE;
            }
            hosts.put(host, new Seen(before.offered(), true));
            return News.LOST;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a host offered STARTTLS within a time. */
    boolean offeredWithin(String host, Duration time) {
        lock.lock();
        try {
            Seen before = hosts.get(host);
            return before != null && !old(before, time);
        } finally {
            lock.unlock();
        }
    }

    private boolean old(Seen seen, Duration time) {
        return clock.instant().isAfter(seen.offered().plus(time));
    }
}
