package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

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

    /**
     * Until when the sender wants a recipient held (RFC 4865).
     *
     * @param state one of its recipients
     * @return empty when he does not, or an operator has released it early
     */
    public Optional<Instant> heldUntil(RecipientState state) {
        if (state.status() != RecipientStatus.SCHEDULED || state.attempts() > 0) {
            return Optional.empty();
        }
        return envelope.requests()
                .holdUntil()
                .map(until -> until.truncatedTo(ChronoUnit.MILLIS))
                .filter(until -> until.isAfter(created) && !state.due().isBefore(until));
    }

    /** Whether no recipient waits any more. */
    public boolean done() {
        return recipients.stream().allMatch(state -> state.status().done());
    }
}
