package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of large bodies: one file a message, named by its id once it is whole and synced, there before its record
 * and gone after it.
 */
final class BodyFiles {
    private static final Logger LOG = LoggerFactory.getLogger(BodyFiles.class);

    private final Path folder;
    private final FolderSync sync;
    private final SpareFiles spares;
    // Ids whose body is a file: a few, for a file is hundreds of kilobytes.
    private final Set<QueueId> present = ConcurrentHashMap.newKeySet();
    // Those of them that this process has made: nobody else has a name for them, so that they may be written over.
    private final Set<QueueId> own = ConcurrentHashMap.newKeySet();
    // How many read the body of an id: nobody may write over it.
    private final Map<QueueId, Integer> readers = new ConcurrentHashMap<>();

    /** What the database says of an id. */
    interface Known {
        Owner owner(QueueId id) throws IOException;
    }

    /** Whose a file is. */
    enum Owner {
        /** A message's, or one's in quarantine. */
        MESSAGE,
        /** Nobody's, for certain: a draft was open when the process died, or a message was done. */
        NOBODY,
        /** Nobody's that is known: it is not looked into now, and stays. */
        DOUBTFUL
    }

    private BodyFiles(Path folder) {
        this.folder = folder;
        this.sync = new FolderSync(folder);
        this.spares = new SpareFiles(folder, permissions(folder, "rw-------"));
    }

    /**
     * Opens the folder and removes files that no message owns: spares, and bodies of which the record was not written
     * yet, or was removed, when the process died.
     */
    static BodyFiles open(Path folder, Known known) throws IOException {
        BodyFiles files = new BodyFiles(folder);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, permissions(folder, "rwx------"));
            files.syncFolder(files.sync.now());
            FolderSync.force(folder.toAbsolutePath().getParent()); // else its own name may be gone after a power cut
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                files.adopt(file, known);
            }
        }
        return files;
    }

    private void adopt(Path file, Known known) throws IOException {
        if (SpareFiles.isSpare(file)) {
            Files.delete(file);
            return;
        }
        Optional<QueueId> parsed = parsed(file);
        if (parsed.isEmpty()) {
            LOG.warn("the spool's folder of bodies holds something else: {}", file);
            return;
        }
        QueueId id = parsed.get();
        switch (known.owner(id)) {
            case MESSAGE -> present.add(id);
            case NOBODY -> {
                Files.delete(file);
                LOG.info("removed the body {} that no message owns", file);
            }
            case DOUBTFUL -> LOG.info("the body {} has no record, and stays", file);
        }
    }

    /** A file for the body of a new message: to be cut off behind it and synced, then to be {@link #name named}. */
    SpareFiles.Begun begin() throws IOException {
        return spares.begin();
    }

    /**
     * Gives a whole and synced body the name of its message.
     *
     * @return what {@link #syncFolder(long)} wants
     */
    long name(SpareFiles.Begun begun, QueueId id) throws IOException {
        long since = sync.now();
        try {
            Files.move(begun.path(), path(id));
            own.add(id);
            present.add(id);
            return since;
        } catch (FileAlreadyExistsException e) {
            throw new IOException("the id " + id + " was given twice: " + path(id) + " exists", e);
        }
    }

    /** Removes a file that gets no name. */
    void abandon(SpareFiles.Begun begun) {
        delete(begun.path());
    }

    /** Opens a body; whoever has read it says {@link #left} once. */
    FileChannel open(QueueId id) throws IOException {
        readers.merge(id, 1, Integer::sum);
        try {
            return FileChannel.open(path(id), StandardOpenOption.READ);
        } catch (IOException | RuntimeException e) {
            left(id);
            throw e;
        }
    }

    /** The end of an {@link #open}. */
    void left(QueueId id) {
        readers.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
    }

    Path folder() {
        return folder;
    }

    /** Takes a file that is there for the body of a message that has come back. */
    void take(QueueId id) {
        own.remove(id);
        present.add(id);
    }

    /** The highest id that has a file; -1 when none has. */
    long highest() throws IOException {
        return ids().stream().mapToLong(QueueId::value).max().orElse(-1);
    }

    /** Every id that has a file, in order; names that are no ids are left out. */
    List<QueueId> ids() throws IOException {
        List<QueueId> ids = new ArrayList<>();
        for (Path file : all()) {
            parsed(file).ifPresent(ids::add);
        }
        Collections.sort(ids);
        return ids;
    }

    /** Files that the spool did not put here. */
    List<Path> foreign() throws IOException {
        return all().stream()
                .filter(file -> parsed(file).isEmpty() && !SpareFiles.isSpare(file))
                .toList();
    }

    private List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static Optional<QueueId> parsed(Path file) {
        try {
            return Optional.of(QueueId.parse(file.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    Path path(QueueId id) {
        return folder.resolve(id.toString());
    }

    boolean contains(QueueId id) {
        return present.contains(id);
    }

    /**
     * Brings the names of the files to stable storage; their content is the draft's to sync.
     *
     * @param since when the oldest of the names was about to be given
     */
    void syncFolder(long since) throws IOException {
        sync.sync(since);
    }

    /**
     * Removes a file if there is one, or keeps it for the next message. Failing costs disk until the next start, nothing
     * else.
     */
    void remove(QueueId id) {
        if (!present.remove(id)) {
            return;
        }
        if (!own.remove(id)) {
            delete(path(id));
            return;
        }
        try {
            Path file = spares.take(path(id));
            // Under its new name nobody opens it any more; who has opened it before goes on reading the old body.
            if (readers.containsKey(id) || !spares.keep(file)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("the body {} is gone already", path(id));
        } catch (IOException e) {
            LOG.warn("the body {} stays behind until the next start: {}", path(id), e.toString());
        }
    }

    /** Removes a file whose disk may be at fault, and where nobody is to write again. */
    void discard(QueueId id) {
        own.remove(id);
        if (present.remove(id)) {
            delete(path(id));
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays behind until the next start: {}", file, e.toString());
        }
    }

    /** Gives room back to the disk. */
    void release() {
        spares.release();
    }

    /** Leaves nothing behind but bodies of messages. */
    void close() {
        spares.close();
    }

    private static FileAttribute<?>[] permissions(Path folder, String text) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))}
                : new FileAttribute<?>[0];
    }
}
