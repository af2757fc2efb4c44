package dev.nexthop.store;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksObject;
import org.rocksdb.WALRecoveryMode;

/** The options of a database, each with its reason, and the native objects behind them. */
final class RocksOptions implements AutoCloseable {
    private static final long MIB = 1024L * 1024;

    /** Bodies from this size on go to blob files, which compaction leaves where they are. */
    private static final long MIN_BLOB = 4 * 1024;

    private static final long RARE_BUFFER = MIB;

    private final StoreMemory memory;
    private final boolean compacting;
    private final LRUCache cache;
    private final BloomFilter filter;
    private final DBOptions database;
    private final List<RocksObject> owned = new ArrayList<>();

    /**
     * Options of a new opening.
     *
     * @param families how many are written all day
     * @param memory bounds of native memory
     * @param compacting whether tables are merged in the background
     */
    RocksOptions(int families, StoreMemory memory, boolean compacting) {
        this.memory = memory;
        this.compacting = compacting;
        this.cache = new LRUCache(memory.cache());
        this.filter = new BloomFilter(10);
        this.database = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                // The log is all the durability there is; replay stops at the first damage. WalSalvage has cut that off
                // and
                // brings back what is whole behind it. The stricter modes refuse to open after an ordinary power cut,
                // and the one that skips damage can hang for ever (ADR 11).
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                // Each write reaches the operating system before it returns, so that a kill loses nothing.
                .setManualWalFlush(false)
                // Bounds the disk that the log takes and the time that opening takes to replay it.
                .setMaxTotalWalSize(64 * MIB)
                // Bounds all write buffers together, whatever the number of families.
                .setDbWriteBufferSize(2 * (memory.bodyBuffer() + families * memory.recordBuffer()))
                // There is one writer: nothing to run beside it, nobody to spin for.
                .setAllowConcurrentMemtableWrite(false)
                .setEnableWriteThreadAdaptiveYield(false)
                // Old files are deleted by a background thread, not by the thread that ends an iterator.
                .setAvoidUnnecessaryBlockingIO(true)
                // One flush and one compaction at a time are plenty and leave the cores to mail.
                .setMaxBackgroundJobs(2)
                // Descriptors are for connections.
                .setMaxOpenFiles(256)
                // Spread write-back, so that a flush does not make the next sync of the log wait for all of it.
                .setBytesPerSync(MIB)
                // Opening must not read every file for statistics that nobody looks at.
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                // Its own log: warnings, two files of 1 MiB.
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(MIB)
                .setKeepLogFileNum(2)
                .setMaxManifestFileSize(4 * MIB);
    }

    DBOptions database() {
        return database;
    }

    ColumnFamilyDescriptor descriptor(byte[] name, Family.Kind kind) {
        ColumnFamilyOptions options = new ColumnFamilyOptions()
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        // Indexes and filters count against the cache, or they would grow without bound.
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setFilterPolicy(filter))
                .setMaxWriteBufferNumber(2)
                .setDisableAutoCompactions(!compacting)
                // Records are small and mostly gone before they reach a file: packing them costs more than it saves.
                .setCompressionType(CompressionType.NO_COMPRESSION);
        switch (kind) {
            case RECORDS -> options.setWriteBufferSize(memory.recordBuffer());
            case RARE -> options.setWriteBufferSize(RARE_BUFFER);
            case BODIES ->
                options.setWriteBufferSize(memory.bodyBuffer())
                        .setEnableBlobFiles(true)
                        .setMinBlobSize(MIN_BLOB)
                        .setBlobFileSize(64 * MIB)
                        // What stays long enough to be written out is worth halving, and LZ4 is nearly free.
                        .setBlobCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setEnableBlobGarbageCollection(true)
                        .setBlobGarbageCollectionAgeCutoff(0.5)
                        // A blob file that is half dead is rewritten even when nothing else asks for a compaction.
                        .setBlobGarbageCollectionForceThreshold(0.5);
        }
        owned.add(options);
        return new ColumnFamilyDescriptor(name, options);
    }

    @Override
    public void close() {
        for (RocksObject object : owned) {
            object.close();
        }
        database.close();
        filter.close();
        cache.close();
    }
}
