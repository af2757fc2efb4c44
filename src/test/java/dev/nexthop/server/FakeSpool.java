package dev.nexthop.server;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.Spool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A spool in memory that fails when told to. */
final class FakeSpool implements Spool {
    final List<QueuedMessage> messages = new CopyOnWriteArrayList<>();
    final AtomicInteger openDrafts = new AtomicInteger();
    volatile @Nullable IOException failBegin;
    volatile @Nullable IOException failWrite;
    volatile @Nullable IOException failCommit;
    private final AtomicLong ids = new AtomicLong();

    @Override
    public Draft begin() throws IOException {
        throwIf(failBegin);
        openDrafts.incrementAndGet();
        return new FakeDraft(new QueueId(ids.incrementAndGet()));
    }

    @Override
    public CompletableFuture<Void> apply(List<Change> changes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<QueuedMessage> read(QueueId id) {
        return messages.stream().filter(message -> message.id().equals(id)).findFirst();
    }

    @Override
    public void scan(Predicate<QueuedMessage> taker) {
        boolean _ = messages.stream().allMatch(taker);
    }

    @Override
    public void close() {}

    private static void throwIf(@Nullable IOException failure) throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private final class FakeDraft implements Draft {
        private final QueueId id;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean closed;

        FakeDraft(QueueId id) {
            this.id = id;
        }

        @Override
        public QueueId id() {
            return id;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            if (bytes.size() > 0) {
                throwIf(failWrite);
            }
            bytes.write(source, offset, length);
        }

        @Override
        public long size() {
            return bytes.size();
        }

        @Override
        public QueuedMessage commit(Envelope envelope, List<RecipientState> recipients, List<Change> alongside)
                throws IOException {
            throwIf(failCommit);
            QueuedMessage message =
                    new QueuedMessage(id, Instant.EPOCH, envelope, MessageBody.of(bytes.toByteArray()), recipients);
            messages.add(message);
            return message;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                openDrafts.decrementAndGet();
            }
        }
    }
}
