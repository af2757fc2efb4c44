package dev.nexthop.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Brings the names in a folder to stable storage, those of all who ask meanwhile together. */
final class FolderSync {
    private final Path folder;
    private final AtomicLong asked = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    // Who asked with these numbers or before has been served, or has heard of a failure; with the lock.
    private long synced;
    private long failed;

    FolderSync(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns when every name is durable that was there at the call.
     *
     * @throws IOException when that is not certain: once a sync has failed, the next tells nothing of what it left out
     */
    void sync() throws IOException {
        long number = asked.incrementAndGet();
        lock.lock();
        try {
            if (number <= failed) {
                throw new IOException("the sync of the folder " + folder + " has just failed");
            }
            if (number > synced) {
                forceAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void forceAll() throws IOException {
        long all = asked.get();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            failed = all;
            throw e;
        }
        synced = all;
    }
}
