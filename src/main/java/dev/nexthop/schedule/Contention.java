package dev.nexthop.schedule;

import java.time.Duration;

/**
 * How long a thread that is ready waits for a processor, of late. Long waits mean that there is more to do than the machine
 * can do at once, whatever it is: then what can wait is to give way to what somebody waits for.
 */
public final class Contention {
    /** A wait that is longer delays whoever waits for an answer: a transaction is some ten of them. */
    static final Duration HIGH = Duration.ofMillis(1);

    /** Of a longer wait no more is counted, so that one pause of the whole process does not look like load. */
    private static final Duration MOST = Duration.ofMillis(6);

    /** A sample counts one in so many: some ten in a row change the picture, and not one. */
    private static final int MEMORY = 8;

    private volatile long usual;

    /**
     * A thread has begun to run. Two at the same moment may count as one.
     *
     * @param waited nanoseconds since it was ready
     */
    void felt(long waited) {
        long before = usual;
        usual = before + (Math.min(waited, MOST.toNanos()) - before) / MEMORY;
    }

    /** Whether processors are what everybody waits for. */
    boolean high() {
        return usual > HIGH.toNanos();
    }
}
