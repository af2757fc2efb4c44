package dev.nexthop.schedule;

import dev.nexthop.expr.Conditional;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * A virtual queue, {@code queue.virtual.<id>}: its mail has a schedule, lines and a bound of its own.
 *
 * @param id its name
 * @param concurrency attempts running at the same time, over all destinations; empty for no bound but those of all mail
 * @param perDestination attempts running at the same time for one destination; empty for {@code queue.limits.per-destination}. The
 *     bound of a relay holds beside it
 * @param retry waits after the first, second, … temporary failure; its own, or that of {@code queue.schedule}
 * @param notifyAfter when delay notifications fall due; its own, or that of {@code queue.schedule}
 * @param expire how long after acceptance the queue gives up; its own, or that of {@code queue.schedule}
 */
public record VirtualQueue(
        String id,
        OptionalInt concurrency,
        OptionalInt perDestination,
        Conditional<List<Duration>> retry,
        Conditional<List<Duration>> notifyAfter,
        Conditional<Duration> expire) {}
