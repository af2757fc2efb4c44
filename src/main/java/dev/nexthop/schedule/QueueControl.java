package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What an operator may do to the queue while it works. Calls may read the disk: not for virtual threads. */
public interface QueueControl {
    /**
     * The messages that hold recipients that are meant, oldest first.
     *
     * @param filter which
     * @param limit at most so many
     */
    List<QueuedMessage> list(QueueFilter filter, int limit) throws IOException;

    /**
     * One message.
     *
     * @param id its name
     * @return empty when it is not in the queue
     */
    Optional<QueuedMessage> show(QueueId id) throws IOException;

    /**
     * Tries recipients at once that wait for their time.
     *
     * @param filter which
     * @return how many recipients are due now
     */
    int retry(QueueFilter filter) throws IOException;

    /**
     * Takes recipients out of the queue without a notification to the sender. One that is being delivered right now is
     * left alone.
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
    int hold(QueueFilter filter) throws IOException;

    /**
     * Lets held recipients go on at once.
     *
     * @param filter which
     * @return how many recipients were released
     */
    int release(QueueFilter filter) throws IOException;
}
