package dev.nexthop.report;

import dev.nexthop.dns.Resolver;
import dev.nexthop.expr.Lookups;
import dev.nexthop.queue.InitialSchedule;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;

/**
 * What one configuration says about reports, and what they are sent with.
 *
 * @param settings who we are, and how often
 * @param resolver asks DNS
 * @param lookups answers look-ups of the settings
 * @param starting where the recipient of a report starts in the queue
 * @param refusal why an address that DNS names is not connected to; empty when it is
 * @param done called by {@link #close}
 */
public record Desk(
        ReportSettings settings,
        Resolver resolver,
        Lookups lookups,
        InitialSchedule starting,
        Function<InetAddress, Optional<String>> refusal,
        Runnable done)
        implements AutoCloseable {
    @Override
    public void close() {
        done.run();
    }
}
