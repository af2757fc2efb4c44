package dev.nexthop.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps the folder of a database to one owner, from before its logs are looked at until it is closed. RocksDB has a lock of
 * its own, but takes it only when it opens, and a second descriptor of that file would undo it.
 */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws StoreInUseException when somebody else has it
     */
    static FolderLock take(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("OWNER"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null && free(folder)) {
                return new FolderLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(folder, e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw inUse(folder, new IOException("its lock is held"));
    }

    /** Whether RocksDB's own lock is free too. This process can't have it: it would have the other one. */
    private static boolean free(Path folder) throws IOException {
        try (FileChannel own =
                        FileChannel.open(folder.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = own.tryLock()) {
            return lock != null;
        }
    }

    static StoreInUseException inUse(Path folder, Exception reason) {
        return new StoreInUseException(
                "the folder " + folder + " is in use by another process, or twice by this one: stop the other, "
                        + "or configure another path (" + reason.getMessage() + ")",
                reason);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
