package dev.nexthop.schedule;

import dev.nexthop.event.Events;
import dev.nexthop.queue.Spool;

/**
 * Whom the scheduler works with.
 *
 * @param spool keeps the mail; its taker calls {@link Scheduler#accept}
 * @param rules what it goes by
 * @param events hears what happened
 */
public record SchedulerParts(Spool spool, Rulebook rules, Events events) {}
