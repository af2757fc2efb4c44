package dev.nexthop.schedule;

import dev.nexthop.queue.QueuedMessage;
import java.time.Instant;
import java.util.BitSet;

/**
 * Who is in the virtual queue that an operator names, as the rules say now. It is to be asked without a lock, for look-ups may block.
 * Of one request, for one thread.
 */
final class QueueChoice {
    private final SchedulerParts parts;
    private final QueueFilter filter;
    private final String wanted;
    private int undecided;
    private String reason = "";

    /**
     * A choice.
     *
     * @param filter names a queue
     * @throws UndefinedQueueException when that is not defined, in a sentence for the operator
     */
    QueueChoice(QueueFilter filter, SchedulerParts parts) {
        this.filter = filter;
        this.parts = parts;
        this.wanted = filter.queue().orElseThrow();
        try (Ruleset rules = parts.rules().open()) {
            VirtualQueues queues = rules.settings().queues();
            if (queues.get(wanted) == null) {
                throw new UndefinedQueueException("the filter " + queues.undefined(wanted));
            }
        }
    }

    /** The recipients of a message that the filter means and that are in the queue, by index. */
    BitSet of(QueuedMessage message, Instant now) {
        BitSet meant = new BitSet();
        if (!filter.mayHold(message)) {
            return meant;
        }
        try (Ruleset rules = parts.rules().open()) {
            for (int i = 0; i < message.recipients().size(); i++) {
                if (!message.recipients().get(i).status().open()
                        || !filter.means(message.recipients().get(i))) {
                    continue;
                }
                VirtualQueues.Choice choice =
                        rules.settings().queues().choose(Histories.facts(message, i, now), rules.lookups());
                meant.set(i, choice.id().equals(wanted));
                if (!choice.fault().isEmpty()) {
                    undecided(choice.fault());
                }
            }
        }
        return meant;
    }

    /** Of somebody it can't be said. */
    void undecided(String why) {
        undecided++;
        reason = why;
    }

    /**
     * Whether the answer can be relied on.
     *
     * @param done what was done for those that are in the queue
     * @throws UndecidedException when of somebody nobody can say whether he is in the queue
     */
    void settle(String done) throws UndecidedException {
        if (undecided > 0) {
            throw new UndecidedException(
                    done + "; recipients of which nobody can say whether they are in the virtual queue '" + wanted
                            + "', and which were left as they are: " + undecided + "; " + reason);
        }
    }
}
