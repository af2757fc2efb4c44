package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators said of recipients that they hold: why, who and until when. On disk only. A recipient's state is the spool's;
 * a note counts only while its recipient is held.
 */
final class HoldNotes {
    private static final Logger LOG = LoggerFactory.getLogger(HoldNotes.class);
    private static final int STEP = 1_000;
    private static final int KEY = Long.BYTES + Integer.BYTES;

    private final DeskRecords records;
    /** Nobody is held anew while {@link #sweep} finds out what is old. Taken before the lock of a message. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean any;

    private HoldNotes(DeskRecords records) {
        this.records = records;
    }

    static HoldNotes open(DeskRecords records) throws IOException {
        HoldNotes notes = new HoldNotes(records);
        notes.any = !records.scan(DeskRecords.HOLDS, new byte[0], 1).isEmpty();
        return notes;
    }

    /** A recipient. */
    record Place(QueueId id, int index) {}

    /** What is said of a recipient. */
    record Note(Place place, Order.Terms terms) {}

    /** Whether there may be notes: where nobody wrote any, nobody looks. */
    boolean any() {
        return any;
    }

    /**
     * Says the same of recipients, and has them held when it is on stable storage; nobody forgets it in between.
     *
     * @param holds changes their states; it is not run when the disk refuses what is said
     */
    void write(List<Place> places, Order.Terms terms, Runnable holds) throws IOException {
        if (places.isEmpty()) {
            return;
        }
        any = true;
        byte[] value = OrderCodec.encode(terms);
        List<Edit> edits = new ArrayList<>(places.size());
        places.forEach(place -> edits.add(new Edit.Put(DeskRecords.HOLDS, key(place.id(), place.index()), value)));
        lock.lock();
        try {
            records.commit(edits);
            holds.run();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a recipient is held. */
    interface Held {
        boolean test(Place place) throws IOException;
    }

    /** Forgets what was said of those who are held no more. Between the words of a new hold and the hold it waits. */
    void sweep(List<Place> places, Held held) throws IOException {
        if (!any) {
            return;
        }
        lock.lock();
        try {
            List<Place> stale = new ArrayList<>();
            for (Place place : places) {
                boolean noted = records.get(DeskRecords.HOLDS, key(place.id(), place.index()))
                        .isPresent();
                if (noted && !held.test(place)) {
                    stale.add(place);
                }
            }
            erase(stale);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was said of recipients. */
    void erase(List<Place> places) throws IOException {
        if (!any || places.isEmpty()) {
            return;
        }
        List<Edit> edits = new ArrayList<>(places.size());
        places.forEach(place -> edits.add(new Edit.Delete(DeskRecords.HOLDS, key(place.id(), place.index()))));
        records.commit(edits);
    }

    /** What is said of a recipient. */
    Optional<Order.Terms> of(QueueId id, int index) {
        if (!any) {
            return Optional.empty();
        }
        try {
            Optional<byte[]> stored = records.get(DeskRecords.HOLDS, key(id, index));
            return stored.isEmpty() ? Optional.empty() : Optional.of(OrderCodec.decodeTerms(stored.get()));
        } catch (IOException e) {
            LOG.warn("what was said of a held recipient of message {} can't be read: {}", id, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Some notes, in order.
     *
     * @param after behind this one; empty for the start
     * @return none when there are no more
     */
    List<Note> some(Optional<Place> after) throws IOException {
        byte[] from = after.map(place -> Arrays.copyOf(key(place.id(), place.index()), KEY + 1))
                .orElse(new byte[0]);
        List<Note> found = new ArrayList<>();
        while (found.isEmpty()) {
            List<Entry> some = records.scan(DeskRecords.HOLDS, from, STEP);
            if (some.isEmpty()) {
                return found;
            }
            for (Entry entry : some) {
                read(entry, found);
            }
            byte[] last = some.getLast().key();
            from = Arrays.copyOf(last, last.length + 1);
        }
        return found;
    }

    private static void read(Entry entry, List<Note> found) {
        try {
            if (entry.key().length != KEY) {
                throw new CorruptRecordException("a key that is no recipient");
            }
            ByteBuffer key = ByteBuffer.wrap(entry.key());
            Place place = new Place(new QueueId(key.getLong()), key.getInt());
            found.add(new Note(place, OrderCodec.decodeTerms(entry.value())));
        } catch (CorruptRecordException e) {
            LOG.warn("what was said of a held recipient can't be read: {}", e.getMessage());
        }
    }

    /** Such as {@code held by admin: under investigation; until 2026-11-22T12:00:00Z}. */
    static String words(Order.Terms terms) {
        String end = terms.until().map(until -> "until " + until).orElse("until it is released");
        return "held since " + terms.since() + " by " + terms.by() + ": " + terms.reason() + "; " + end;
    }

    static boolean over(Order.Terms terms, Instant now) {
        return terms.until().filter(until -> !until.isAfter(now)).isPresent();
    }

    private static byte[] key(QueueId id, int index) {
        return ByteBuffer.allocate(KEY).putLong(id.value()).putInt(index).array();
    }
}
