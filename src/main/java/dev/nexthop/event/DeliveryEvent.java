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
 * @param cipher the version of TLS and the cipher suite, such as {@code TLSv1.3/TLS_AES_128_GCM_SHA256}; empty in clear text
 * @param outcome what it came to
 * @param delays where the time went
 * @param queue the id of the virtual queue; empty for the ordinary one
 */
public record DeliveryEvent(
        QueueId id,
        String recipient,
        String hop,
        String tls,
        String cipher,
        Outcome outcome,
        Delays delays,
        String queue) {
    /** One of the ordinary queue; the parameters are those of the record. */
    public DeliveryEvent(
            QueueId id, String recipient, String hop, String tls, String cipher, Outcome outcome, Delays delays) {
        this(id, recipient, hop, tls, cipher, outcome, delays, "");
    }

    /** One without TLS, or of which nobody says more; the parameters are those of the record. */
    public DeliveryEvent(QueueId id, String recipient, String hop, String tls, Outcome outcome, Delays delays) {
        this(id, recipient, hop, tls, "", outcome, delays);
    }

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
