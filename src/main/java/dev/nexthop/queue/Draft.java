package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.util.List;

/**
 * A message on its way in. Its bytes stay in memory up to the spool's threshold and go to a file beyond it. Closing
 * a draft that was not committed leaves nothing behind. One thread at a time.
 */
public interface Draft extends AutoCloseable {
    /** The id that the message will have, known early for its Received field. */
    QueueId id();

    /**
     * Adds bytes of the message.
     *
     * @param bytes the source, not kept
     * @param offset first byte
     * @param length number of bytes
     * @throws SpoolFullException when the disk or the spool's limit has no room
     * @throws IOException when the disk fails
     */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Octets written so far. */
    long size();

    /**
     * Makes the message durable and blocks until it is; then hands it to the spool's taker. Several drafts waiting at
     * once share one synced write.
     *
     * @param envelope the envelope
     * @param recipients where each recipient starts, in the order of the envelope
     * @param alongside changes of other messages that become durable in the same atomic write, or not at all
     * @return the message, its body still in memory when small
     * @throws SpoolFullException when there is no room; nothing was kept
     * @throws IOException when the write failed; the message is not accepted
     */
    QueuedMessage commit(Envelope envelope, List<RecipientState> recipients, List<Change> alongside) throws IOException;

    @Override
    void close();
}
