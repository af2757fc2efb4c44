package dev.nexthop.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Brings the names in a folder to stable storage, those of all who ask meanwhile together. */
final class FolderSync {
    private final Path folder;
    private final AtomicLong asked = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    // Names that were there by then are durable; those that were given since before then may not be. With the lock.
    private long synced;
    private long failed;

    FolderSync(Path folder) {
        this.folder = folder;
    }

    /** The time, as this counts it: to be asked before a name is given. */
    long now() {
        return asked.incrementAndGet();
    }

    /**
     * Returns when every name is durable that was there at the call.
     *
     * @param since the {@link #now} from before the first of those that the caller means
     * @throws IOException when that is not certain: once a sync has failed, the next tells nothing of what it left out
     */
    void sync(long since) throws IOException {
        long number = asked.incrementAndGet();
        lock.lock();
        try {
            if (since <= failed) {
                throw new IOException("the sync of the folder " + folder + " has just failed");
            }
            if (number > synced) {
                forceAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Brings the names that are in a folder to stable storage.
     *
     * @param folder none for what has no folder above it
     */
    static void force(@Nullable Path folder) throws IOException {
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void forceAll() throws IOException {
        long all = asked.get();
        try {
            force(folder);
        } catch (IOException e) {
            failed = asked.get(); // whoever was about to give a name may have given it by then
            throw e;
        }
        synced = all;
    }
}
