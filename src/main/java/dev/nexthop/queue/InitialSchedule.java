package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.smtp.Mailbox;
import java.time.Instant;

/** Where a recipient of a new message starts: when it is tried, when a delay is told, when the queue gives up. */
@FunctionalInterface
public interface InitialSchedule {
    /**
     * The first state of a recipient.
     *
     * @param envelope the envelope that it belongs to
     * @param id the message
     * @param size its octets
     * @param recipient one of its recipients
     * @param now when the message was accepted
     */
    RecipientState initial(Envelope envelope, QueueId id, long size, Mailbox recipient, Instant now);
}
