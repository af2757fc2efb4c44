package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives ids that rise and are never given twice, whatever the clock does and whenever the process dies: a mark on
 * stable storage lies above every id given, and after a restart ids go on from there. The mark is moved ahead by
 * {@link #STRIDE} at a time, so that one id in very many costs a write.
 */
final class QueueIds {
    /** How far ahead of the clock the mark is moved; after a kill ids may run ahead of the clock by that much. */
    static final Duration STRIDE = Duration.ofMinutes(1);

    private static final int COUNTER_BITS = 20;

    private final Clock clock;
    private final Mark mark;
    private final ReentrantLock lock = new ReentrantLock();
    private long next;
    private long marked;
    private boolean given;
    private boolean ended;

    /** Keeps the mark. */
    interface Mark {
        /** Returns when every later start will find a mark of at least {@code value}. */
        void move(long value) throws IOException;
    }

    /**
     * Goes on where ids stopped.
     *
     * @param clock the time of day
     * @param marked the mark found on stable storage: no id at or above it was ever given
     * @param mark moves the mark
     */
    QueueIds(Clock clock, long marked, Mark mark) {
        this.clock = clock;
        this.mark = mark;
        this.next = marked;
        this.marked = marked;
    }

    /** An id that the clock leads to after one more {@link #STRIDE}. */
    static long ahead(Clock clock) {
        return clock.millis() + STRIDE.toMillis() << COUNTER_BITS;
    }

    /**
     * A new id, above every one given before.
     *
     * @throws IOException when the mark can't be moved, or no more ids are given
     */
    QueueId next() throws IOException {
        lock.lock();
        try {
            if (ended) {
                throw new IOException("the spool is being closed, and takes no more messages");
            }
            long id = Math.max(next, clock.millis() << COUNTER_BITS);
            if (id >= marked) {
                long ahead = id + (STRIDE.toMillis() << COUNTER_BITS);
                mark.move(ahead);
                marked = ahead;
            }
            next = id + 1;
            given = true;
            return new QueueId(id);
        } finally {
            lock.unlock();
        }
    }

    /** Whether any id was given since the start. */
    boolean given() {
        lock.lock();
        try {
            return given;
        } finally {
            lock.unlock();
        }
    }

    /** Gives no more ids; the mark that suffices then, which an orderly stop leaves behind. */
    long end() {
        lock.lock();
        try {
            ended = true;
            return next;
        } finally {
            lock.unlock();
        }
    }
}
