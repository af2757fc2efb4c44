package dev.nexthop.schedule;

import java.time.Instant;

/** Wakes the scheduler. Tests have one that they move by hand. */
@FunctionalInterface
public interface Ticker {
    /**
     * Runs a task once at a time, on a thread of the ticker's own.
     *
     * @param when the time; a past one means at once. Running it earlier is allowed
     * @param task short and non-blocking
     */
    void at(Instant when, Runnable task);
}
