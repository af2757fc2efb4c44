package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of the folder of bodies that are no message's: begun for the next one, or left by one that is done. To write over
 * a file costs less than to make one and to remove another, and its name is on stable storage already.
 */
final class SpareFiles {
    /** Most files that are kept for the next messages. */
    static final int MOST = 64;

    /** Octets of the largest that is kept: with {@link #MOST}, 64 MiB of disk at most. */
    static final long LARGEST = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SpareFiles.class);

    private final BodyNames names;
    private final FolderSync sync;
    private final FileAttribute<?>[] permissions;
    private final BlockingQueue<Long> kept = new ArrayBlockingQueue<>(MOST);
    private volatile boolean closed;

    /**
     * @param names of the folder
     * @param sync of the folder
     * @param permissions of files that are made
     */
    SpareFiles(BodyNames names, FolderSync sync, FileAttribute<?>[] permissions) {
        this.names = names;
        this.sync = sync;
        this.permissions = permissions;
    }

    /**
     * A file that a body is written to.
     *
     * @param number of the file, which makes its name
     * @param since what {@link FolderSync#sync} wants when the name is new; 0 when it is on stable storage
     * @param channel where the body begins; behind it may lie what an older one left
     */
    record Begun(long number, long since, FileChannel channel) {}

    /** A file for the body of a new message; a new one is called after it. */
    Begun begin(QueueId id) throws IOException {
        for (Long old = kept.poll(); old != null; old = kept.poll()) {
            try {
                return begun(old, 0, FileChannel.open(names.path(old), StandardOpenOption.WRITE));
            } catch (IOException e) {
                LOG.warn("{} can't be used again: {}", names.path(old), e.toString());
                remove(names.path(old));
            }
        }
        // No two folders have files of one name, so that one that was missing for a while can be put back.
        long made = id.value();
        long since = sync.now();
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileChannel channel = FileChannel.open(names.path(made), options, permissions);
        try {
            BodyHeader.NOBODYS.write(channel);
            return begun(made, since, channel);
        } catch (IOException e) {
            undo(channel, made);
            throw RocksSpool.fullOr(e);
        } catch (RuntimeException | Error e) {
            undo(channel, made);
            throw e;
        }
    }

    private void undo(FileChannel channel, long made) throws IOException {
        channel.close();
        remove(names.path(made));
    }

    private static Begun begun(long number, long since, FileChannel channel) throws IOException {
        return new Begun(number, since, channel.position(BodyHeader.SIZE));
    }

    /**
     * Keeps the file of a message that is done for the next one.
     *
     * @return false when it is not worth keeping, or can't be written to
     */
    boolean keep(long number) {
        if (kept.remainingCapacity() == 0) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(names.path(number), StandardOpenOption.WRITE)) {
            if (channel.size() > LARGEST) {
                return false;
            }
            BodyHeader.NOBODYS.write(channel);
        } catch (IOException e) {
            LOG.debug("{} can't be used again: {}", names.path(number), e.toString());
            return false;
        }
        // Asked again behind the offer: a close between the two has not seen it.
        return !closed && kept.offer(number) && !(closed && kept.remove(number));
    }

    /** Removes those that are kept, and keeps no more: a stopped server has no mail on disk but that of its queue. */
    void close() {
        closed = true;
        release();
    }

    /** Removes those that are kept: the disk has better use for their room. */
    void release() {
        for (Long number = kept.poll(); number != null; number = kept.poll()) {
            remove(names.path(number));
        }
    }

    static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays behind until the next start: {}", file, e.toString());
        }
    }
}
