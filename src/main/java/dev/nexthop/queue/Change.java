package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.util.List;

/** A change of a message in the spool. */
public sealed interface Change {
    /** The message that changes. */
    QueueId id();

    /**
     * Recipients have moved on.
     *
     * @param id the message
     * @param recipients all of its recipients, in the order of the envelope
     */
    record Progress(QueueId id, List<RecipientState> recipients) implements Change {}

    /**
     * Every recipient is done: the message leaves the spool.
     *
     * @param id the message
     */
    record Removal(QueueId id) implements Change {}
}
