package dev.nexthop.delivery;

import dev.nexthop.event.DeliveryEvent.Delays;
import dev.nexthop.mail.Outcome;
import dev.nexthop.tls.TlsVerdict;
import java.util.List;

/**
 * What one attempt came to.
 *
 * @param outcomes one for each recipient of the job, in its order
 * @param verdict what was learned about the next hop
 * @param tls how secure the last connection was
 * @param delays where the time went; {@code queue} is filled in by the scheduler
 */
public record Attempt(List<Outcome> outcomes, HopVerdict verdict, TlsVerdict tls, Delays delays) {
    /** Copies the list. */
    public Attempt {
        outcomes = List.copyOf(outcomes);
    }
}
