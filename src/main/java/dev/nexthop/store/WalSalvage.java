package dev.nexthop.store;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves what lies behind a damaged place of the write-ahead log. RocksDB's replay ends at the first one, in every mode but
 * one, and on some damage it never ends in any. So the logs are looked at before the database is opened, by the owner of the
 * folder's lock. All logs from the first damaged one on are copied into a folder, with a sentence for each loss. When that is
 * on stable storage under its second name, and not before, each log is cut off at its first damage; the database is
 * opened, and the whole records behind damage are written once more, in their order, before anybody else writes. The folder
 * then gets its third name; the newest of them stay. A crash at any point leaves either the logs or all the copies. Where the only
 * damage is a last record that was never whole, the folder holds the sentence alone.
 *
 * <p>A record behind damage may be one that was never acknowledged, when a power cut lost an earlier page of an
 * unsynced log: then mail arrives whose client was not answered, which is no worse than a lost answer.
 */
final class WalSalvage {
    private static final Logger LOG = LoggerFactory.getLogger(WalSalvage.class);
    private static final Pattern NAME = Pattern.compile("(\\d{1,18})\\.log");

    /** Copies that are not all there: nothing was cut yet. */
    private static final String BEGUN = "salvage.begun";

    /** Copies that are to be written again. */
    private static final String READY = "salvage";

    /** Begins the name of copies that are only kept. */
    private static final String DONE = "salvaged-";

    /** Losses that nobody has acted on yet. */
    private static final String LOSSES = "losses.txt";

    private static final String SETTLED = "settled.txt";

    /** What the opening itself needs beside the copies. */
    private static final long ROOM = RocksEngine.REVIVE_ROOM;

    /** So many folders of copies stay when somebody has acted on their losses. */
    static final int KEPT = 3;

    /** More of them stay for so long: of damage that comes again and again the first tells most. */
    static final Duration YOUNG = Duration.ofDays(7);

    /** What all of them may hold together for that, in octets. */
    static final long MOST_YOUNG = 512L * 1024 * 1024;

    /** With less free than this, in octets, they go from the oldest on until there is so much, or none is left. */
    static final long SCARCE = 256L * 1024 * 1024;

    private static final Pattern KEPT_NAME = Pattern.compile(DONE + "(\\d{1,18})(?:-(\\d{1,9}))?");

    private WalSalvage() {}

    /** Copies a log. */
    interface Copier {
        void copy(Path log, Path copy) throws IOException;
    }

    /** Says how many octets of the disk may still be used. */
    interface Gauge {
        long usable(Path folder) throws IOException;
    }

    /**
     * What the logs are on.
     *
     * @param copier copies them
     * @param gauge says how much room there is
     */
    record Disk(Copier copier, Gauge gauge) {
        static final Disk REAL =
                new Disk(WalScan::copy, folder -> Files.getFileStore(folder).getUsableSpace());
    }

    /**
     * What was found, before the opening.
     *
     * @param copies the folder of logs to be salvaged
     * @param losses a sentence for each log with damage, of this opening and of others, until somebody has acted on them
     */
    record Found(Optional<Path> copies, List<String> losses) {}

    /** When a database is opened. */
    enum When {
        START,
        /** After a failed write: a record that was torn off at the end is the one that failed. */
        REVIVAL
    }

    /** Looks at all logs of a database that nobody has open, and cuts off what is damaged; the caller has its lock. */
    static Found look(Path folder, When when) throws IOException {
        return look(folder, when, Disk.REAL);
    }

    static Found look(Path folder, When when, Disk disk) throws IOException {
        discard(folder.resolve(BEGUN));
        prune(folder, SCARCE, disk.gauge());
        SortedMap<Long, Path> logs = logs(folder);
        SortedMap<Long, WalScan.Result> damaged = new TreeMap<>();
        WalScan.Tail end = WalScan.Tail.WHOLE;
        for (Map.Entry<Long, Path> log : logs.entrySet()) {
            WalScan.Result result = WalScan.read(log.getValue(), null);
            if (result.damages() > 0) {
                boolean only = damaged.isEmpty() && log.getKey().equals(logs.lastKey());
                end = only ? result.tail() : WalScan.Tail.WHOLE;
                damaged.put(log.getKey(), result);
            }
        }
        Path ready = folder.resolve(READY);
        if (!damaged.isEmpty()) {
            if (when == When.START || end == WalScan.Tail.WHOLE) {
                keep(folder, logs, damaged, end, disk);
            }
            for (Map.Entry<Long, Path> log : logs.entrySet()) {
                WalScan.Result result = damaged.get(log.getKey());
                if (result != null) {
                    cut(log.getValue(), result.goodUntil());
                }
            }
        }
        return new Found(Files.isDirectory(ready) ? Optional.of(ready) : Optional.empty(), losses(folder));
    }

