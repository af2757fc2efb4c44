package dev.nexthop.schedule;

import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Where operators' orders, and what they said of recipients that they hold, are kept beside the mail: a database of its own, so
 * that the spool's format knows nothing of it.
 */
public interface DeskRecords extends AutoCloseable {
    /** Number to order, and the next number. */
    Family ORDERS = new Family("order", Family.Kind.RECORDS);

    /** Message and recipient to why it is held, by whom and until when. */
    Family HOLDS = new Family("hold", Family.Kind.RECORDS);

    /**
     * Writes all or nothing; returns when it is on stable storage.
     *
     * @param edits at least one
     */
    void commit(List<Edit> edits) throws IOException;

    /** One record. */
    Optional<byte[]> get(Family family, byte[] key) throws IOException;

    /** Records in the order of their keys, from one on; fewer than {@code limit} may come though there are more, none may not. */
    List<Entry> scan(Family family, byte[] from, int limit) throws IOException;

    /** What was lost of them before this opening, a sentence each, told once. */
    default List<String> takeLosses() throws IOException {
        return List.of();
    }

    @Override
    void close();

    /**
     * Opens the database, making it when missing.
     *
     * @param folder where it lives
     */
    static DeskRecords open(Path folder) throws IOException {
        Database database = Database.open(folder, "desk", List.of(ORDERS, HOLDS), StoreMemory.SMALL);
        return new DeskRecords() {
            @Override
            public void commit(List<Edit> edits) throws IOException {
                database.commit(edits);
            }

            @Override
            public Optional<byte[]> get(Family family, byte[] key) throws IOException {
                return database.get(family, key);
            }

            @Override
            public List<Entry> scan(Family family, byte[] from, int limit) throws IOException {
                return database.scan(family, from, new byte[0], limit);
            }

            @Override
            public List<String> takeLosses() throws IOException {
                return database.takeLosses();
            }

            @Override
            public void close() {
                database.close();
            }
        };
    }

    /** Records that end with the process. */
    static DeskRecords inMemory() {
        NavigableMap<byte[], byte[]> orders = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
        NavigableMap<byte[], byte[]> holds = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
        return new DeskRecords() {
            private NavigableMap<byte[], byte[]> of(Family family) {
                return family.equals(ORDERS) ? orders : holds;
            }

            @Override
            public void commit(List<Edit> edits) {
                for (Edit edit : edits) {
                    switch (edit) {
                        case Edit.Put put -> of(put.family()).put(put.key(), put.value());
                        case Edit.Delete delete -> of(delete.family()).remove(delete.key());
                    }
                }
            }

            @Override
            public Optional<byte[]> get(Family family, byte[] key) {
                return Optional.ofNullable(of(family).get(key));
            }

            @Override
            public List<Entry> scan(Family family, byte[] from, int limit) {
                List<Entry> found = new ArrayList<>();
                of(family).tailMap(from, true).entrySet().stream()
                        .limit(limit)
                        .forEach(entry -> found.add(new Entry(entry.getKey(), entry.getValue())));
                return found;
            }

            @Override
            public void close() {}
        };
    }
}
