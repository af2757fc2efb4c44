package dev.nexthop.lookup;

import dev.nexthop.store.Database;
import dev.nexthop.store.Family;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The embedded databases of look-up stores. Each is opened by the first question and shared by all configurations that name it,
 * so that a configuration can be exchanged while the server runs.
 */
public final class EmbeddedStores implements AutoCloseable {
    static final Family VALUES = new Family("value", Family.Kind.RECORDS);
    static final Family COUNTERS = new Family("counter", Family.Kind.RECORDS);

    private static final int STRIPES = 64;

    private final Map<Path, Shared> open = new HashMap<>();
    private final Duration patience;
    private final Consumer<String> lost;
    /** Held while a database opens. */
    final ReentrantLock lock = new ReentrantLock();

    private boolean closed;

    /**
     * A database and what those that use it share.
     *
     * @param stripes two that add to the same counter take turns; those of different counters share a synced write
     */
    record Shared(Database database, List<Lock> stripes) {
        Lock stripe(String key) {
            return stripes.get(Math.floorMod(key.hashCode(), stripes.size()));
        }
    }

    /** Nothing is open yet. */
    public EmbeddedStores() {
        this(EmbeddedStore.WRITE_PATIENCE, _ -> {});
    }

    /**
     * Nothing is open yet.
     *
     * @param lost hears, in a sentence, what each database lost before it was opened; returns at once
     */
    public EmbeddedStores(Consumer<String> lost) {
        this(EmbeddedStore.WRITE_PATIENCE, lost);
    }

    /**
     * Nothing is open yet.
     *
     * @param patience how long a question waits while a database opens
     */
    EmbeddedStores(Duration patience) {
        this(patience, _ -> {});
    }

    private EmbeddedStores(Duration patience, Consumer<String> lost) {
        this.patience = patience;
        this.lost = lost;
    }

    Shared at(Path folder) throws IOException {
        enter();
        try {
            if (closed) {
                throw new IOException("the server stops");
            }
            Shared shared = open.get(folder);
            if (shared == null) {
                shared = new Shared(
                        Database.open(folder, "lookup", List.of(VALUES, COUNTERS), StoreMemory.SMALL),
                        Stream.<Lock>generate(ReentrantLock::new).limit(STRIPES).toList());
                open.put(folder, shared);
                shared.database().takeLosses().forEach(lost);
            }
            return shared;
        } finally {
            lock.unlock();
        }
    }

    private void enter() throws IOException {
        try {
            if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException("a database did not open within " + patience.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the question was interrupted while a database opened", e);
        }
    }

    /** Closes the databases; whoever asks later is refused. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            open.values().forEach(shared -> shared.database().close());
            open.clear();
        } finally {
            lock.unlock();
        }
    }
}
