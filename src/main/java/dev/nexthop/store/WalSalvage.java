package dev.nexthop.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves what lies behind a damaged place of the write-ahead log. RocksDB's replay ends at the first one, in every mode but
 * one, and on some damage it never ends in any. So the logs are looked at before the database is opened. A log is cut off at
 * its first damage, and where whole records lie behind it they are copied before, and written once more, in their
 * order, before anybody else writes. The copies stay.
 *
 * <p>A record behind damage may be one that was never acknowledged, when a power cut lost an earlier page of an
 * unsynced log: then mail arrives whose client was not answered, which is no worse than a lost answer.
 */
final class WalSalvage {
    private static final Logger LOG = LoggerFactory.getLogger(WalSalvage.class);
    private static final String LOG_ENDING = ".log";
    private static final String COPY = ".damaged";
    private static final String DONE = ".salvaged";

    private WalSalvage() {}

    /**
     * What was found, before the opening.
     *
     * @param copies logs to be salvaged, oldest first; of the first only what is behind the damage
     * @param losses a sentence for each log with damage
     */
    record Found(List<Path> copies, List<String> losses) {}

    /** Looks at all logs of a database that is not open, and cuts off what is damaged. */
    static Found look(Path folder) throws IOException {
        List<Path> copies = new ArrayList<>(named(folder, LOG_ENDING + COPY)); // of an opening that was cut short
        List<String> losses = new ArrayList<>();
        List<Path> logs = named(folder, LOG_ENDING);
        List<WalScan.Result> results = new ArrayList<>();
        for (Path log : logs) {
            results.add(WalScan.read(log, null));
        }
        if (results.stream().allMatch(result -> result.damages() == 0) || !free(folder)) {
            return new Found(copies, losses);
        }
        boolean saving = false;
        for (int i = 0; i < logs.size(); i++) {
            WalScan.Result result = results.get(i);
            saving |= result.behind();
            if (saving) {
                copies.add(copied(logs.get(i)));
            }
            if (result.damages() > 0) {
                losses.add(logs.get(i).getFileName() + ": " + result.damages() + " places are damaged"
                        + (result.behind() ? "; what is whole behind them was saved" : ", at its end"));
                cut(logs.get(i), result.goodUntil());
            }
        }
        return new Found(copies.stream().distinct().sorted().toList(), losses);
    }

    /** Whether no other process has the database open, and writes the logs that were just looked at. */
    private static boolean free(Path folder) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        }
    }

    private static Path copied(Path log) throws IOException {
        Path copy = log.resolveSibling(log.getFileName() + COPY);
        Files.copy(log, copy, StandardCopyOption.REPLACE_EXISTING);
        force(copy, StandardOpenOption.WRITE);
        force(copy.resolveSibling("."), StandardOpenOption.READ);
        return copy;
    }

    private static void force(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }

    private static void cut(Path log, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(size);
            channel.force(true);
        }
    }

    /** Writes what was saved. */
    static void apply(Found found, RocksDB db) throws IOException, RocksDBException {
        if (found.copies().isEmpty()) {
            return;
        }
        int[] written = {0};
        try (WriteOptions unsynced = new WriteOptions().setSync(false)) {
            for (int i = 0; i < found.copies().size(); i++) {
                boolean all = i > 0;
                WalScan.read(found.copies().get(i), (record, behind) -> {
                    if (all || behind) {
                        write(record, db, unsynced);
                        written[0]++;
                    }
                });
            }
            db.syncWal();
        }
        for (Path copy : found.copies()) {
            Path done = copy.resolveSibling(copy.getFileName().toString().replace(COPY, DONE));
            Files.move(copy, done, StandardCopyOption.REPLACE_EXISTING);
        }
        LOG.error("{} records behind damaged places of the log were saved; the logs are kept as {}", written[0], DONE);
    }

    private static void write(byte[] record, RocksDB db, WriteOptions options) throws IOException {
        try (WriteBatch batch = new WriteBatch(record)) {
            db.write(options, batch);
        } catch (RocksDBException e) {
            throw new IOException("a saved record could not be written again: " + e.getMessage(), e);
        }
    }

    private static List<Path> named(Path folder, String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }
}
