package dev.nexthop.dsn;

import dev.nexthop.expr.Facts;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Mailbox;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a sender is to be told.
 *
 * @param id the queue id that the notification itself will have
 * @param kind what it is about
 * @param original the message
 * @param recipients those it is about, at least one
 * @param facts what the settings may ask about the original's sender
 * @param now the date of the notification
 */
public record Report(QueueId id, Kind kind, Original original, List<Recipient> recipients, Facts facts, Instant now) {
    /** Copies the list. */
    public Report {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("a report is about at least one recipient");
        }
    }

    /** What a notification is about: the values of Action that we use (RFC 3464 §2.3.3). */
    public enum Kind {
        /** It was given up. */
        FAILED("failed", 5),
        /** It takes longer. */
        DELAYED("delayed", 4),
        /** It is in its mailbox (RFC 3461 §5.2.3). */
        DELIVERED("delivered", 2),
        /** It is with a host that tells nobody what becomes of it (RFC 3461 §5.2.2). */
        RELAYED("relayed", 2),
        /** The address stood for several, all of which have it (RFC 3461 §5.2.7.3). */
        EXPANDED("expanded", 2);

        final String action;
        final int statusClass;

        Kind(String action, int statusClass) {
            this.action = action;
            this.statusClass = statusClass;
        }

        /** Whether the news is good. */
        boolean success() {
            return statusClass == 2;
        }
    }

    /**
     * The message that the notification is about.
     *
     * @param id its queue id
     * @param arrival when it was accepted
     * @param envelope its envelope
     * @param body its bytes
     */
    public record Original(QueueId id, Instant arrival, Envelope envelope, MessageBody body) {}

    /**
     * One recipient.
     *
     * @param address the forward-path
     * @param original the address that the sender wrote, if he said so
     * @param diagnosis why
     * @param lastAttempt when it was tried last; empty when it was not tried yet
     * @param expires when we give up; told for delays (RFC 3464 §2.3.9)
     */
    public record Recipient(
            Mailbox address,
            Optional<Requests.Original> original,
            Diagnosis diagnosis,
            Optional<Instant> lastAttempt,
            Instant expires) {}
}
