package dev.nexthop.delivery;

import dev.nexthop.event.DeliveryEvent.Delays;
import dev.nexthop.limit.Refusal;
import dev.nexthop.mail.Outcome;
import dev.nexthop.tls.TlsVerdict;
import java.util.List;
import java.util.Map;

/**
 * What one attempt came to.
 *
 * @param outcomes one for each recipient of the job, in its order
 * @param verdict what was learned about the next hop
 * @param tls how secure the last connection was
 * @param delays where the time went; {@code queue} is filled in by the scheduler
 * @param refusals by index in the job, recipients that were not tried because the throttles of the hosts did not let them go;
 *     their outcomes say nothing
 */
public record Attempt(
        List<Outcome> outcomes, HopVerdict verdict, TlsVerdict tls, Delays delays, Map<Integer, Refusal> refusals) {
    /** Copies the list and the map. */
    public Attempt {
        outcomes = List.copyOf(outcomes);
        refusals = Map.copyOf(refusals);
    }

    /** An attempt that no throttle kept from anybody; the parameters are those of the record. */
    public Attempt(List<Outcome> outcomes, HopVerdict verdict, TlsVerdict tls, Delays delays) {
        this(outcomes, verdict, tls, delays, Map.of());
    }
}
