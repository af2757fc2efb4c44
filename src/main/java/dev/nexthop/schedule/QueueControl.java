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
 * rules can't say of somebody whether he is in it, all others are seen to, and then an {@link UndecidedException} says so.
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
     * @param more whether others are meant that are not in the list
     */
    record Listing(List<QueuedMessage> messages, boolean more) {
        /** Copies the list. */
        public Listing {
            messages = List.copyOf(messages);
        }
    }

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
    int retry(QueueFilter filter) throws IOException;

    /**
     * Takes recipients out of the queue without a notification to the sender, also those that are delivered and only wait
     * for him to be told. One that is being delivered right now is left alone.
     *
     * @param filter which
     * @return how many recipients were taken out
     */
    int cancel(QueueFilter filter) throws IOException;

    /**
     * Keeps recipients from being tried until they are released.
     *
     * @param filter which
     * @return how many recipients are held now that were not before
     */
    default int hold(QueueFilter filter) throws IOException {
        return hold(filter, Optional.empty());
    }

    /**
     * Keeps recipients from being tried until they are released, or a time is over.
     *
     * @param filter which
     * @param terms why, by whom and until when; empty says nothing and holds them until they are released
     * @return how many recipients are held now that were not before
     */
    int hold(QueueFilter filter, Optional<Order.Terms> terms) throws IOException;

    /**
     * Lets recipients go on at once that an operator holds; one that the sender wants held as well (RFC 4865) waits for
     * that time. What the sender alone holds is let go only when the filter names the message.
     *
     * @param filter which; with a message's id it ends the sender's hold too
     * @return how many recipients were released
     */
    int release(QueueFilter filter) throws IOException;

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
     * The virtual queues that the rules put recipients into now. May block on look-ups of the rules.
     *
     * @param message one of the queue
     * @return ids by index of the recipient; nothing of those in the ordinary queue, of those that are done, nor where the rules can't say
     */
    Map<Integer, String> queues(QueuedMessage message);

    /**
     * Why a recipient waits.
     *
     * @param status the word that programs see
     * @param text a sentence
     * @param order the number of the order; 0 without one
     */
    record Remark(String status, String text, long order) {}
}
