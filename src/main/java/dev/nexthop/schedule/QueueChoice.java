package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;

/**
 * Who is in the virtual queue that an operator names, as the rules say now. It is to be asked without a lock, for look-ups may block.
 * Of one request, for one thread.
 */
final class QueueChoice {
    private final QueueFilter filter;
    private final Inquiry inquiry;
    private final String wanted;
    private int undecided;
    private String reason = "";
    private Optional<QueueId> next = Optional.empty();

    /**
     * A choice.
     *
     * @param filter names a queue
     * @throws UndefinedQueueException when that is not defined, in a sentence for the operator
     */
    QueueChoice(QueueFilter filter, SchedulerParts parts, Inquiry inquiry) {
        this.filter = filter;
        this.inquiry = inquiry;
        this.wanted = filter.queue().orElseThrow();
        try (Ruleset rules = parts.rules().open()) {
            VirtualQueues queues = rules.settings().queues();
            if (queues.get(wanted) == null) {
                throw new UndefinedQueueException("the filter " + queues.undefined(wanted));
            }
        }
    }

    /** Whether there is time for one more message; where not, another request goes on with it. */
    boolean goesOn(QueueId id) {
        if (next.isEmpty() && !inquiry.goesOn()) {
            next = Optional.of(id);
        }
        return next.isEmpty();
    }

    /** The message for which there was no time. */
    Optional<QueueId> next() {
        return next;
    }

    /** The recipients of a message that the filter means and that are in the queue, by index. */
    BitSet of(QueuedMessage message) {
        BitSet meant = new BitSet();
        meant(message).forEach((index, one) -> {
            if (one.fault().isEmpty()) {
                meant.set(index, one.queue().equals(wanted));
            } else {
                undecided(one.fault());
            }
        });
        return meant;
    }

    private Map<Integer, QueueControl.Membership> meant(QueuedMessage message) {
        return filter.mayHold(message)
                ? inquiry.of(message, i -> filter.means(message.recipients().get(i)))
                : Map.of();
    }

    /**
     * Where all recipients of a message are, when one that the filter means is in the queue, or may be.
     *
     * @return empty when it is not to be listed
     */
    Map<Integer, QueueControl.Membership> listed(QueuedMessage message) {
        Map<Integer, QueueControl.Membership> meant = meant(message);
        boolean listed = meant.values().stream()
                .anyMatch(one -> one.queue().equals(wanted) || !one.fault().isEmpty());
        if (!listed) {
            return Map.of();
        }
        meant.putAll(inquiry.of(message, i -> !filter.means(message.recipients().get(i))));
        return virtual(meant);
    }

    /** Without those in the ordinary queue. */
    static Map<Integer, QueueControl.Membership> virtual(Map<Integer, QueueControl.Membership> all) {
        all.values().removeIf(one -> one.queue().isEmpty() && one.fault().isEmpty());
        return all;
    }

    /** Of somebody it can't be said. */
    void undecided(String why) {
        undecided++;
        reason = why;
    }

    /**
     * What a request has done.
     *
     * @param recipients for so many
     */
    QueueControl.Done done(int recipients) {
        return new QueueControl.Done(recipients, undecided, reason, next);
    }
}
