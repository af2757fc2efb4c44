package dev.nexthop.mail;

import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Reply;
import java.util.Optional;

/**
 * Why a recipient has the outcome it has; it travels unchanged from the socket to the queue, the log line and the
 * delivery status notification.
 *
 * @param status the enhanced status code, ours where the remote gave none
 * @param error the class of trouble that rules can ask about as {@code last_error}
 * @param reason one sentence for people, without secrets
 * @param reply the remote server's words, where it said any
 * @param host the remote host's name, empty when none was reached for
 * @param ip the remote address, empty when none was connected to
 * @param step where it happened
 */
public record Diagnosis(
        EnhancedStatus status,
        ErrorKind error,
        String reason,
        Optional<Reply> reply,
        String host,
        String ip,
        Step step) {
    /** Stands in a reason before the reason of an earlier failure. */
    public static final String EARLIER = "; before that: ";

    /**
     * A diagnosis without a remote host.
     *
     * @param status the enhanced status code
     * @param error the class of trouble
     * @param reason one sentence for people
     * @param step where it happened
     */
    public static Diagnosis local(EnhancedStatus status, ErrorKind error, String reason, Step step) {
        return new Diagnosis(status, error, reason, Optional.empty(), "", "", step);
    }

    /**
     * The same with its status in another class, as when what is final at one host only defers the recipient.
     *
     * @param category 2, 4 or 5
     */
    public Diagnosis inClass(int category) {
        return new Diagnosis(status.inClass(category), error, reason, reply, host, ip, step);
    }
}
