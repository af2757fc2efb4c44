package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Mail on stable storage. What {@link Draft#commit} returned survives a kill or a power cut at any instant; what
 * {@link #apply} was given survives a kill once its future completes, and a power cut once a later synced write has
 * carried it along (an outcome lost to a power cut is tried again: RFC 5321 §6.1 prefers a duplicate to a loss).
 */
public interface Spool extends AutoCloseable {
    /**
     * Begins a message.
     *
     * @throws SpoolFullException when the disk has less room than the reserve
     */
    Draft begin() throws IOException;

    /**
     * Records what happened to messages, in order, asynchronously; changes of many callers share a write.
     *
     * @param changes of one or more messages; become durable together
     * @return completes when written, exceptionally with an IOException when that failed
     */
    CompletableFuture<Void> apply(List<Change> changes);

    /**
     * Reads one message; its body is opened lazily.
     *
     * @return empty when it is not in the spool
     * @throws IOException when what is stored of it is damaged, or the disk fails
     */
    Optional<QueuedMessage> read(QueueId id) throws IOException;

    /**
     * Gives every message in the order of ids, as after a restart. A record that can't be read is reported to the log
     * and left where it is; it never stops the rest.
     *
     * @param taker called once a message on the calling thread; bodies are opened lazily
     * @throws IOException when the disk gives nothing; or behind all that could be given, when there may be messages of which
     *     it gives no word: then try again
     */
    default void forEach(Consumer<QueuedMessage> taker) throws IOException {
        scan(message -> {
            taker.accept(message);
            return true;
        });
    }

    /**
     * As {@link #forEach}, until the taker has had enough.
     *
     * @param taker called once a message on the calling thread; false ends the scan
     */
    void scan(Predicate<QueuedMessage> taker) throws IOException;

    /**
     * As {@link #forEach}, telling of what can't be read.
     *
     * @param taker called once a message on the calling thread
     * @param damaged called once for each message that can't be read: {@link #read} says why
     */
    default void forEach(Consumer<QueuedMessage> taker, Consumer<QueueId> damaged) throws IOException {
        forEach(taker);
    }

    /**
     * Puts a message out of the way that can't be read, keeping what is stored of it; raises an alarm. Only for one that
     * nobody has in hand. Returns when that is on stable storage.
     *
     * @param id the message
     * @param reason what {@link #read} threw
     * @return false when the reason is trouble with the disk, the message is whole when it is read once more, or this spool
     *     has no such place: the message is where it was
     * @throws IOException when the disk fails; the message is where it was
     */
    default boolean quarantine(QueueId id, IOException reason) throws IOException {
        return false;
    }

    /** Flushes what waits, syncs and closes. Commits that come later fail. */
    @Override
    void close();
}
