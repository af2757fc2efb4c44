package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Promise;
import dev.nexthop.store.WriteException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drafts whose write failed or was not seen to succeed: the log may hold them all the same. They are removed with the
 * next write that succeeds, lest a message that was refused is delivered after a restart.
 */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final Database database;
    private final Function<QueueId, List<Edit>> removal;
    private final Set<QueueId> refused = ConcurrentHashMap.newKeySet();

    /**
     * @param database the spool's
     * @param removal what removes a message
     */
    Refusals(Database database, Function<QueueId, List<Edit>> removal) {
        this.database = database;
        this.removal = removal;
    }

    /** Hands over a write that removes them too. */
    CompletableFuture<Void> write(List<Edit> edits, Promise promise) {
        if (refused.isEmpty()) {
            return database.submit(edits, promise);
        }
        List<QueueId> gone = List.copyOf(refused);
        List<Edit> all = new ArrayList<>(edits);
        gone.forEach(id -> all.addAll(removal.apply(id)));
        return database.submit(all, promise).thenRun(() -> refused.removeAll(Set.copyOf(gone)));
    }

    /** One more. */
    void add(QueueId id) {
        refused.add(id);
        CompletableFuture<Void> _ = database.submit(removal.apply(id), Promise.WRITTEN)
                .whenComplete((_, failure) -> {
                    if (failure == null) {
                        refused.remove(id);
                    } else {
                        LOG.debug("the refused message {} is removed with the next write that succeeds", id);
                    }
                });
    }

    /**
     * Finds out what became of a write that was not seen to succeed: the next synced one has it behind it, and the database is
     * opened anew before, when that was broken. Returns when the message is on stable storage.
     *
     * @param id the message that was written
     * @param failure of that write
     * @throws WriteException when it is not, and never will be; or the failure, when that is still not known
     */
    void settle(QueueId id, WriteException failure) throws WriteException {
        boolean there;
        try {
            // A key that is nobody's: the write is for the disk's answer alone.
            database.commit(List.of(new Edit.Delete(Tables.META, Tables.key(id))));
            there = database.get(Tables.MESSAGE, Tables.key(id)).isPresent();
        } catch (IOException e) {
            failure.addSuppressed(e);
            throw failure;
        }
        if (!there) {
            throw failure.undone();
        }
        LOG.info("message {} is stored, though its write was not seen to succeed: {}", id, failure.getMessage());
    }
}
