package dev.nexthop.schedule;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.Spool;
import dev.nexthop.queue.SpoolFullException;
import dev.nexthop.store.CorruptRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A spool in memory. What was applied is durable only after a flush, which the world makes happen some time later. */
final class FakeSpool implements Spool {
    final TreeMap<QueueId, QueuedMessage> durable = new TreeMap<>();
    final List<QueuedMessage> committed = new ArrayList<>();
    boolean immediate;
    boolean brokenWrites;
    boolean full;
    /** The thread that commits is held up before it hands over. */
    boolean heldUp;

    /** Called before a read, and before a change: what others do just then. */
    Runnable reading = () -> {};

    Runnable applying = () -> {};

    /** Called when a read has its answer, and does not know it yet. */
    Runnable wasRead = () -> {};

    /** Called before a scan. */
    Runnable scanning = () -> {};

    /** Whose record can't be read. */
    final Set<QueueId> damaged = new HashSet<>();

    final List<QueueId> quarantined = new ArrayList<>();
    final List<QueueId> read = new ArrayList<>();
    int reads;
    int scans;
    int writes;

    private final World world;
    private final List<Pending> pending = new ArrayList<>();
    private long nextId = 1;

    private record Pending(List<Change> changes, CompletableFuture<Void> future) {}

    FakeSpool(World world) {
        this.world = world;
    }

    /** What was not flushed is lost; so are those who waited for it. */
    void crash() {
        pending.clear();
    }

    @Override
    public CompletableFuture<Void> apply(List<Change> changes) {
        applying.run();
        CompletableFuture<Void> future = new CompletableFuture<>();
        pending.add(new Pending(changes, future));
        if (immediate) {
            flush();
        } else {
            world.later(this::flush);
        }
        return future;
    }

    void flush() {
        List<Pending> now = List.copyOf(pending);
        pending.clear();
        for (Pending one : now) {
            if (brokenWrites) {
                one.future.completeExceptionally(new IOException("I/O error"));
            } else {
                one.changes.forEach(this::make);
                writes++;
                one.future.complete(null);
            }
        }
    }

    private void make(Change change) {
        switch (change) {
            case Change.Progress progress -> {
                QueuedMessage known = durable.get(progress.id());
                if (known == null
                        || known.recipients().size() != progress.recipients().size()) {
                    throw new AssertionError("progress of a message that is not in the spool: " + change);
                }
                durable.put(progress.id(), known.with(progress.recipients()));
            }
            case Change.Removal removal -> durable.remove(removal.id());
        }
    }

    @Override
    public Optional<QueuedMessage> read(QueueId id) throws IOException {
        reading.run();
        reads++;
        read.add(id);
        if (damaged.contains(id)) {
            throw new CorruptRecordException("the record of message " + id + " is damaged");
        }
        Optional<QueuedMessage> found = Optional.ofNullable(durable.get(id));
        wasRead.run();
        return found;
    }

    @Override
    public boolean quarantine(QueueId id, IOException reason) {
        if (!damaged.remove(id)) {
            return false;
        }
        durable.remove(id);
        quarantined.add(id);
        return true;
    }

    @Override
    public void scan(Predicate<QueuedMessage> taker) {
        scans++;
        scanning.run();
        for (QueuedMessage message : List.copyOf(durable.values())) {
            if (!taker.test(message)) {
                return;
            }
            world.pause();
        }
    }

    @Override
    public void close() {}

    @Override
    public Draft begin() throws IOException {
        if (full) {
            throw new SpoolFullException("the disk is full");
        }
        QueueId id = new QueueId(nextId++);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new Draft() {
            @Override
            public QueueId id() {
                return id;
            }

            @Override
            public void write(byte[] source, int offset, int length) {
                bytes.write(source, offset, length);
            }

            @Override
            public long size() {
                return bytes.size();
            }

            @Override
            public QueuedMessage commit(Envelope envelope, List<RecipientState> states, List<Change> alongside)
                    throws IOException {
                world.pause();
                flush();
                if (brokenWrites) {
                    throw new IOException("I/O error");
                }
                QueuedMessage message =
                        new QueuedMessage(id, world.now(), envelope, MessageBody.of(bytes.toByteArray()), states);
                durable.put(id, message);
                alongside.forEach(FakeSpool.this::make);
                committed.add(message);
                world.pause();
                if (!heldUp) {
                    world.taken(message);
                }
                return message;
            }

            @Override
            public void close() {}
        };
    }
}
