package dev.nexthop.mailbox;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Promise;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local message store on an embedded database of its own.
 *
 * <p>The octets of a message are stored once, in pieces, under its queue id; each account has a small record that names
 * the id and holds the fields put before the message. The pieces are on stable storage before the records of all accounts
 * are written, in one atomic synced write, so that a record never leads to a message that is not whole. Pieces of a delivery
 * that never got that far are written over when it is repeated.
 */
public final class RocksMailboxes implements Mailboxes {
    /** Octets of one piece of a message. */
    static final int PIECE = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RocksMailboxes.class);
    private static final int LIST_STEP = 256;

    private final Database database;
    private final Clock clock;

    private RocksMailboxes(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Opens the store, making it when missing.
     *
     * @param folder where it lives; no other process may have it open
     * @param clock the time of day
     * @throws IOException when the folder is in use, or can't be read or written
     */
    public static RocksMailboxes open(Path folder, Clock clock) throws IOException {
        return new RocksMailboxes(Database.open(folder, "mailboxes", MailboxTables.ALL, StoreMemory.SMALL), clock);
    }

    /** A store on an open database, which it closes; for tests of a disk that fails. */
    static RocksMailboxes over(Database database, Clock clock) {
        return new RocksMailboxes(database, clock);
    }

    /** What its database lost before this opening, a sentence each, told once: mail that was delivered may be gone. */
    public List<String> takeLosses() throws IOException {
        return database.takeLosses();
    }

    @Override
    public void deliver(QueueId id, List<String> accounts, byte[] headers, MessageBody body) throws IOException {
        List<byte[]> missing = new ArrayList<>();
        for (String account : new LinkedHashSet<>(accounts)) {
            byte[] key = MailboxTables.mailKey(account, id);
            if (database.get(MailboxTables.MAIL, key).isEmpty()) {
                missing.add(key);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        List<Edit> last = new ArrayList<>();
        byte[] start = stored(id, body) ? firstPiece(id) : storePieces(id, body, last);
        int looked = Math.min(start.length, HeaderPeek.MAX_HEADER);
        byte[] whole = Arrays.copyOf(headers, headers.length + looked);
        System.arraycopy(start, 0, whole, headers.length, looked);
        MailRecord record = new MailRecord(
                clock.instant(),
                headers,
                body.size(),
                body.eightBit() || eightBit(headers),
                HeaderPeek.field(whole, "From"),
                HeaderPeek.field(whole, "Subject"));
        for (byte[] key : missing) {
            last.add(new Edit.Put(MailboxTables.MAIL, key, record.encode()));
        }
        database.commit(last);
    }

    /** Whether another account has the message: what is whole is shared, and never written again. */
    private boolean stored(QueueId id, MessageBody body) throws IOException {
        Optional<byte[]> size = database.get(MailboxTables.WHOLE, MailboxTables.wholeKey(id));
        if (size.isPresent() && !Arrays.equals(size.get(), MailboxTables.sizeValue(body.size()))) {
            throw new IOException("another message is stored under the id " + id);
        }
        return size.isPresent();
    }

    private byte[] firstPiece(QueueId id) throws IOException {
        return database.get(MailboxTables.PIECE, MailboxTables.pieceKey(id, 0)).orElse(new byte[0]);
    }

    /**
     * Writes all pieces; an only one goes with the records.
     *
     * @param last where an only piece and the word that all are there go
     * @return the first piece, for the header fields of the message
     */
    private byte[] storePieces(QueueId id, MessageBody body, List<Edit> last) throws IOException {
        byte[] start = new byte[0];
        long stored = 0;
        long revivals = database.revivals();
        try (InputStream in = body.open()) {
            int number = 0;
            for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                if (number == 0) {
                    start = piece;
                }
                for (Edit before : last) {
                    // Unsynced: the synced write of the last piece carries everything before it to stable storage.
                    database.await(database.submit(List.of(before), Promise.WRITTEN));
                }
                last.clear();
                last.add(new Edit.Put(MailboxTables.PIECE, MailboxTables.pieceKey(id, number++), piece));
                stored += piece.length;
            }
        }
        if (stored != body.size()) {
            throw new IOException(
                    "message " + id + " has " + stored + " octets where " + body.size() + " were promised");
        }
        if (stored > PIECE) {
            settle(id, last, revivals);
        }
        last.add(new Edit.Put(MailboxTables.WHOLE, MailboxTables.wholeKey(id), MailboxTables.sizeValue(stored)));
        return start;
    }

    /** Brings all pieces to stable storage: when a sync failed since the first, the disk may have lost some of them. */
    private void settle(QueueId id, List<Edit> last, long revivals) throws IOException {
        database.commit(last);
        if (database.revivals() != revivals) {
            throw new IOException("the disk failed while message " + id
                    + " was stored, and may have lost a part of it: it is stored again with the next attempt");
        }
        last.clear();
    }

    private static boolean eightBit(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<StoredMessage> list(String account, int limit) throws IOException {
        byte[] prefix = MailboxTables.accountKey(account);
        byte[] from = prefix;
        byte[] to = MailboxTables.behind(prefix);
        List<StoredMessage> found = new ArrayList<>();
        while (found.size() < limit) {
            List<Entry> some = database.scan(MailboxTables.MAIL, from, to, Math.min(LIST_STEP, limit - found.size()));
            if (some.isEmpty()) {
                break;
            }
            for (Entry entry : some) {
                stored(account, entry, prefix.length).ifPresent(found::add);
            }
            byte[] last = some.getLast().key();
            from = Arrays.copyOf(last, last.length + 1);
        }
        return List.copyOf(found);
    }

    private static Optional<StoredMessage> stored(String account, Entry entry, int prefix) {
        try {
            if (entry.key().length != prefix + Long.BYTES) {
                throw new CorruptRecordException("a key of the account that is no queue id");
            }
            QueueId id = MailboxTables.idOf(entry.key());
            MailRecord record = MailRecord.decode("the stored message " + id, entry.value());
            long size = record.headers().length + record.size();
            return Optional.of(
                    new StoredMessage(id.toString(), record.received(), size, record.from(), record.subject()));
        } catch (CorruptRecordException | IllegalArgumentException e) {
            LOG.error("a message in the store of {} can't be read and stays where it is: {}", account, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Optional<MessageBody> read(String account, String id) throws IOException {
        QueueId queueId;
        try {
            queueId = QueueId.parse(id);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // No message has such an id.
        }
        Optional<byte[]> stored = database.get(MailboxTables.MAIL, MailboxTables.mailKey(account, queueId));
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        MailRecord record = MailRecord.decode("the stored message " + id, stored.get());
        return Optional.of(new StoredBody(database, queueId, record));
    }

    @Override
    public void close() {
        database.close();
    }
}
