package dev.nexthop.delivery;

import dev.nexthop.limit.Comer;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import java.util.List;

/**
 * Some recipients of one message that share a next hop and every policy that depends on the recipient, and so can
 * share a transaction.
 *
 * @param id the message
 * @param envelope as accepted
 * @param body its bytes
 * @param hop where to
 * @param recipients at least one, each with what rules may ask about it
 * @param turn its place in the order of those who wait for a slot of a throttle; {@link Comer#NEW} when it has not waited
 */
public record Job(
        QueueId id, Envelope envelope, MessageBody body, NextHop hop, List<RecipientFacts> recipients, long turn) {
    /** A job that has waited for no throttle; the parameters are those of the record. */
    public Job(QueueId id, Envelope envelope, MessageBody body, NextHop hop, List<RecipientFacts> recipients) {
        this(id, envelope, body, hop, recipients, Comer.NEW);
    }

    /** Copies the list. */
    public Job {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("a job has at least one recipient");
        }
    }
}
