package dev.nexthop.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every native object of one open database, freed in the right order. Not safe against use after close. */
final class RocksHandles implements AutoCloseable {
    /** Octets after which a scan returns what it has. */
    static final int MAX_SCAN_WEIGHT = 4 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RocksHandles.class);

    private final RocksOptions options;
    private final RocksDB db;
    private final Map<Family, ColumnFamilyHandle> families;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions unsynced = new WriteOptions().setSync(false);
    private final ReadOptions single = new ReadOptions();
    // A scan reads everything once: it must not push out of the cache what retries need.
    private final ReadOptions scanning = new ReadOptions().setFillCache(false);
    // Used by the committer thread alone; cleared, not freed, between groups.
    private final WriteBatch batch = new WriteBatch();

    private RocksHandles(RocksOptions options, RocksDB db, Map<Family, ColumnFamilyHandle> families) {
        this.options = options;
        this.db = db;
        this.families = families;
    }

    /**
     * How a database is opened.
     *
     * @param compacting false for one that holds a damaged block, on which every compaction would fail
     * @param saved what is to be written again
     */
    record Manner(boolean compacting, WalSalvage.Found saved) {}

    /**
     * Opens the database.
     *
     * @param manner how
     */
    static RocksHandles open(Path folder, List<Family> families, StoreMemory memory, Manner manner)
            throws RocksDBException, IOException {
        loadLibrary(folder);
        int busy = (int) families.stream()
                .filter(family -> family.kind() != Family.Kind.RARE)
                .count();
        RocksOptions options = new RocksOptions(busy, memory, manner.compacting());
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(options.descriptor(RocksDB.DEFAULT_COLUMN_FAMILY, Family.Kind.RECORDS));
        for (Family family : families) {
            descriptors.add(options.descriptor(family.name().getBytes(StandardCharsets.US_ASCII), family.kind()));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.open(options.database(), folder.toString(), descriptors, handles);
            Map<Family, ColumnFamilyHandle> byFamily = new HashMap<>();
            for (int i = 0; i < families.size(); i++) {
                byFamily.put(families.get(i), handles.get(i + 1));
            }
            RocksHandles opened = new RocksHandles(options, db, byFamily);
            try {
                WalSalvage.apply(manner.saved(), db);
            } catch (IOException | RocksDBException e) {
                db.close(); // the options follow
                throw e;
            }
            return opened;
        } catch (IOException | RocksDBException e) {
            options.close();
            throw e;
        }
    }

    /**
     * Unpacks the native library into the folder of the data, over the one from last time. By default each start would
     * leave another copy in the temporary folder when the process is killed.
     */
    private static void loadLibrary(Path folder) {
        try {
            NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
        } catch (IOException | UnsatisfiedLinkError e) {
            LOG.info("the native library can't be used from {}, the temporary folder serves: {}", folder, e.toString());
        }
        RocksDB.loadLibrary();
    }

    void write(List<Commit> group, boolean sync) throws RocksDBException {
        try {
            for (Commit commit : group) {
                for (Edit edit : commit.edits()) {
                    switch (edit) {
                        case Edit.Put put -> batch.put(handle(put.family()), put.key(), put.value());
                        case Edit.Delete delete -> batch.delete(handle(delete.family()), delete.key());
                    }
                }
            }
            db.write(sync ? synced : unsynced, batch);
        } finally {
            batch.clear();
        }
    }

    void sync() throws RocksDBException {
        db.syncWal();
    }

    byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
        return db.get(handle(family), single, key);
    }

    List<Entry> scan(Family family, byte[] from, byte[] to, int limit) throws RocksDBException {
        List<Entry> found = new ArrayList<>();
        long weight = 0;
        try (RocksIterator at = db.newIterator(handle(family), scanning)) {
            for (at.seek(from); at.isValid() && found.size() < limit && weight < MAX_SCAN_WEIGHT; at.next()) {
                byte[] key = at.key();
                if (to.length > 0 && Arrays.compareUnsigned(key, to) >= 0) {
                    break;
                }
                byte[] value = at.value();
                weight += key.length + value.length;
                found.add(new Entry(key, value));
            }
            if (found.isEmpty()) {
                // Else whoever asks behind the last key meets the damage, and has what is before it.
                at.status();
            }
        }
        return found;
    }

    private ColumnFamilyHandle handle(Family family) {
        return Objects.requireNonNull(families.get(family), () -> "no such family: " + family.name());
    }

    @Override
    public void close() {
        batch.close();
        synced.close();
        unsynced.close();
        single.close();
        scanning.close();
        // Closes the handles of the families, too.
        db.close();
        options.close();
    }
}