    private static void keep(
            Path folder,
            SortedMap<Long, Path> logs,
            SortedMap<Long, WalScan.Result> damaged,
            WalScan.Tail end,
            Disk disk)
            throws IOException {
        Path ready = folder.resolve(READY);
        Path target = ready;
        SortedMap<Long, Path> kept = new TreeMap<>(logs.tailMap(damaged.firstKey()));
        if (Files.isDirectory(ready)) {
            // An opening was cut short. Its copies are whole; what is newer holds nothing but what was written again.
            kept.keySet().removeAll(logs(ready).keySet());
            kept.keySet().retainAll(damaged.keySet());
            target = unused(folder, kept.isEmpty() ? damaged.firstKey() : kept.firstKey());
        }
        if (kept.isEmpty()) {
            return;
        }
        // A last record that was never whole was never acknowledged: there is nothing to look at.
        boolean unfinished = end == WalScan.Tail.UNFINISHED;
        List<String> losses = new ArrayList<>();
        kept.forEach((number, log) -> {
            WalScan.Result result = damaged.get(number);
            if (result != null) {
                losses.add(
                        log.getFileName() + ": " + (unfinished ? "its last record was never finished" : words(result)));
            }
        });
        Collection<Path> copied = unfinished ? List.of() : kept.values();
        try {
            prune(folder, SCARCE + octets(copied), disk.gauge());
            copy(copied, losses, disk.copier(), target);
        } catch (IOException e) {
            throw noCopies(folder, kept, e);
        }
    }

    private static void copy(Collection<Path> logs, List<String> losses, Copier copier, Path target)
            throws IOException {
        Path begun = Files.createDirectory(target.resolveSibling(BEGUN));
        for (Path log : logs) {
            copier.copy(log, begun.resolve(log.getFileName()));
        }
        Path list = Files.write(begun.resolve(LOSSES), losses, StandardCharsets.UTF_8);
        force(list, StandardOpenOption.WRITE);
        force(begun, StandardOpenOption.READ);
        move(begun, target);
    }

    private static String words(WalScan.Result result) {
        return result.damages() + " places are damaged"
                + (result.behind() ? "; what is whole behind them was saved" : ", at its end");
    }

