package dev.nexthop.limit;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A spool that takes no more than the quotas have room for. Without quotas it adds nothing. */
public final class QuotaSpool implements Spool {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaSpool.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Spool spool;
    private final Quotas quotas;

    /**
     * Puts quotas before a spool.
     *
     * @param spool keeps the mail
     * @param quotas say how much
     */
    public QuotaSpool(Spool spool, Quotas quotas) {
        this.spool = spool;
        this.quotas = quotas;
    }

    /**
     * Takes the quotas of new rules, and counts what the queue holds, in the background, if they are other ones.
     *
     * @param next those in force from now on
     */
    public void follow(QuotaRules next) {
        if (quotas.follow(next)) {
            count(quotas.era());
        }
    }

    private void count(long era) {
        Thread.ofPlatform().name("quota-count").daemon(true).start(() -> recount(era));
    }

    /** Looks through the queue; the result counts only in the era in which that began. */
    void recount(long era) {
        try {
            quotas.counting(era);
            spool.scan(message -> {
                quotas.found(message, era);
                return era == quotas.era();
            });
            quotas.counted(era);
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("the queue could not be counted for quotas, next try in {} s", PAUSE.toSeconds(), e);
            CompletableFuture.delayedExecutor(PAUSE.toSeconds(), TimeUnit.SECONDS)
                    .execute(() -> {
                        if (era == quotas.era()) {
                            count(era);
                        }
                    });
        }
    }

    @Override
    public Draft begin() throws IOException {
        return new Counted(spool.begin());
    }

    @Override
    public CompletableFuture<Void> apply(List<Change> changes) {
        return spool.apply(changes).thenRun(() -> {
            if (quotas.active()) { // asked now: a count that began meanwhile may have seen what is gone since
                changes.forEach(quotas::changed);
            }
        });
    }

    @Override
    public Optional<QueuedMessage> read(QueueId id) throws IOException {
        return spool.read(id);
    }

    @Override
    public void scan(Predicate<QueuedMessage> taker) throws IOException {
        spool.scan(taker);
    }

    @Override
    public void forEach(Consumer<QueuedMessage> taker, Consumer<QueueId> damaged) throws IOException {
        spool.forEach(taker, damaged);
    }

    @Override
    public boolean quarantine(QueueId id, IOException reason) throws IOException {
        boolean gone = spool.quarantine(id, reason);
        if (gone) {
            quotas.changed(new Change.Removal(id));
        }
        return gone;
    }

    @Override
    public void close() {
        spool.close();
    }

    /**
     * Other quotas have come into force while a message was committed. It may have gone on, or left, before it counts under them:
     * nobody would tell of that again.
     */
    private void overtaken(QueuedMessage message, long era) {
        quotas.found(message, era);
        QueueId id = message.id();
        try {
            Change newest = spool.read(id)
                    .<Change>map(there -> new Change.Progress(id, there.recipients()))
                    .orElseGet(() -> new Change.Removal(id));
            quotas.changed(newest);
        } catch (IOException e) {
            LOG.warn("message {} counts for quotas, though it can't be read: {}", id, e.getMessage());
        }
    }

    /** A draft that counts from its commit. */
    private final class Counted implements Draft {
        private final Draft draft;

        Counted(Draft draft) {
            this.draft = draft;
        }

        @Override
        public QueueId id() {
            return draft.id();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            draft.write(bytes, offset, length);
        }

        @Override
        public long size() {
            return draft.size();
        }

        @Override
        public QueuedMessage commit(Envelope envelope, List<RecipientState> recipients, List<Change> alongside)
                throws IOException {
            long era = quotas.era();
            if (quotas.active()) {
                quotas.take(id(), envelope, size());
            }
            boolean committed = false;
            QueuedMessage message;
            try {
                message = draft.commit(envelope, recipients, alongside);
                committed = true;
            } finally {
                if (!committed) {
                    quotas.drop(id());
                }
            }
            if (quotas.active()) {
                alongside.forEach(quotas::changed);
                long now = quotas.era();
                if (era != now) {
                    overtaken(message, now);
                }
            }
            return message;
        }

        @Override
        public void close() {
            draft.close();
        }
    }
}
