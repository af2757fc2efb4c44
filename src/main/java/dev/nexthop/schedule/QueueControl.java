package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator may do to the queue while it works. Calls may read the disk: not for virtual threads. A filter that names a
 * virtual queue that is not defined is an {@link UndefinedQueueException}, whose message is a sentence for the operator. Where the
 * rules can't say of a recipient whether it is in that queue, all others are seen to, and the result says so. The rules may have to look
 * something up for each recipient: a call that asks them ends after some seconds, and its result says where the next one goes on.
 */
public interface QueueControl {
    /** A list ends behind the message that brings it to so many recipients, whatever its limit. */
    int MAX_LISTED_RECIPIENTS = 20_000;

    /**
     * The messages that hold recipients that are meant, oldest first.
     *
     * @param filter which
     * @param limit at most so many messages
     */
    Listing list(QueueFilter filter, int limit) throws IOException;

    /**
     * A part of the queue.
     *
     * @param messages oldest first
     * @param queues where their recipients are, as {@link QueueControl#queues} has it; nothing unless the filter names a virtual queue.
     *     Then a message is in the list also when nobody can say whether a recipient is in that queue
     * @param next the message with which {@link QueueFilter#from} goes on: one that is meant, or with which nobody has begun when the
     *     time was over. Empty when nobody else is meant
     */
    record Listing(
            List<QueuedMessage> messages, Map<QueueId, Map<Integer, Membership>> queues, Optional<QueueId> next) {
        /** Copies the lists. */
        public Listing {
            messages = List.copyOf(messages);
            queues = Map.copyOf(queues);
        }
    }

    /**
     * In which virtual queue a recipient is.
     *
     * @param queue its id; empty for the ordinary one, and when nobody can say
     * @param fault why nobody can say, a sentence; else empty
     */
    record Membership(String queue, String fault) {}

    /**
     * What one request has done.
     *
     * @param recipients for so many
     * @param undecided so many were left as they are, because nobody can say whether they are in the virtual queue that the filter names
     * @param reason why, of one of them; empty when there is none
     * @param next the message with which {@link QueueFilter#from} goes on, for the time was over; empty when all are seen to
     */
    record Done(int recipients, int undecided, String reason, Optional<QueueId> next) {}

    /**
     * One message.
     *
     * @param id its name
     * @return empty when it is not in the queue
     */
    Optional<QueuedMessage> show(QueueId id) throws IOException;

    /**
     * Tries recipients at once that wait for their time, but not those that the sender wants held (RFC 4865).
     *
     * @param filter which
     * @return how many recipients are due now
     */
    Done retry(QueueFilter filter) throws IOException;

    /**
     * Takes recipients out of the queue without a notification to the sender, also those that are delivered and only wait
     * for him to be told. One that is being delivered right now is left alone.
     *
     * @param filter which
     * @return how many recipients were taken out
     */
    Done cancel(QueueFilter filter) throws IOException;

    /**
     * Keeps recipients from being tried until they are released.
     *
     * @param filter which
     * @return how many recipients are held now that were not before
     */
    default Done hold(QueueFilter filter) throws IOException {
        return hold(filter, Optional.empty());
    }

    /**
     * Keeps recipients from being tried until they are released, or a time is over.
     *
     * @param filter which
     * @param terms why, by whom and until when; empty says nothing and holds them until they are released
     * @return how many recipients are held now that were not before
     */
    Done hold(QueueFilter filter, Optional<Order.Terms> terms) throws IOException;

    /**
     * Lets recipients go on at once that an operator holds; one that the sender wants held as well (RFC 4865) waits for
     * that time. What the sender alone holds is let go only when the filter names the message.
     *
     * @param filter which; with a message's id it ends the sender's hold too
     * @return how many recipients were released
     */
    Done release(QueueFilter filter) throws IOException;

    /** What operators have ordered until further notice. */
    OrderControl orders();

    /**
     * What is to be said of recipients that wait because an operator wants it so.
     *
     * @param message one of the queue
     * @return by index of the recipient; nothing of those that wait for their time
     */
    Map<Integer, Remark> remarks(QueuedMessage message);

    /**
     * The virtual queues that the rules put recipients into now. May block on look-ups of the rules, for some seconds.
     *
     * @param message one of the queue
     * @return by index of the recipient; nothing of those in the ordinary queue, nor of those that are done
     */
    Map<Integer, Membership> queues(QueuedMessage message);

    /**
     * Why a recipient waits.
     *
     * @param status the word that programs see
     * @param text a sentence
     * @param order the number of the order; 0 without one
     */
    record Remark(String status, String text, long order) {}
}
