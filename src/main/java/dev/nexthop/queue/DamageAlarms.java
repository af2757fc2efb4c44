package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls an operator for messages that go into quarantine: for each of a few, and when there are many, as when a folder of
 * bodies is gone, for the tenth part of them at most. The log has them all.
 */
final class DamageAlarms {
    /** So many within a {@link #WINDOW} have an alarm each. */
    static final int SINGLE = 10;

    /** After so long a time without one they are few again. */
    static final Duration WINDOW = Duration.ofHours(1);

    private final SpoolWatch watch;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Instant last = Instant.MIN;
    private long count;
    private long next;

    DamageAlarms(SpoolWatch watch, Clock clock) {
        this.watch = watch;
        this.clock = clock;
    }

    /** A message went into quarantine. */
    void quarantined(QueueId id, String reason) {
        long so;
        lock.lock();
        try {
            Instant now = clock.instant();
            if (last.plus(WINDOW).isBefore(now)) {
                count = 0;
                next = 1;
            }
            last = now;
            count++;
            if (count < next) {
                return;
            }
            next = count < SINGLE ? count + 1 : count * 10;
            so = count;
        } finally {
            lock.unlock();
        }
        String many = so < SINGLE ? "" : ", as are " + (so - 1) + " before it; the next alarm is for " + so * 10;
        watch.damaged("message " + id + " is damaged and in quarantine, and is not delivered" + many
                + "; nexthop queue verify lists it and can export what is left of it: " + reason);
    }
}
