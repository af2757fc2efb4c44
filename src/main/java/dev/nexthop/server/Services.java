package dev.nexthop.server;

import dev.nexthop.directory.Directory;
import dev.nexthop.event.Events;
import dev.nexthop.queue.InitialSchedule;
import dev.nexthop.queue.QuotaGate;
import dev.nexthop.queue.Spool;

/**
 * What sessions work with.
 *
 * @param spool where accepted messages go
 * @param directory who is local and who may log in
 * @param relay who may send elsewhere
 * @param schedule where recipients start
 * @param events where acceptance and trouble are told
 * @param tenancy counts who works with them
 * @param quotas whether there is room for more mail of somebody
 */
public record Services(
        Spool spool,
        Directory directory,
        RelayPolicy relay,
        InitialSchedule schedule,
        Events events,
        Tenancy tenancy,
        QuotaGate quotas) {
    /**
     * Services that are never closed, without quotas.
     *
     * @param spool where accepted messages go
     * @param directory who is local and who may log in
     * @param relay who may send elsewhere
     * @param schedule where recipients start
     * @param events where acceptance and trouble are told
     */
    public Services(Spool spool, Directory directory, RelayPolicy relay, InitialSchedule schedule, Events events) {
        this(spool, directory, relay, schedule, events, Tenancy.FOREVER, QuotaGate.UNLIMITED);
    }
}