    /** Nothing is cut without copies: the start fails, and says what it needs. */
    private static IOException noCopies(Path folder, SortedMap<Long, Path> logs, IOException reason) {
        String free = "";
        long need = ROOM;
        try {
            discard(folder.resolve(BEGUN));
            need += octets(logs.values());
            free = ", and its disk has " + Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
        return new IOException(
                "the write-ahead log " + logs.get(logs.firstKey()) + " is damaged, and could not be copied before it is"
                        + " mended: " + reason.getMessage() + ". The copies and the opening need " + need
                        + " octets in " + folder + free + "; free so much there, and start again. Nothing was changed",
                reason);
    }

    private static long octets(Collection<Path> logs) throws IOException {
        long octets = 0;
        for (Path log : logs) {
            octets += Files.size(log);
        }
        return octets;
    }

    /**
     * Copies whose losses somebody has acted on are kept for a look at them, but not for ever, nor when mail needs the room.
     *
     * @param room so many octets are to be free
     */
    private static void prune(Path folder, long room, Gauge gauge) {
        try {
            List<Path> settled = new ArrayList<>();
            for (Path kept : kept(folder)) {
                boolean copies =
                        KEPT_NAME.matcher(kept.getFileName().toString()).matches();
                if (copies && !Files.exists(kept.resolve(LOSSES))) {
                    settled.add(kept);
                }
            }
            settled.sort(Comparator.comparing(WalSalvage::age).reversed());
            makeRoom(stayed(settled), folder, room, gauge);
        } catch (NoSuchFileException e) {
            LOG.debug("somebody else deletes old copies of damaged logs: {}", e.getMessage());
        } catch (IOException e) {
            LOG.warn("old copies of damaged logs in {} could not be deleted: {}", folder, e.toString());
        }
    }

    /** Deletes what is too old or too much; the newest first. */
    private static List<Path> stayed(List<Path> settled) throws IOException {
        List<Path> stayed = new ArrayList<>();
        long octets = 0;
        for (Path kept : settled) {
            Collection<Path> logs = logs(kept).values();
            octets += octets(logs);
            if (!logs.isEmpty() && (stayed.size() < KEPT || young(kept) && octets <= MOST_YOUNG)) {
                stayed.add(kept);
                continue;
            }
            discard(kept);
            if (!logs.isEmpty()) {
                LOG.info("copies of a damaged log were deleted, for {} newer ones are kept: {}", stayed.size(), kept);
            }
        }
        return stayed;
    }

    /** Deletes the oldest of them as long as there is too little room; the newest goes last. */
    private static void makeRoom(List<Path> kept, Path folder, long room, Gauge gauge) throws IOException {
        if (kept.isEmpty()) {
            return;
        }
        // What is deleted counts at once: some file systems give it free later.
        long free = gauge.usable(folder);
        for (Path oldest : kept.reversed()) {
            if (free >= room) {
                return;
            }
            long octets = octets(logs(oldest).values());
            discard(oldest);
            LOG.warn(
                    "copies of a damaged log were deleted, {} octets, for the disk had only {} free: {}",
                    octets,
                    free,
                    oldest);
            free += octets;
        }
    }

    /** Since somebody acted on its losses. */
    private static boolean young(Path kept) throws IOException {
        Instant settled = Files.getLastModifiedTime(kept).toInstant();
        return settled.isAfter(Instant.now().minus(YOUNG));
    }

    /** Greater for newer copies: the numbers of logs grow. */
    private static BigInteger age(Path kept) {
        Matcher name = KEPT_NAME.matcher(kept.getFileName().toString());
        if (!name.matches()) {
            return BigInteger.ZERO;
        }
        long again = name.group(2) == null ? 1 : Long.parseLong(name.group(2));
        return new BigInteger(name.group(1)).shiftLeft(Integer.SIZE).add(BigInteger.valueOf(again));
    }

    /** Writes what was saved. */
    static void apply(Found found, RocksDB db) throws IOException, RocksDBException {
        if (found.copies().isEmpty()) {
            return;
        }
        Path copies = found.copies().get();
        int written = 0;
        int refused = 0;
        boolean saving = false;
        SortedMap<Long, Path> logs = logs(copies);
        try (WriteOptions unsynced = new WriteOptions().setSync(false).setIgnoreMissingColumnFamilies(true)) {
            for (Path log : logs.values()) {
                Again again = new Again(db, unsynced, saving);
                saving |= WalScan.read(log, again).behind();
                written += again.written;
                refused += again.refused;
            }
            db.syncWal();
        }
        Path kept = unused(copies.resolveSibling("."), logs.isEmpty() ? 0 : logs.firstKey());
        move(copies, kept);
        if (logs.isEmpty()) {
            LOG.warn("the last record of the log was never finished, and is cut off; nothing else is missing there");
            return;
        }
        LOG.error(
                "the log was damaged: {} records behind that were saved, {} made no sense; kept in {}",
                written,
                refused,
                kept);
    }

    /** Writes records once more. */
    private static final class Again implements WalScan.Taker {
        private final RocksDB db;
        private final WriteOptions options;
        private final boolean all;
        private int written;
        private int refused;

        Again(RocksDB db, WriteOptions options, boolean all) {
            this.db = db;
            this.options = options;
            this.all = all;
        }

        @Override
        public void record(byte[] record, boolean behind) throws IOException {
            if (!all && !behind) {
                return;
            }
            if (!WalBatch.sound(record)) {
                refused++; // the database would take no write after it
                return;
            }
            try (WriteBatch batch = new WriteBatch(record)) {
                db.write(options, batch);
                written++;
            } catch (RocksDBException e) {
                throw new IOException("a saved record could not be written again: " + e.getMessage(), e);
            }
        }
    }

    private static List<String> losses(Path folder) throws IOException {
        List<String> losses = new ArrayList<>();
        for (Path kept : kept(folder)) {
            if (Files.exists(kept.resolve(LOSSES))) {
                losses.addAll(Files.readAllLines(kept.resolve(LOSSES), StandardCharsets.UTF_8));
            }
        }
        return losses;
    }

    /** Notes that somebody has acted on all losses: later openings tell of them no more. The newest copies stay. */
    static void settle(Path folder) throws IOException {
        for (Path kept : kept(folder)) {
            if (Files.exists(kept.resolve(LOSSES))) {
                move(kept.resolve(LOSSES), kept.resolve(SETTLED));
            }
        }
        prune(folder, SCARCE, Disk.REAL.gauge());
    }

    private static List<Path> kept(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.endsWith(READY)
                            || file.getFileName().toString().startsWith(DONE))
                    .sorted()
                    .toList();
        }
    }

    /** A name for copies that nothing has yet. */
    private static Path unused(Path folder, long number) {
        Path name = folder.resolve(DONE + number).normalize();
        for (int i = 2; Files.exists(name); i++) {
            name = folder.resolve(DONE + number + "-" + i).normalize();
        }
        return name;
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        force(to.resolveSibling("."), StandardOpenOption.READ);
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

    private static void discard(Path copies) throws IOException {
        if (!Files.isDirectory(copies)) {
            return;
        }
        try (Stream<Path> files = Files.list(copies)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file); // an opening and an acknowledgement may both prune
            }
        }
        Files.deleteIfExists(copies);
    }

    /** The logs in a folder, in their order. */
    static SortedMap<Long, Path> logs(Path folder) throws IOException {
        SortedMap<Long, Path> logs = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                long number = number(file);
                if (number >= 0) {
                    logs.put(number, file);
                }
            }
        }
        return logs;
    }

    /** The number of a log; -1 of what is none. */
    private static long number(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }
}
