package dev.nexthop.schedule;

import dev.nexthop.event.Events;
import dev.nexthop.queue.Spool;

/**
 * Whom the scheduler works with.
 *
 * @param spool keeps the mail; its taker calls {@link Scheduler#accept}
 * @param rules what it goes by
 * @param events hears what happened
 * @param orders what operators have ordered
 */
public record SchedulerParts(Spool spool, Rulebook rules, Events events, OrderBook orders) {
    /** Where operators' orders end with the process; the parameters are those of the record. */
    public SchedulerParts(Spool spool, Rulebook rules, Events events) {
        this(spool, rules, events, OrderBook.empty());
    }
}
