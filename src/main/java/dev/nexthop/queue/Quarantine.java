package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import dev.nexthop.store.UnreadableRecordException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where messages go whose records are damaged: out of the way of the others, with all of their octets that can still be
 * read. A body in a file stays where it is, and is known through the entry here.
 *
 * <p>Under each id there are up to four keys, told apart by their ninth octet: why and when, and the three values.
 */
final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final int VERSION = 1;
    private static final byte INFO = 0;
    private static final int STEP = 256;

    /** The parts of a message, in the order of the last octet of their keys, from 1. */
    private static final List<Family> PARTS = List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY);

    /** What an exported part is called, behind the id. */
    private static final Map<Family, String> NAMES =
            Map.of(Tables.MESSAGE, ".record", Tables.STATE, ".state", Tables.BODY, ".eml");

    private final Database database;

    /**
     * @param database the spool's
     */
    Quarantine(Database database) {
        this.database = database;
    }

    /**
     * Moves whatever there is of a message here, in one synced write; returns when it is done. A part for which the disk gives
     * an error stays where it was: it may be read later.
     */
    void add(QueueId id, String reason, Instant now) throws IOException {
        List<Edit> edits = new ArrayList<>();
        StringBuilder why = new StringBuilder(reason);
        for (Family part : PARTS) {
            boolean stays = false;
            try {
                database.get(part, Tables.key(id))
                        .ifPresent(value -> edits.add(new Edit.Put(Tables.QUARANTINE, key(id, part), value)));
            } catch (RecordException e) {
                stays = e instanceof UnreadableRecordException;
                why.append("; its ")
                        .append(part.name())
                        .append(" can't be read: ")
                        .append(e.getMessage());
            }
            if (!stays) {
                edits.add(new Edit.Delete(part, Tables.key(id)));
            }
        }
        byte[] info =
                new RecordWriter(VERSION).instant(now).text(why.toString()).record();
        edits.add(new Edit.Put(Tables.QUARANTINE, key(id, INFO), info));
        database.commit(edits);
    }

    /**
     * Whether anything of a message is here; what is damaged counts as here.
     *
     * @throws UnreadableRecordException when the disk gives an error where it would be
     */
    boolean contains(QueueId id) throws IOException {
        for (byte[] key : keys(id)) {
            try {
                if (database.get(Tables.QUARANTINE, key).isPresent()) {
                    return true;
                }
            } catch (CorruptRecordException e) {
                return true;
            }
        }
        return false;
    }

    /**
     * What is here, oldest id first, around damaged blocks.
     *
     * @param limit at most so many
     * @param damage is told what the database says of such a block
     */
    List<Quarantined> list(int limit, Consumer<String> damage) throws IOException {
        Sweep sweep = new Sweep(database);
        List<Quarantined> found = new ArrayList<>();
        long before = -1;
        Optional<byte[]> at = Optional.of(new byte[0]);
        while (at.isPresent() && found.size() < limit) {
            Sweep.Part part = sweep.next(Tables.QUARANTINE, at.get(), new byte[0], STEP);
            if (part.gap()) {
                damage.accept(part.damage());
            }
            for (Entry entry : part.entries()) {
                if (entry.key().length != Long.BYTES + 1 || found.size() >= limit) {
                    continue;
                }
                long id = ByteBuffer.wrap(entry.key()).getLong();
                if (id != before) {
                    found.add(info(new QueueId(id)));
                }
                before = id;
            }
            at = part.end();
        }
        return found;
    }

    /** A part of a message that is here; empty when it can't be read. */
    private Optional<byte[]> readable(QueueId id, Family part) throws IOException {
        try {
            return stored(id, part);
        } catch (RecordException e) {
            return unread(id, e);
        }
    }

    private static Optional<byte[]> unread(QueueId id, RecordException e) {
        LOG.error("a part of message {} in quarantine can't be read: {}", id, e.getMessage());
        return Optional.empty();
    }

    /** A part of a message that is here, also one that could not be read when the others were moved. */
    private Optional<byte[]> stored(QueueId id, Family part) throws IOException {
        Optional<byte[]> here = database.get(Tables.QUARANTINE, key(id, part));
        return here.isPresent() ? here : database.get(part, Tables.key(id));
    }

    private Optional<byte[]> why(QueueId id) throws IOException {
        try {
            return database.get(Tables.QUARANTINE, key(id, INFO));
        } catch (RecordException e) {
            return unread(id, e);
        }
    }

    private Quarantined info(QueueId id) throws IOException {
        long octets = 0;
        for (Family part : PARTS) {
            octets += readable(id, part).map(bytes -> bytes.length).orElse(0);
        }
        Optional<byte[]> value = why(id);
        if (value.isEmpty()) {
            return new Quarantined(id, Instant.EPOCH, "why and when it came here can't be read", octets);
        }
        try {
            RecordReader reader = new RecordReader("the quarantine of message " + id, value.get(), VERSION);
            return new Quarantined(id, reader.instant(), reader.text(), octets);
        } catch (CorruptRecordException e) {
            return new Quarantined(id, Instant.EPOCH, String.valueOf(e.getMessage()), octets);
        }
    }

    /**
     * Copies the octets of a message into files named by its id: {@code .eml} the message itself, {@code .record} and
     * {@code .state} as they are stored, {@code .txt} the reason.
     *
     * @param source the folder of large bodies
     * @param into a folder
     * @return the files; none when the message is not here
     */
    List<Path> export(QueueId id, BodyFiles source, Path into) throws IOException {
        if (!contains(id)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        for (Family part : PARTS) {
            Optional<byte[]> value = readable(id, part);
            if (value.isPresent()) {
                files.add(PrivateFile.write(into.resolve(id + NAMES.get(part)), new ByteArrayInputStream(value.get())));
            }
        }
        Quarantined entry = info(id);
        StringBuilder reason = new StringBuilder(entry.at() + " " + entry.reason() + "\n");
        if (!source.contains(id)) {
            if (readable(id, Tables.MESSAGE)
                    .filter(record -> isFile(id, record))
                    .isPresent()) {
                reason.append("there is no ")
                        .append(id)
                        .append(".eml: no file says that it is the body; queue verify names those that say nothing\n");
            }
        } else {
            try {
                files.add(exportFile(id, source, into));
            } catch (CorruptRecordException | NoSuchFileException e) {
                reason.append("there is no ")
                        .append(id)
                        .append(".eml: ")
                        .append(e.getMessage())
                        .append('\n');
            }
        }
        files.addFirst(PrivateFile.write(
                into.resolve(id + ".txt"),
                new ByteArrayInputStream(reason.toString().getBytes(StandardCharsets.UTF_8))));
        return files;
    }

    private static boolean isFile(QueueId id, byte[] record) {
        try {
            return MessageCodec.decode(id, record).body().place() == MessageRecord.Place.FILE;
        } catch (CorruptRecordException e) {
            return false;
        }
    }

    private static Path exportFile(QueueId id, BodyFiles source, Path into) throws IOException {
        // The count keeps others from writing over it, when it is restored and delivered meanwhile.
        FileChannel body = source.salvage(id);
        try (InputStream octets = Channels.newInputStream(body)) {
            return PrivateFile.write(into.resolve(id + ".eml"), octets);
        } finally {
            source.left(id);
        }
    }

    /**
     * Moves a message back where it came from, in one synced write, when all of it is there and belongs together.
     *
     * @return false when it is not here
     * @throws CorruptRecordException when it is not whole; it stays
     */
    boolean restore(QueueId id, RocksSpool spool) throws IOException {
        if (!contains(id)) {
            return false;
        }
        byte[] record = part(id, Tables.MESSAGE);
        byte[] state = part(id, Tables.STATE);
        MessageRecord.Body body = MessageCodec.decode(id, record).body();
        List<Edit> edits = removal(id);
        switch (body.place()) {
            case FILE -> {
                spool.files().take(id, body);
                RocksSpool.drain(spool.body(id, body));
            }
            case DATABASE -> {
                byte[] small = part(id, Tables.BODY);
                if (small.length != body.size()) {
                    throw new CorruptRecordException(
                            "the body of message " + id + " has " + small.length + " octets of " + body.size());
                }
                edits.add(new Edit.Put(Tables.BODY, Tables.key(id), small));
            }
        }
        QueuedMessage message = spool.message(id, record, state);
        edits.add(new Edit.Put(Tables.MESSAGE, Tables.key(message.id()), record));
        edits.add(new Edit.Put(Tables.STATE, Tables.key(message.id()), state));
        database.commit(edits);
        return true;
    }

    private byte[] part(QueueId id, Family part) throws IOException {
        return stored(id, part)
                .orElseThrow(() -> new CorruptRecordException("its " + part.name() + " is not in the quarantine"));
    }

    /** Forgets a message for good; false when it is not here. */
    boolean drop(QueueId id, BodyFiles files) throws IOException {
        if (!contains(id)) {
            return false;
        }
        database.commit(removal(id));
        files.discard(id);
        return true;
    }

    private static List<Edit> removal(QueueId id) {
        List<Edit> edits = new ArrayList<>();
        keys(id).forEach(key -> edits.add(new Edit.Delete(Tables.QUARANTINE, key)));
        return edits;
    }

    /** Every key that a message may have here. */
    static List<byte[]> keys(QueueId id) {
        List<byte[]> keys = new ArrayList<>();
        for (byte part = INFO; part <= PARTS.size(); part++) {
            keys.add(key(id, part));
        }
        return keys;
    }

    private static byte[] key(QueueId id, Family part) {
        return key(id, (byte) (PARTS.indexOf(part) + 1));
    }

    private static byte[] key(QueueId id, byte part) {
        return ByteBuffer.allocate(Long.BYTES + 1).putLong(id.value()).put(part).array();
    }
}
