package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where messages go whose records are damaged: out of the way of the others, with all of their octets that can still be
 * read. A body in a file stays where it is, and is known through the entry here.
 *
 * <p>Under each id there are up to four keys, told apart by their ninth octet: why and when, and the three values.
 */
final class Quarantine {
    private static final int VERSION = 1;
    private static final byte INFO = 0;
    private static final int STEP = 256;

    /** The parts of a message, in the order of the last octet of their keys, from 1. */
    private static final List<Family> PARTS = List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY);

    /** What an exported part is called, behind the id. */
    private static final Map<Family, String> NAMES =
            Map.of(Tables.MESSAGE, ".record", Tables.STATE, ".state", Tables.BODY, ".eml");

    private final Database database;
    private final Path bodies;

    /**
     * @param database the spool's
     * @param bodies the folder of large bodies
     */
    Quarantine(Database database, Path bodies) {
        this.database = database;
        this.bodies = bodies;
    }

    /** Moves whatever there is of a message here, in one synced write; returns when it is done. */
    void add(QueueId id, String reason, Instant now) throws IOException {
        List<Edit> edits = new ArrayList<>();
        StringBuilder why = new StringBuilder(reason);
        for (Family part : PARTS) {
            try {
                database.get(part, Tables.key(id))
                        .ifPresent(value -> edits.add(new Edit.Put(Tables.QUARANTINE, key(id, part), value)));
            } catch (CorruptRecordException e) {
                why.append("; its ")
                        .append(part.name())
                        .append(" can't be read: ")
                        .append(e.getMessage());
            }
            edits.add(new Edit.Delete(part, Tables.key(id)));
        }
        byte[] info =
                new RecordWriter(VERSION).instant(now).text(why.toString()).record();
        edits.add(new Edit.Put(Tables.QUARANTINE, key(id, INFO), info));
        database.commit(edits);
    }

    boolean contains(QueueId id) throws IOException {
        return database.get(Tables.QUARANTINE, key(id, INFO)).isPresent();
    }

    /** What is here, oldest id first, at most so many. */
    List<Quarantined> list(int limit) throws IOException {
        List<Quarantined> found = new ArrayList<>();
        byte[] from = new byte[0];
        while (found.size() < limit) {
            List<Entry> some = database.scan(Tables.QUARANTINE, from, new byte[0], STEP);
            if (some.isEmpty()) {
                break;
            }
            for (Entry entry : some) {
                if (entry.key().length == Long.BYTES + 1 && entry.key()[Long.BYTES] == INFO && found.size() < limit) {
                    found.add(info(new QueueId(ByteBuffer.wrap(entry.key()).getLong()), entry.value()));
                }
            }
            from = Tables.behind(some.getLast().key());
        }
        return found;
    }

    private Quarantined info(QueueId id, byte[] value) throws IOException {
        long octets = 0;
        for (Family part : PARTS) {
            octets += database.get(Tables.QUARANTINE, key(id, part))
                    .map(bytes -> bytes.length)
                    .orElse(0);
        }
        try {
            RecordReader reader = new RecordReader("the quarantine of message " + id, value, VERSION);
            return new Quarantined(id, reader.instant(), reader.text(), octets);
        } catch (CorruptRecordException e) {
            return new Quarantined(id, Instant.EPOCH, String.valueOf(e.getMessage()), octets);
        }
    }

    /**
     * Copies the octets of a message into files named by its id: {@code .eml} the message itself, {@code .record} and
     * {@code .state} as they are stored, {@code .txt} the reason.
     *
     * @param into a folder
     * @return the files; none when the message is not here
     */
    List<Path> export(QueueId id, Path into) throws IOException {
        Optional<byte[]> info = database.get(Tables.QUARANTINE, key(id, INFO));
        if (info.isEmpty()) {
            return List.of();
        }
        Quarantined entry = info(id, info.get());
        List<Path> files = new ArrayList<>();
        files.add(Files.writeString(into.resolve(id + ".txt"), entry.at() + " " + entry.reason() + "\n"));
        for (Family part : PARTS) {
            Optional<byte[]> value = database.get(Tables.QUARANTINE, key(id, part));
            if (value.isPresent()) {
                files.add(Files.write(into.resolve(id + NAMES.get(part)), value.get()));
            }
        }
        Path body = bodies.resolve(id.toString());
        if (Files.exists(body)) {
            files.add(Files.copy(body, into.resolve(id + ".eml"), StandardCopyOption.REPLACE_EXISTING));
        }
        return files;
    }

    /** Forgets a message for good; false when it is not here. */
    boolean drop(QueueId id) throws IOException {
        if (!contains(id)) {
            return false;
        }
        List<Edit> edits = new ArrayList<>();
        edits.add(new Edit.Delete(Tables.QUARANTINE, key(id, INFO)));
        PARTS.forEach(part -> edits.add(new Edit.Delete(Tables.QUARANTINE, key(id, part))));
        database.commit(edits);
        Files.deleteIfExists(bodies.resolve(id.toString()));
        return true;
    }

    private static byte[] key(QueueId id, Family part) {
        return key(id, (byte) (PARTS.indexOf(part) + 1));
    }

    private static byte[] key(QueueId id, byte part) {
        return ByteBuffer.allocate(Long.BYTES + 1).putLong(id.value()).put(part).array();
    }
}
