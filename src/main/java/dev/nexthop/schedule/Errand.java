package dev.nexthop.schedule;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the queue, in the background, for mail that waits for something that has changed. One look is for all that has
 * changed until then, because each reads the whole spool. What a look could not finish is looked at again later.
 *
 * @param <T> what changes
 */
final class Errand<T> {
    /** Most things that wait for the next look. */
    static final int MOST = 10_000;

    /** After a look that failed. */
    static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    /** After so many that failed in a row mail goes at its own time. */
    static final int MOST_FAILURES = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Errand.class);

    private final Machinery machinery;
    private final Manner manner;
    private final Look<T> look;
    private final ReentrantLock lock = new ReentrantLock();
    private Set<T> pending = new LinkedHashSet<>();
    private boolean planned;
    private int failures;
    private volatile boolean stopping;

    /**
     * How it goes.
     *
     * @param news what has happened to the things, for the log, such as {@code throttles have changed}
     * @param pause between two looks
     */
    record Manner(String news, Duration pause) {}

    /** One look through the queue. */
    interface Look<T> {
        /** Makes due what waits for these things; how many recipients. */
        int at(Set<T> things) throws IOException;
    }

    Errand(Machinery machinery, Manner manner, Look<T> look) {
        this.machinery = machinery;
        this.manner = manner;
        this.look = look;
    }

    /** No more looks. The next start finds the mail; it is due by its own times. */
    void stop() {
        stopping = true;
    }

    /** Has the queue looked through for things that have changed. Returns at once. */
    void run(Set<T> things) {
        if (stopping || things.isEmpty()) {
            return;
        }
        boolean first = false;
        int left;
        lock.lock();
        try {
            left = keep(things);
            if (!planned) {
                planned = true;
                first = true;
            }
        } finally {
            lock.unlock();
        }
        if (left > 0) {
            LOG.warn(
                    "{}: too many at once; mail waits for its own time because of so many of them: {}",
                    manner.news(),
                    left);
        }
        if (first) {
            machinery.jobs().execute(this::go);
        }
    }

    /** Under the lock; how many found no room. */
    private int keep(Set<T> things) {
        int left = 0;
        for (T thing : things) {
            if (pending.size() < MOST || pending.contains(thing)) {
                pending.add(thing);
            } else {
                left++;
            }
        }
        return left;
    }

    private void go() {
        if (stopping) {
            return;
        }
        Set<T> things = take();
        Duration pause = manner.pause();
        try {
            int due = look.at(things);
            LOG.info("{}: {}; recipients that are due now: {}", manner.news(), things, due);
            done();
        } catch (IOException | RuntimeException e) {
            pause = AFTER_FAILURE;
            failed(things, e);
        } finally {
            if (pause.isZero()) {
                again();
            } else {
                machinery.ticker().at(machinery.clock().instant().plus(pause), this::again);
            }
        }
    }

    private void again() {
        if (!stopping && more()) {
            machinery.jobs().execute(this::go);
        }
    }

    private Set<T> take() {
        lock.lock();
        try {
            Set<T> taken = pending;
            pending = new LinkedHashSet<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void done() {
        lock.lock();
        try {
            failures = 0;
        } finally {
            lock.unlock();
        }
    }

    private void failed(Set<T> things, Exception why) {
        boolean again;
        lock.lock();
        try {
            again = ++failures < MOST_FAILURES;
            if (again) {
                again = keep(things) == 0;
            } else {
                failures = 0;
            }
        } finally {
            lock.unlock();
        }
        if (again) {
            LOG.warn(
                    "mail waits, though {}: {}; next try in {} s",
                    manner.news(),
                    things,
                    AFTER_FAILURE.toSeconds(),
                    why);
        } else {
            LOG.error("mail waits for its own time, though {}: {}", manner.news(), things, why);
        }
    }

    /** Whether there must be another look; if not, the next thing is the first again. */
    private boolean more() {
        lock.lock();
        try {
            planned = !pending.isEmpty();
            return planned;
        } finally {
            lock.unlock();
        }
    }
}
