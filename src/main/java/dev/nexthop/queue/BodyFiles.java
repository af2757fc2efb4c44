package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of large bodies: one file a message, which says whose it is in its {@link BodyHeader}, there on stable storage
 * before its record and gone, or nobody's, after it.
 */
final class BodyFiles {
    private static final Logger LOG = LoggerFactory.getLogger(BodyFiles.class);

    private final Path folder;
    private final BodyNames names;
    private final FolderSync sync;
    private final SpareFiles spares;
    // The numbers of the files of messages: a few, for a file is hundreds of kilobytes.
    private final Map<QueueId, Long> present = new ConcurrentHashMap<>();
    // Of those that nobody is known to own, and that stay.
    private final Map<QueueId, Long> doubtful = new ConcurrentHashMap<>();
    private final UntoldFiles untold = new UntoldFiles();
    // Those of messages that this process has made: nobody else has a name for them, so that they may be written over.
    private final Set<QueueId> own = ConcurrentHashMap.newKeySet();
    // How many read the body of an id: nobody may write over it.
    private final Map<QueueId, Integer> readers = new ConcurrentHashMap<>();

    /** What the database says of an id. */
    interface Known {
        Owner owner(QueueId id, Path file) throws IOException;
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
        this.names = new BodyNames(folder);
        this.sync = new FolderSync(folder);
        this.spares = new SpareFiles(names, sync, permissions(folder, "rw-------"));
    }

    /**
     * Opens the folder and removes files that no message owns: spares, and bodies of which the record was not written
     * yet, or was removed, when the process died.
     */
    static BodyFiles open(Path folder, Known known) throws IOException {
        boolean made = !Files.isDirectory(folder);
        if (made) {
            Files.createDirectory(folder, permissions(folder, "rwx------"));
        }
        BodyFiles files = new BodyFiles(folder);
        if (made) {
            files.sync.sync(files.sync.now());
            FolderSync.force(folder.toAbsolutePath().getParent()); // else its own name may be gone after a power cut
        }
        for (Path file : all(folder)) {
            files.adopt(file, known);
        }
        return files;
    }

    private void adopt(Path file, Known known) throws IOException {
        if (BodyNames.isOldSpare(file)) {
            Files.delete(file);
            return;
        }
        OptionalLong number = BodyNames.number(file);
        if (number.isEmpty()) {
            LOG.warn("the spool's folder of bodies holds something else: {}", file);
            return;
        }
        Optional<QueueId> owner;
        try {
            owner = BodyNames.owner(file);
        } catch (IOException e) {
            untold.add(file, e);
            return;
        }
        if (owner.isEmpty()) {
            Files.delete(file);
            return;
        }
        adopt(file, number.getAsLong(), owner.get(), known.owner(owner.get(), file));
    }

    private void adopt(Path file, long number, QueueId id, Owner owner) throws IOException {
        if (owner != Owner.NOBODY && (contains(id) || doubtful.containsKey(id))) {
            second(file, id);
            return;
        }
        switch (owner) {
            case MESSAGE -> present.put(id, number);
            case NOBODY -> {
                Files.delete(file);
                LOG.info("removed the body {} of {} that no message owns", file, id);
            }
            case DOUBTFUL -> {
                doubtful.put(id, number);
                LOG.info("the body {} of {} has no record, and stays", file, id);
            }
        }
    }

    private void second(Path file, QueueId id) {
        untold.add(
                file,
                new CorruptRecordException(
                        "it says that it is the body of message " + id + ", as " + path(id) + " does"));
    }

    /** A file for the body of a new message: to be given its header, cut off behind the body and synced. */
    SpareFiles.Begun begin(QueueId id) throws IOException {
        return spares.begin(id);
    }

    /** Returns when the name of a file is on stable storage; its content is the draft's to sync. */
    void syncFolder(SpareFiles.Begun begun) throws IOException {
        if (begun.since() != 0) {
            sync.sync(begun.since());
        }
    }

