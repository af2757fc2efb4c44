package dev.nexthop.route;

import dev.nexthop.expr.Rules;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who decides where mail goes.
 *
 * @param nextHop {@code queue.outbound.next-hop}; empty for the default: local domains to the store, else MX
 * @param remotes the hosts of {@code remote.<id>} by id, at least one each, in the order in which they are tried
 * @param localStore whether the local message store is on, and with it the hop {@code local}
 */
public record RoutingSettings(Optional<Rules> nextHop, Map<String, List<RemoteHost>> remotes, boolean localStore) {
    /** Copies the map. */
    public RoutingSettings {
        remotes = Map.copyOf(remotes);
    }
}
