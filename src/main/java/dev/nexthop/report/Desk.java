package dev.nexthop.report;

import dev.nexthop.dns.Resolver;
import dev.nexthop.expr.Lookups;
import dev.nexthop.queue.InitialSchedule;

/**
 * What one configuration says about reports, and what they are sent with.
 *
 * @param settings who we are, and how often
 * @param resolver asks DNS
 * @param lookups answers look-ups of the settings
 * @param starting where the recipient of a report starts in the queue
 * @param done called by {@link #close}
 */
public record Desk(
        ReportSettings settings, Resolver resolver, Lookups lookups, InitialSchedule starting, Runnable done)
        implements AutoCloseable {
    @Override
    public void close() {
        done.run();
    }
}