    /** Takes a whole and synced file as the body of a message. */
    void add(SpareFiles.Begun begun, QueueId id) throws IOException {
        if (present.putIfAbsent(id, begun.number()) != null) {
            throw new IOException("the id " + id + " was given twice: it has a body, " + path(id));
        }
        own.add(id);
    }

    /** Removes a file that becomes nobody's. */
    void abandon(SpareFiles.Begun begun) {
        SpareFiles.remove(names.path(begun.number()));
    }

    /**
     * Opens a body; whoever has read it says {@link #left} once.
     *
     * @return where the body begins
     * @throws CorruptRecordException when the file is another's, or nobody's, or does not say whose
     */
    FileChannel open(QueueId id) throws IOException {
        return open(id, false);
    }

    /** The same, also of a file that does not say whose it is. */
    FileChannel salvage(QueueId id) throws IOException {
        return open(id, true);
    }

    private FileChannel open(QueueId id, boolean lenient) throws IOException {
        // In this order: whoever removes the body takes its number away first, and then looks who reads.
        readers.merge(id, 1, Integer::sum);
        FileChannel channel = null;
        try {
            Long number = present.get(id);
            if (number == null) {
                throw new NoSuchFileException(folder.toString(), null, "no file says that it is the body of " + id);
            }
            channel = FileChannel.open(names.path(number, id), StandardOpenOption.READ);
            return number == BodyNames.BY_ID ? channel : behindHeader(channel, id, lenient);
        } catch (IOException | RuntimeException e) {
            left(id);
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    private FileChannel behindHeader(FileChannel channel, QueueId id, boolean lenient) throws IOException {
        Optional<QueueId> owner;
        try {
            owner = BodyHeader.read(channel, path(id)).owner();
        } catch (CorruptRecordException e) {
            if (!lenient) {
                throw e;
            }
            owner = Optional.of(id);
        }
        if (owner.isEmpty() || !owner.get().equals(id)) {
            throw new CorruptRecordException("the body " + path(id) + " is damaged: it says that it is "
                    + owner.map(other -> "the body of " + other).orElse("nobody's") + ", not of " + id);
        }
        return channel.position(BodyHeader.SIZE);
    }

    /** The end of an {@link #open}. */
    void left(QueueId id) {
        readers.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
    }

    Path folder() {
        return folder;
    }

    /**
     * Takes a file that is there for the body of a message that comes back, if there is one; also one whose header is damaged,
     * which is mended.
     *
     * @throws UnreadableRecordException when there may be one that the disk gives an error for
     */
    void take(QueueId id, MessageRecord.Body body) throws IOException {
        own.remove(id);
        if (contains(id)) {
            if (!saysWhose(id)) {
                mend(path(id), id, body);
            }
            return;
        }
        search(id);
        readAgain();
        Optional<Path> same = contains(id) ? Optional.empty() : untold.match(body);
        if (same.isPresent()) {
            mend(same.get(), id, body);
            found(id, same.get());
            untold.remove(same.get());
        }
        find(id);
    }

    /** Reads those files once more that the disk gave an error for. */
    void readAgain() {
        untold.again(this::found);
    }

    /** False when the header has been damaged since it was read. */
    private boolean saysWhose(QueueId id) throws IOException {
        try {
            BodyNames.owner(path(id));
            return true;
        } catch (CorruptRecordException e) {
            return false;
        } catch (NoSuchFileException e) {
            return true; // who reads it tells
        }
    }

    private void search(QueueId id) throws IOException {
        Long stayed = doubtful.remove(id);
        if (stayed != null) {
            present.put(id, stayed);
            return;
        }
        for (Path file : all(folder)) {
            if (BodyNames.number(file).isPresent() && id.equals(ownerOrNull(file))) {
                found(id, file);
                untold.remove(file);
                return;
            }
        }
    }

    /** Writes a header anew, when what is behind it is a body. */
    private static void mend(Path file, QueueId id, MessageRecord.Body body) throws IOException {
        BodyHeader header = new BodyHeader(Optional.of(id), body.size(), body.checksum());
        if (header.describes(file)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                header.write(channel);
                channel.force(false);
            }
            LOG.info("the body {} is that of message {} by its length and checksum, and says so again", file, id);
        }
    }

    private void found(QueueId id, Path file) {
        Long before = present.putIfAbsent(id, BodyNames.number(file).orElseThrow());
        if (before != null && !path(id).equals(file)) {
            second(file, id);
        }
    }

    private static @Nullable QueueId ownerOrNull(Path file) {
        try {
            return BodyNames.owner(file).orElse(null);
        } catch (IOException e) {
            LOG.debug("{} is nobody's that can be told: {}", file, e.toString());
            return null;
        }
    }

    /** The highest id that has a file; -1 when none has. */
    long highest() {
        return ids().stream().mapToLong(QueueId::value).max().orElse(-1);
    }

    /** Every id that has a file, in order. */
    List<QueueId> ids() {
        return Stream.of(present, doubtful)
                .flatMap(map -> map.keySet().stream())
                .sorted()
                .toList();
    }

    /** Every id that has a file in a folder that nobody has opened; none when the folder is missing. */
    static List<QueueId> ids(Path folder) throws IOException {
        List<QueueId> ids = new ArrayList<>();
        for (Path file : Files.isDirectory(folder) ? all(folder) : List.<Path>of()) {
            QueueId id = BodyNames.number(file).isPresent() ? ownerOrNull(file) : null;
            if (id != null) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** Files that the spool did not put here. */
    List<Path> foreign() throws IOException {
        return all(folder).stream()
                .filter(file -> BodyNames.number(file).isEmpty())
                .toList();
    }

    /** Files that may be the body of a message, of which it can't be told whose. */
    UntoldFiles untold() {
        return untold;
    }

    private static List<Path> all(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** Where the body of a message is, or might be. */
    Path path(QueueId id) {
        Long number = present.getOrDefault(id, doubtful.getOrDefault(id, BodyNames.BY_ID));
        return names.path(number, id);
    }

    boolean contains(QueueId id) {
        return present.containsKey(id);
    }

    /**
     * Makes sure that a message has a file.
     *
     * @throws CorruptRecordException when it has none
     * @throws UnreadableRecordException when it may be one that the disk gives an error for
     */
    void require(QueueId id) throws RecordException {
        find(id);
        if (!contains(id)) {
            throw new CorruptRecordException(
                    "the body of message " + id + " is missing: no file in " + folder + " says that it is");
        }
    }

    /**
     * Looks for a body in the files that the disk gave an error for.
     *
     * @throws UnreadableRecordException when it is in none that can be read now, and others are left
     */
    void find(QueueId id) throws UnreadableRecordException {
        if (!contains(id)) {
            readAgain();
        }
        if (!contains(id) && untold.unsure()) {
            throw new UnreadableRecordException("the body of message " + id
                    + " may be in a file that the disk gives an error for: " + untold.unread());
        }
    }

    /**
     * Removes a file if there is one, or keeps it for the next message. Failing costs disk until the next start, nothing
     * else.
     */
    void remove(QueueId id) {
        Long number = present.remove(id);
        if (number == null) {
            return;
        }
        boolean ours = own.remove(id);
        // Nobody opens it any more; who has opened it before goes on reading the old body.
        if (!ours || readers.containsKey(id) || !spares.keep(number)) {
            SpareFiles.remove(names.path(number, id));
        }
    }

    /** Removes a file whose disk may be at fault, and where nobody is to write again. */
    void discard(QueueId id) {
        own.remove(id);
        Long number = present.remove(id);
        if (number != null) {
            SpareFiles.remove(names.path(number, id));
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
