package dev.nexthop.schedule;

import dev.nexthop.delivery.Deliverer;
import dev.nexthop.dsn.DsnWriter;
import dev.nexthop.event.Events;
import dev.nexthop.expr.Lookups;
import dev.nexthop.queue.Spool;
import dev.nexthop.route.Router;

/**
 * Whom the scheduler works with.
 *
 * @param spool keeps the mail; its taker calls {@link Scheduler#accept}
 * @param router decides where recipients go
 * @param lookups answers the look-ups of rules
 * @param deliverer makes attempts
 * @param dsn writes notifications
 * @param events hears what happened
 */
public record SchedulerParts(
        Spool spool, Router router, Lookups lookups, Deliverer deliverer, DsnWriter dsn, Events events) {}
