package dev.nexthop.schedule;

import dev.nexthop.expr.Conditional;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a recipient is tried, {@code queue.schedule.*}, and how much at once.
 *
 * @param retry waits after the first, second, … temporary failure; the last one repeats
 * @param notifyAfter when delay notifications fall due: the first since acceptance, each later one since the one before
 * @param expire how long after acceptance the queue gives up
 * @param attemptsAtOnce attempts running at the same time, over all destinations
 * @param perDestination attempts running at the same time for one MX domain
 * @param heldBytes octets of bodies kept in memory between acceptance and the first attempt
 * @param queues the virtual queues, which may have other waits
 */
public record ScheduleSettings(
        Conditional<List<Duration>> retry,
        Conditional<List<Duration>> notifyAfter,
        Conditional<Duration> expire,
        int attemptsAtOnce,
        int perDestination,
        long heldBytes,
        VirtualQueues queues) {
    /** Default of {@link #attemptsAtOnce}. */
    public static final int DEFAULT_ATTEMPTS = 1_000;

    /** Default of {@link #perDestination}. */
    public static final int DEFAULT_PER_DESTINATION = 20;

    /** Default of {@link #heldBytes}: 32 MiB. */
    public static final long DEFAULT_HELD_BYTES = 32L * 1024 * 1024;

    /** Without virtual queues; the parameters are those of the record. */
    public ScheduleSettings(
            Conditional<List<Duration>> retry,
            Conditional<List<Duration>> notifyAfter,
            Conditional<Duration> expire,
            int attemptsAtOnce,
            int perDestination,
            long heldBytes) {
        this(retry, notifyAfter, expire, attemptsAtOnce, perDestination, heldBytes, VirtualQueues.NONE);
    }

    /**
     * The same with virtual queues.
     *
     * @param virtual what is in force of them
     */
    public ScheduleSettings with(VirtualQueues virtual) {
        return new ScheduleSettings(retry, notifyAfter, expire, attemptsAtOnce, perDestination, heldBytes, virtual);
    }

    /** The waits of a schedule. */
    public enum Wait {
        /** {@link #retry}. */
        RETRY("retry"),
        /** {@link #notifyAfter}. */
        NOTIFY("notify"),
        /** {@link #expire}. */
        EXPIRE("expire");

        private final String word;

        Wait(String word) {
            this.word = word;
        }

        /** The last part of the setting's name. */
        public String word() {
            return word;
        }
    }

    /**
     * The waits after failures.
     *
     * @param queue null for the ordinary queue
     */
    public Conditional<List<Duration>> retry(@Nullable VirtualQueue queue) {
        return queue == null ? retry : queue.retry();
    }

    /**
     * When delay notifications fall due.
     *
     * @param queue null for the ordinary queue
     */
    public Conditional<List<Duration>> notifyAfter(@Nullable VirtualQueue queue) {
        return queue == null ? notifyAfter : queue.notifyAfter();
    }

    /**
     * How long after acceptance the queue gives up.
     *
     * @param queue null for the ordinary queue
     */
    public Conditional<Duration> expire(@Nullable VirtualQueue queue) {
        return queue == null ? expire : queue.expire();
    }

    /**
     * The name of the setting that a wait of a queue is from.
     *
     * @param wait which
     * @param queue null for the ordinary queue
     */
    public String key(Wait wait, @Nullable VirtualQueue queue) {
        String ordinary = "queue.schedule." + wait.word();
        if (queue == null) {
            return ordinary;
        }
        boolean own = switch (wait) {
            case RETRY -> queue.retry() != retry;
            case NOTIFY -> queue.notifyAfter() != notifyAfter;
            case EXPIRE -> queue.expire() != expire;
        };
        return own ? "queue.virtual." + segment(queue.id()) + ".schedule." + wait.word() : ordinary;
    }

    /** As TOML has it in a dotted key. */
    private static String segment(String id) {
        return id.indexOf('.') < 0 ? id : '"' + id + '"';
    }
}
