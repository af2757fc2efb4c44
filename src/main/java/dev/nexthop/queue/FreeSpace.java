package dev.nexthop.queue;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Refuses mail while the disk has less room than the reserve, which is kept for recording outcomes. */
final class FreeSpace {
    /** How long one look at the disk is good for. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Says how many octets of the disk may still be used. */
    interface Gauge {
        long usable() throws IOException;
    }

    private final Gauge gauge;
    private final long reserve;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private long lookedAt;
    private long usable = -1;

    FreeSpace(Gauge gauge, long reserve, Clock clock) {
        this.gauge = gauge;
        this.reserve = reserve;
        this.clock = clock;
    }

    /**
     * Returns when there is room.
     *
     * @param release gives back what is kept and not needed, which the next look finds free
     * @throws SpoolFullException when there is none
     */
    void require(Runnable release) throws IOException {
        long free = usable();
        if (free < reserve) {
            release.run();
            throw new SpoolFullException(
                    "the disk of the spool has " + free + " octets left, less than the reserve of " + reserve);
        }
    }

    private long usable() throws IOException {
        lock.lock();
        try {
            long now = clock.millis();
            // The difference is taken without its sign: a clock set back must not make the last look good for hours.
            if (usable < 0 || Math.abs(now - lookedAt) >= INTERVAL.toMillis()) {
                usable = gauge.usable();
                lookedAt = now;
            }
            return usable;
        } finally {
            lock.unlock();
        }
    }
}
