package dev.nexthop.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of the folder of bodies that are no message's: begun for the next one, or left by one that is done. To write over
 * a file costs less than to make one and to remove another. Their names begin with {@link #PREFIX}: whatever has such a
 * name when the folder is opened can go.
 */
final class SpareFiles {
    /** No queue id begins like that. */
    static final String PREFIX = ".spare-";

    /** Most files that are kept for the next messages. */
    static final int MOST = 64;

    /** Octets of the largest that is kept: with {@link #MOST}, 64 MiB of disk at most. */
    static final long LARGEST = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SpareFiles.class);

    private final Path folder;
    private final FileAttribute<?>[] permissions;
    private final BlockingQueue<Path> kept = new ArrayBlockingQueue<>(MOST);
    private final AtomicLong names = new AtomicLong();
    private volatile boolean closed;

    SpareFiles(Path folder, FileAttribute<?>[] permissions) {
        this.folder = folder;
        this.permissions = permissions;
    }

    /**
     * A file that a body is written to.
     *
     * @param path where it is until it gets the name of its message
     * @param channel at its beginning; behind it may lie what an older body left
     */
    record Begun(Path path, FileChannel channel) {}

    /** A file for the body of a new message. */
    Begun begin() throws IOException {
        for (Path old = kept.poll(); old != null; old = kept.poll()) {
            try {
                return new Begun(old, FileChannel.open(old, StandardOpenOption.WRITE));
            } catch (IOException e) {
                LOG.warn("{} can't be used again: {}", old, e.toString());
                remove(old);
            }
        }
        Path made = next();
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new Begun(made, FileChannel.open(made, options, permissions));
    }

    /**
     * Takes the file of a message that is done.
     *
     * @return its new name; the old one when it is not worth keeping
     */
    Path take(Path body) throws IOException {
        if (kept.remainingCapacity() == 0 || Files.size(body) > LARGEST) {
            return body;
        }
        return Files.move(body, next(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Keeps a file for the next message; false when there are enough. */
    boolean keep(Path file) {
        // Asked again behind the offer: a close between the two has not seen it.
        return !closed && isSpare(file) && kept.offer(file) && !(closed && kept.remove(file));
    }

    static boolean isSpare(Path file) {
        return file.getFileName().toString().startsWith(PREFIX);
    }

    /** Removes those that are kept, and keeps no more: a stopped server has no mail on disk but that of its queue. */
    void close() {
        closed = true;
        release();
    }

    /** Removes those that are kept: the disk has better use for their room. */
    void release() {
        for (Path file = kept.poll(); file != null; file = kept.poll()) {
            remove(file);
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays behind until the next start: {}", file, e.toString());
        }
    }

    private Path next() {
        return folder.resolve(PREFIX + names.incrementAndGet());
    }
}
