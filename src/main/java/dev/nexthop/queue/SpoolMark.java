package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Family;
import dev.nexthop.store.RecordException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The mark on stable storage below which every queue id may have been given: see {@link QueueIds}. */
final class SpoolMark {
    private static final int STEP = 1_024;

    private final Database database;
    private final Clock clock;
    private final Path path;

    SpoolMark(Database database, Clock clock, Path path) {
        this.database = database;
        this.clock = clock;
        this.path = path;
    }

    /** The mark; where it can't be read or may be an old one, a new one above every id that is found. */
    long read(BodyFiles files, SpoolWatch watch) throws IOException {
        long mark;
        try {
            mark = database.get(Tables.META, Tables.idsKey()).map(Tables::mark).orElse(0L);
        } catch (RecordException e) {
            mark = -1;
        }
        if (mark >= 0 && database.losses().isEmpty()) {
            return mark;
        }
        long highest = Math.max(files.highest(), Math.max(highest(Tables.MESSAGE), highest(Tables.STATE)));
        long mended = Math.max(Math.max(mark, 0), Math.max(highest + 1, QueueIds.ahead(clock)));
        if (mark < 0) {
            watch.damaged("the mark of queue ids in " + path + " was damaged or could not be read; ids go on from "
                    + new QueueId(mended));
        }
        write(mended);
        return mended;
    }

    private long highest(Family family) throws IOException {
        Sweep sweep = new Sweep(database);
        long highest = -1;
        Optional<byte[]> at = Optional.of(new byte[0]);
        while (at.isPresent()) {
            Sweep.Part part = sweep.next(family, at.get(), new byte[0], STEP);
            if (!part.entries().isEmpty()) {
                highest = Math.max(highest, Tables.idOf(part.entries().getLast().key()));
            }
            at = part.end();
        }
        return highest;
    }

    /** Moves the mark to a value, unless it is above already. */
    void raise(long least) throws IOException {
        if (database.get(Tables.META, Tables.idsKey()).map(Tables::mark).orElse(0L) < least) {
            write(least);
        }
    }

    /** Returns when the mark is on stable storage. */
    void write(long mark) throws IOException {
        database.commit(List.of(new Edit.Put(Tables.META, Tables.idsKey(), Tables.markValue(mark))));
    }
}
