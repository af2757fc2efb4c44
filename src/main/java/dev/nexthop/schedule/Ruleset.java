package dev.nexthop.schedule;

import dev.nexthop.delivery.Deliverer;
import dev.nexthop.dsn.DsnWriter;
import dev.nexthop.event.Events;
import dev.nexthop.expr.Lookups;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.route.Router;

/**
 * Everything of one configuration that the scheduler goes by. A decision or an attempt takes one from the
 * {@link Rulebook} at its start and gives it back at its end, so that it never sees half of two configurations.
 *
 * @param number of the configuration; later ones have higher numbers
 * @param router decides where recipients go
 * @param lookups answers the look-ups of rules
 * @param deliverer makes attempts
 * @param dsn writes notifications
 * @param timing when and how much
 * @param done called by {@link #close}, once for each {@link Rulebook#open}
 */
public record Ruleset(
        long number, Router router, Lookups lookups, Deliverer deliverer, DsnWriter dsn, Timing timing, Runnable done)
        implements AutoCloseable {
    /**
     * When, how much and who together.
     *
     * @param settings when a recipient is tried, and how many at once
     * @param grouping who may share a transaction
     * @param throttles how fast
     */
    public record Timing(ScheduleSettings settings, Grouping grouping, ThrottleRules throttles) {
        /** Without throttles; the parameters are those of the record. */
        public Timing(ScheduleSettings settings, Grouping grouping) {
            this(settings, grouping, ThrottleRules.NONE);
        }
    }

    ThrottleRules throttles() {
        return timing.throttles();
    }

    ScheduleSettings settings() {
        return timing.settings();
    }

    Grouping grouping() {
        return timing.grouping();
    }

    /**
     * Where recipients of new messages start.
     *
     * @param events hears of a setting that fails
     */
    public StartingState starting(Events events) {
        return new StartingState(settings(), lookups, events);
    }

    NextState next(Events events) {
        return new NextState(settings(), lookups, events);
    }

    /** Gives it back: what is behind it may be closed when a newer one is in force and nobody else holds it. */
    @Override
    public void close() {
        done.run();
    }
}
