package dev.nexthop.queue;

import dev.nexthop.store.Database;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads families of the spool in the order of ids, around blocks that are damaged or that the disk does not give: the
 * database can't tell which keys such a block holds, so the first key behind it is searched for by halves.
 */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final Database database;

    Sweep(Database database) {
        this.database = database;
    }

    /**
     * A part of a family.
     *
     * @param entries in the order of their keys
     * @param gap whether there may be keys before the first entry that can't be read
     * @param end where to go on; empty when there is nothing more
     * @param damage what the database said of the gap
     * @param passing whether the gap is one that the disk gives an error for: what it holds may be read later
     */
    record Part(List<Entry> entries, boolean gap, Optional<byte[]> end, String damage, boolean passing) {}

    /**
     * The next entries.
     *
     * @param from the first key wanted, or what would come before it
     * @param to the first key not wanted; empty for the end
     * @throws UnreadableRecordException when the disk gives nothing at all: that is no gap, and no end
     */
    Part next(Family family, byte[] from, byte[] to, int limit) throws IOException {
        try {
            List<Entry> some = database.scan(family, from, to, limit);
            return new Part(some, false, end(some), "", false);
        } catch (RecordException e) {
            long behind = behindDamage(family, first(from));
            byte[] next = start(family, behind);
            boolean over = behind == Long.MAX_VALUE || to.length > 0 && Arrays.compareUnsigned(next, to) >= 0;
            List<Entry> some = over ? List.of() : readable(family, next, to, limit);
            boolean passing = e instanceof UnreadableRecordException;
            if (passing && some.isEmpty() && !answers()) {
                throw e;
            }
            return new Part(some, true, end(some), String.valueOf(e.getMessage()), passing);
        }
    }

    /** Whether the disk gives anything of any message. */
    private boolean answers() throws IOException {
        for (Family family : List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY, Tables.QUARANTINE)) {
            try {
                if (!database.scan(family, new byte[0], new byte[0], 1).isEmpty()) {
                    return true;
                }
            } catch (RecordException e) {
                LOG.debug("the first of a family can't be read: {}", e.getMessage());
            }
        }
        return false;
    }

    private List<Entry> readable(Family family, byte[] from, byte[] to, int limit) throws IOException {
        return database.scan(family, from, to, limit);
    }

    private static Optional<byte[]> end(List<Entry> some) {
        return some.isEmpty()
                ? Optional.empty()
                : Optional.of(Tables.behind(some.getLast().key()));
    }

    /** The id that a key begins with; keys are ids, or ids and one octet more. */
    private static long first(byte[] from) {
        long id = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            id = id << 8 | (i < from.length ? from[i] & 0xFF : 0);
        }
        return from.length > Long.BYTES ? id + 1 : id;
    }

    /** The smallest id found, above one that can't be read from, that can; the largest number when there is none. */
    private long behindDamage(Family family, long from) throws IOException {
        long bad = from;
        long step = 1;
        long good = -1;
        while (good < 0) {
            if (bad > Long.MAX_VALUE - step) {
                return Long.MAX_VALUE;
            }
            long probe = bad + step;
            if (canRead(family, probe)) {
                good = probe;
            } else {
                bad = probe;
                step *= 2;
            }
        }
        while (good - bad > 1) {
            long middle = bad + (good - bad) / 2;
            if (canRead(family, middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    /**
     * Where the keys of an id begin. Where keys are longer than ids, the id alone may be what the database calls the end of
     * the block before: asked for it, it would look there first.
     */
    private static byte[] start(Family family, long id) {
        byte[] key = Tables.markValue(id);
        return family.equals(Tables.QUARANTINE) ? Arrays.copyOf(key, key.length + 1) : key;
    }

    private boolean canRead(Family family, long id) throws IOException {
        try {
            return database.scan(family, start(family, id), new byte[0], 1).size() <= 1;
        } catch (RecordException e) {
            return false;
        }
    }

    /** The ids of a family between two keys, around damaged blocks. */
    List<Long> ids(Family family, byte[] from, byte[] to, int limit) throws IOException {
        List<Long> ids = new ArrayList<>();
        Optional<byte[]> at = Optional.of(from);
        while (at.isPresent() && ids.size() < limit) {
            Part part = next(family, at.get(), to, limit);
            for (Entry entry : part.entries()) {
                long id = Tables.idOf(entry.key());
                if (id >= 0) {
                    ids.add(id);
                }
            }
            at = part.end();
        }
        return ids;
    }
}
