package dev.nexthop.schedule;

import dev.nexthop.expr.Conditional;
import java.time.Duration;
import java.util.List;

/**
 * When a recipient is tried, {@code queue.schedule.*}, and how much at once.
 *
 * @param retry waits after the first, second, … temporary failure; the last one repeats
 * @param notifyAfter when delay notifications fall due: the first since acceptance, each later one since the one before
 * @param expire how long after acceptance the queue gives up
 * @param attemptsAtOnce attempts running at the same time, over all destinations
 * @param perDestination attempts running at the same time for one MX domain
 * @param heldBytes octets of bodies kept in memory between acceptance and the first attempt
 */
public record ScheduleSettings(
        Conditional<List<Duration>> retry,
        Conditional<List<Duration>> notifyAfter,
        Conditional<Duration> expire,
        int attemptsAtOnce,
        int perDestination,
        long heldBytes) {
    /** Default of {@link #attemptsAtOnce}. */
    public static final int DEFAULT_ATTEMPTS = 1_000;

    /** Default of {@link #perDestination}. */
    public static final int DEFAULT_PER_DESTINATION = 20;

    /** Default of {@link #heldBytes}: 32 MiB. */
    public static final long DEFAULT_HELD_BYTES = 32L * 1024 * 1024;
}
