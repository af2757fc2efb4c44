package dev.nexthop.schedule;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A message that nobody sent, to find out what would become of it.
 *
 * @param envelope who it is from and for, and how it came in
 * @param id its name in the queue
 * @param size its octets
 * @param past what happened to each of its recipients
 */
public record Supposed(Envelope envelope, QueueId id, long size, Past past) {
    /**
     * What happened to each recipient.
     *
     * @param age how long ago it was accepted
     * @param attempts how often delivery was tried
     * @param notices how many delay notifications were sent
     * @param expiresIn the time until the queue gives up; empty for what {@code queue.schedule.expire} says
     * @param lastStatus the text of the newest failure
     * @param lastError the class of the newest trouble
     */
    public record Past(
            Duration age,
            int attempts,
            int notices,
            Optional<Duration> expiresIn,
            String lastStatus,
            ErrorKind lastError) {
        /** Nothing happened so far. */
        public static final Past NEW = new Past(Duration.ZERO, 0, 0, Optional.empty(), "", ErrorKind.NONE);
    }

    /**
     * What rules may ask about one of its recipients.
     *
     * @param recipient the recipient
     * @param now the instant of the decision
     * @param forecast knows when the queue gives up
     */
    public RecipientFacts facts(Mailbox recipient, Instant now, Forecast forecast) {
        RecipientFacts facts = facts(recipient, now, now.plus(StartingState.DEFAULT_EXPIRE));
        Instant expires = past.expiresIn().map(now::plus).orElseGet(() -> forecast.expiry(facts));
        return facts(recipient, now, expires);
    }

    private RecipientFacts facts(Mailbox recipient, Instant now, Instant expires) {
        RecipientFacts.History history = new RecipientFacts.History(
                now.minus(past.age()), past.attempts(), past.notices(), expires, past.lastStatus(), past.lastError());
        return new RecipientFacts(id, envelope, size, recipient, history, now, RecipientFacts.Host.UNKNOWN);
    }
}
