package dev.nexthop.limit;

import dev.nexthop.limit.Claim.Count;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.Promise;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the counts of slow rates over a restart. Changes are written together a moment later, without waiting for the disk. Names
 * of counts are hashed: no address is kept. All but {@link #open} and {@link #close} returns at once.
 */
final class ThrottleStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThrottleStore.class);
    private static final Family COUNTS = new Family("throttle", Family.Kind.RECORDS);
    private static final int VERSION = 1;
    private static final int STEP = 1_000;
    private static final int NAME = 16;

    /** How long changes are gathered. */
    private static final Duration GATHER = Duration.ofMillis(200);

    private final Path folder;
    private final Executor later;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Count, Optional<Kept>> changed = new LinkedHashMap<>();
    private final Map<String, Kept> kept = new HashMap<>();
    private @Nullable Database database;
    private boolean writing;

    /** What is kept of a count. */
    private record Kept(Rate rate, long full, long cursor) {}

    ThrottleStore(Path folder) {
        this(
                folder,
                CompletableFuture.delayedExecutor(
                        GATHER.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
    }

    /** With a time of its own to write. */
    ThrottleStore(Path folder, Executor later) {
        this.folder = folder;
        this.later = later;
    }

    /**
     * Opens the database if that has not been done, and reads it.
     *
     * @return what of it is lost, a sentence each: those counts begin anew
     */
    List<String> open(long now) throws IOException {
        lock.lock();
        try {
            if (database != null) {
                return List.of();
            }
            Database opened = Database.open(folder, "throttle", List.of(COUNTS), StoreMemory.SMALL);
            List<String> losses = new ArrayList<>();
            boolean read = false;
            try {
                losses.addAll(opened.takeLosses());
                read(opened, now, losses);
                read = true;
            } finally {
                if (!read) {
                    opened.close();
                }
            }
            database = opened;
            return losses;
        } finally {
            lock.unlock();
        }
    }

    private void read(Database from, long now, List<String> losses) throws IOException {
        byte[] at = new byte[0];
        List<Entry> entries = next(from, at, losses);
        List<Edit> old = new ArrayList<>();
        while (!entries.isEmpty()) {
            for (Entry entry : entries) {
                String name = HexFormat.of().formatHex(entry.key());
                Optional<Kept> found = decode(name, entry.value());
                boolean tells = found.filter(one -> one.full() > now).isPresent() && kept.size() < Throttles.MOST;
                if (tells) {
                    kept.put(name, found.get());
                } else {
                    old.add(new Edit.Delete(COUNTS, entry.key()));
                }
                at = Arrays.copyOf(entry.key(), entry.key().length + 1);
            }
            entries = next(from, at, losses);
        }
        if (!old.isEmpty()) {
            CompletableFuture<Void> _ = from.submit(old, Promise.WRITTEN_SOON);
        }
    }

    /** What lies behind a place that can't be read begins anew. */
    private static List<Entry> next(Database from, byte[] at, List<String> losses) throws IOException {
        try {
            return from.scan(COUNTS, at, new byte[0], STEP);
        } catch (RecordException e) {
            losses.add(e.getMessage() + "; the counts from there on begin anew");
            return List.of();
        }
    }

    private static Optional<Kept> decode(String name, byte[] bytes) {
        try {
            RecordReader reader = new RecordReader("the count " + name + " of a throttle", bytes, VERSION);
            try {
                Rate rate = new Rate(reader.count(), Duration.ofMillis(reader.number()));
                Kept found = new Kept(rate, reader.number(), reader.number());
                reader.end();
                return Optional.of(found);
            } catch (IllegalArgumentException e) {
                throw reader.corrupt(e);
            }
        } catch (CorruptRecordException e) {
            LOG.error("a throttle begins anew: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Brings a new count to where it stood before the restart. */
    void restore(Count count, Bucket bucket) {
        lock.lock();
        try {
            Kept found = kept.isEmpty() ? null : kept.remove(HexFormat.of().formatHex(name(count)));
            if (found != null) {
                bucket.rate = found.rate();
                bucket.full = found.full();
                bucket.cursor = found.cursor();
            }
        } finally {
            lock.unlock();
        }
    }

    void keep(Count count, Bucket bucket) {
        Rate rate = bucket.rate;
        if (rate != null && rate.worthKeeping()) {
            change(count, Optional.of(new Kept(rate, bucket.full, bucket.cursor)));
        }
    }

    void drop(Count count, Bucket bucket) {
        Rate rate = bucket.rate;
        if (rate != null && rate.worthKeeping()) {
            change(count, Optional.empty());
        }
    }

    private void change(Count count, Optional<Kept> to) {
        lock.lock();
        try {
            if (database == null) {
                return; // no throttle needs it
            }
            changed.put(count, to);
            if (!writing) {
                writing = true;
                later.execute(this::write);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes what has changed, until nothing has. The lock is not held while the disk is slow. */
    private void write() {
        Database open;
        List<Edit> edits;
        lock.lock();
        try {
            open = database;
            if (changed.isEmpty() || open == null) {
                writing = false;
                return;
            }
            edits = edits();
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> _ = open.submit(edits, Promise.WRITTEN_SOON).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.warn("a restart now would forget what throttles have counted: {}", failure.getMessage());
            }
            later.execute(this::write);
        });
    }

    private List<Edit> edits() {
        List<Edit> edits = new ArrayList<>(changed.size());
        changed.forEach((count, to) -> edits.add(to.<Edit>map(one -> new Edit.Put(COUNTS, name(count), encode(one)))
                .orElseGet(() -> new Edit.Delete(COUNTS, name(count)))));
        changed.clear();
        return edits;
    }

    private static byte[] encode(Kept one) {
        return new RecordWriter(VERSION)
                .number(one.rate().count())
                .number(one.rate().period().toMillis())
                .number(one.full())
                .number(one.cursor())
                .record();
    }

    private static byte[] name(Count count) {
        try {
            byte[] text = (count.identity() + '\0' + count.key()).getBytes(StandardCharsets.UTF_8);
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(text), NAME);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        Database open;
        List<Edit> last;
        lock.lock();
        try {
            open = database;
            last = edits();
            database = null;
        } finally {
            lock.unlock();
        }
        if (open == null) {
            return;
        }
        if (!last.isEmpty()) {
            CompletableFuture<Void> _ = open.submit(last, Promise.WRITTEN);
        }
        open.close();
    }
}
