package dev.nexthop.lookup;

import dev.nexthop.store.Database;
import dev.nexthop.store.Family;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The embedded databases of look-up stores. Each is opened by the first question and shared by all configurations that name it,
 * so that a configuration can be exchanged while the server runs.
 */
public final class EmbeddedStores implements AutoCloseable {
    static final Family VALUES = new Family("value", Family.Kind.RECORDS);
    static final Family COUNTERS = new Family("counter", Family.Kind.RECORDS);

    private final Map<Path, Database> open = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    /** Nothing is open yet. */
    public EmbeddedStores() {}

    Database at(Path folder) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the server stops");
            }
            Database database = open.get(folder);
            if (database == null) {
                database = Database.open(folder, "lookup", List.of(VALUES, COUNTERS), StoreMemory.SMALL);
                open.put(folder, database);
            }
            return database;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the databases; whoever asks later is refused. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            open.values().forEach(Database::close);
            open.clear();
        } finally {
            lock.unlock();
        }
    }
}
