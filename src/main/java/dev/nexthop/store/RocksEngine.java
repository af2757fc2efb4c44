package dev.nexthop.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the native side of a database. Every use holds the shared lock, closing and reopening hold the exclusive one:
 * native memory is never touched after it was freed, which would end the process without a word.
 */
final class RocksEngine implements Engine, Reading, AutoCloseable {
    /** Free octets below which a broken database is not reopened: opening replays the log into new files. */
    static final long REVIVE_ROOM = 32L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RocksEngine.class);

    private final Path folder;
    private final List<Family> families;
    private final StoreMemory memory;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable RocksHandles handles;
    private boolean closed;
    // Set when a compaction has met a block that is damaged or can't be read. RocksDB then refuses all writes,
    // and would again after each opening: from then on it is opened without compactions, and mail goes on.
    private volatile boolean damaged;
    private volatile List<String> losses = List.of();
    private final FolderLock owner;

    private RocksEngine(Path folder, List<Family> families, StoreMemory memory, FolderLock owner) {
        this.folder = folder;
        this.owner = owner;
        this.families = List.copyOf(families);
        this.memory = memory;
    }

    static RocksEngine open(Path folder, List<Family> families, StoreMemory memory) throws IOException {
        makePrivate(folder);
        FolderLock owner = FolderLock.take(folder);
        try {
            RocksEngine engine = new RocksEngine(folder, families, memory, owner);
            engine.reopen(WalSalvage.When.START);
            return engine;
        } catch (IOException | RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    static IOException closed() {
        return new IOException("the database is closed");
    }

    /** Holds up every use of the database until unlocked; for tests. */
    ReentrantReadWriteLock.WriteLock exclusive() {
        return lock.writeLock();
    }

    @Override
    public void write(List<Commit> group, boolean sync) throws IOException {
        lock.readLock().lock();
        try {
            handles().write(group, sync);
        } catch (RocksDBException e) {
            damaged |= barrier(e);
            throw translated("writing to", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void sync() throws IOException {
        lock.readLock().lock();
        try {
            handles().sync();
        } catch (RocksDBException e) {
            damaged |= barrier(e);
            throw translated("syncing", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) throws IOException {
        lock.readLock().lock();
        try {
            return handles().get(family, key);
        } catch (RocksDBException e) {
            throw unread(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<Entry> scan(Family family, byte[] from, byte[] to, int limit) throws IOException {
        lock.readLock().lock();
        try {
            return handles().scan(family, from, to, limit);
        } catch (RocksDBException e) {
            throw unread(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Closes and opens again. After a failed write RocksDB refuses all others, and its Java face has no call that
     * clears the error; opening replays the log, which holds everything that was acknowledged.
     */
    @Override
    public void revive() throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < REVIVE_ROOM) {
            throw WriteException.noRoom(
                    "the disk of " + folder + " has " + free
                            + " octets left; free some for the database to take writes again",
                    new IOException("less than " + REVIVE_ROOM + " octets"));
        }
        lock.writeLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            if (handles != null) {
                handles.close();
                handles = null;
            }
            reopen(WalSalvage.When.REVIVAL);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            if (handles != null) {
                handles.close();
                handles = null;
            }
            owner.close();
        } catch (IOException e) {
            LOG.warn("letting go of the folder {} failed: {}", folder, e.toString());
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void reopen(WalSalvage.When when) throws IOException {
        try {
            WalSalvage.Found found = WalSalvage.look(folder, when);
            handles = RocksHandles.open(folder, families, memory, new RocksHandles.Manner(!damaged, found));
            Set<String> all = new LinkedHashSet<>(losses);
            all.addAll(found.losses());
            losses = List.copyOf(all);
        } catch (RocksDBException e) {
            String text = String.valueOf(e.getMessage());
            if (text.contains("lock")) {
                throw FolderLock.inUse(folder, e);
            }
            if (text.contains("families not opened")) {
                throw new IOException(
                        "the database in " + folder + " holds families that this program does not know (" + text
                                + "): a newer version wrote it; run that version, or put the folder back as it was "
                                + "before that version ran",
                        e);
            }
            throw translated("opening", e);
        }
    }

    private RocksHandles handles() throws IOException {
        if (handles == null) {
            throw closed ? closed() : new IOException("the database in " + folder + " could not be opened again yet");
        }
        return handles;
    }

    private static boolean corrupt(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getCode() == Status.Code.Corruption;
    }

    private static boolean failedRead(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getCode() == Status.Code.IOError;
    }

    /** Whether writes are refused because a compaction could not read a block: a write itself reads nothing. */
    private static boolean barrier(RocksDBException e) {
        return corrupt(e) || failedRead(e) && String.valueOf(e.getMessage()).contains("pread");
    }

    /** What the openings could not read of the log, those before this process too until somebody has acted on it. */
    List<String> losses() {
        return losses;
    }

    /** Notes on stable storage that somebody has acted on the losses. */
    void settleLosses() throws IOException {
        WalSalvage.settle(folder);
    }

    /** Whether a block that is damaged or can't be read has stopped compactions. */
    boolean damaged() {
        return damaged;
    }

    private IOException unread(RocksDBException e) {
        if (corrupt(e)) {
            return new CorruptRecordException(
                    "a block of the database in " + folder + " is damaged: " + e.getMessage(), e);
        }
        return failedRead(e)
                ? new UnreadableRecordException(
                        "a block of the database in " + folder + " can't be read: " + e.getMessage(), e)
                : translated("reading from", e);
    }

    private IOException translated(String doing, RocksDBException e) {
        Status status = e.getStatus();
        String text = doing + " the database in " + folder + " failed: " + e.getMessage();
        boolean full = status != null && status.getSubCode() == Status.SubCode.NoSpace
                || String.valueOf(e.getMessage()).contains("No space left");
        return full ? WriteException.noRoom(text, e) : new IOException(text, e);
    }

    /** Mail is nobody else's to read: a folder that is made here is the owner's alone. */
    private static void makePrivate(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }
}
