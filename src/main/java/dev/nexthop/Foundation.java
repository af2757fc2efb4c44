package dev.nexthop;

import dev.nexthop.client.Connector;
import dev.nexthop.client.IdleSessions;
import dev.nexthop.delivery.Delivery;
import dev.nexthop.delivery.HopHealth;
import dev.nexthop.event.Events;
import dev.nexthop.limit.QuotaSpool;
import dev.nexthop.limit.Quotas;
import dev.nexthop.limit.Throttles;
import dev.nexthop.lookup.EmbeddedStores;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.queue.Spool;
import dev.nexthop.sts.PolicyCache;
import java.time.Clock;

/**
 * What stays as it is from the start of a server to its end, whatever configurations come and go.
 *
 * @param clock the time of day
 * @param events hears what happens
 * @param spool keeps the mail, as much as the quotas have room for
 * @param mailboxes the local store
 * @param embedded the databases of look-up stores on this host
 * @param outbound what delivery keeps
 * @param limits what throttles and quotas have counted
 * @param policies the MTA-STS policies of other domains
 * @param token the secret that commands on this machine log in with; never shown
 */
record Foundation(
        Clock clock,
        Events events,
        Spool spool,
        Mailboxes mailboxes,
        EmbeddedStores embedded,
        Outbound outbound,
        Limits limits,
        PolicyCache policies,
        String token) {
    /**
     * What delivery keeps from one configuration to the next.
     *
     * @param connector opens connections to next hops
     * @param idle connections that wait for the next message
     * @param memory what was learned about hosts and addresses
     * @param resolving whether the resolver in force can be believed about DNSSEC
     */
    record Outbound(Connector connector, IdleSessions idle, Delivery.Memory memory, ResolverWatch resolving) {
        /** What was learned about configured hosts. */
        HopHealth health() {
            return memory.health();
        }
    }

    /**
     * What was counted.
     *
     * @param throttles how fast and how much at once
     * @param quotas how much the queue holds
     * @param spool counts for them
     */
    record Limits(Throttles throttles, Quotas quotas, QuotaSpool spool) {}

    @Override
    public String toString() {
        return "Foundation";
    }
}
