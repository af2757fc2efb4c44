package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import java.time.Instant;
import java.util.List;

/**
 * A message on stable storage.
 *
 * @param id its name
 * @param created when it was accepted
 * @param envelope as accepted
 * @param body its bytes
 * @param recipients where each recipient stands, in the order of the envelope
 */
public record QueuedMessage(
        QueueId id, Instant created, Envelope envelope, MessageBody body, List<RecipientState> recipients) {
    /** Copies the list. */
    public QueuedMessage {
        recipients = List.copyOf(recipients);
    }

    /**
     * The same message with recipients that have moved on.
     *
     * @param next the states, in the order of the envelope
     */
    public QueuedMessage with(List<RecipientState> next) {
        return new QueuedMessage(id, created, envelope, body, next);
    }

    /** Whether no recipient waits any more. */
    public boolean done() {
        return recipients.stream().allMatch(state -> state.status().done());
    }
}
