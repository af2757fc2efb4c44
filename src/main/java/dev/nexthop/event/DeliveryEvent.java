package dev.nexthop.event;

import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import java.time.Duration;

/**
 * One attempt for one recipient has ended.
 *
 * @param id the message
 * @param recipient the forward-path
 * @param hop id of the next hop
 * @param tls the word of the TLS verdict
 * @param outcome what it came to
 * @param delays where the time went
 */
public record DeliveryEvent(QueueId id, String recipient, String hop, String tls, Outcome outcome, Delays delays) {
    /**
     * Where the time of an attempt went.
     *
     * @param queue from acceptance to the start of the attempt
     * @param connect until a connection was ready, pooled or new
     * @param send from MAIL to the final reply
     */
    public record Delays(Duration queue, Duration connect, Duration send) {
        /** No time at all. */
        public static final Delays NONE = new Delays(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
}
