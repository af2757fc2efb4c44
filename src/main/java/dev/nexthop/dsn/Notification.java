package dev.nexthop.dsn;

import dev.nexthop.mail.Envelope;
import java.util.List;

/**
 * A delivery status notification, ready to be queued.
 *
 * @param envelope from the null reverse-path to the original sender (RFC 5321 §6.1, RFC 3464 §2)
 * @param message its bytes: CRLF line ends, no line longer than 998 octets (RFC 5321 §4.5.3.1.6)
 * @param faults settings that could not be used and were replaced by their default, one sentence each, for an operator
 */
public record Notification(Envelope envelope, byte[] message, List<String> faults) {
    /** Copies the list. */
    public Notification {
        faults = List.copyOf(faults);
    }
}
