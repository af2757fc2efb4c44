package dev.nexthop.schedule;

import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.mail.Outcome;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of the log for recipients that an operator takes out of the queue, each with its virtual queue. To be told without a lock,
 * for the rules may look something up. Of one request, for one thread.
 */
final class Farewell {
    private static final Logger LOG = LoggerFactory.getLogger(Farewell.class);

    private final SchedulerParts parts;
    private final Inquiry inquiry;
    private final Optional<String> queue;
    private int unknown;
    private String reason = "";

    /**
     * For one request.
     *
     * @param queue the virtual queue that all of them are in; empty when the rules must say
     */
    Farewell(SchedulerParts parts, Inquiry inquiry, Optional<String> queue) {
        this.parts = parts;
        this.inquiry = inquiry;
        this.queue = queue;
    }

    /**
     * Tells of some.
     *
     * @param before the message as it stood
     * @param gone their new states, by index
     * @param now since when
     */
    void tell(QueuedMessage before, Map<Integer, RecipientState> gone, Instant now) {
        Map<Integer, QueueControl.Membership> queues =
                queue.isPresent() ? Map.of() : inquiry.of(before, gone::containsKey);
        gone.forEach((index, state) -> {
            QueueControl.Membership one = queues.getOrDefault(index, new QueueControl.Membership(queue.orElse(""), ""));
            if (!one.fault().isEmpty()) {
                unknown++;
                reason = one.fault();
            }
            tell(before, state, now, one.queue());
        });
    }

    private void tell(QueuedMessage message, RecipientState state, Instant now, String of) {
        LastAttempt last = state.last().orElseThrow();
        parts.events()
                .delivery(new DeliveryEvent(
                        message.id(),
                        state.address().toString(),
                        last.hop(),
                        "none",
                        "",
                        new Outcome.Failed(last.diagnosis()),
                        new DeliveryEvent.Delays(
                                Duration.between(message.created(), now), Duration.ZERO, Duration.ZERO),
                        of));
    }

    /** Behind the last of them. */
    void end() {
        if (unknown > 0) {
            LOG.warn(
                    "recipients that were cancelled and whose lines of the log name no virtual queue, for nobody can say"
                            + " it: {}; {}",
                    unknown,
                    reason);
        }
    }
}
