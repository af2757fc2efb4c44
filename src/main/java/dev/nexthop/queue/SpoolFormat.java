package dev.nexthop.queue;

import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.RecordException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The version of what a spool holds, written into it. It tells of families, keys and what belongs together; each record
 * has a version of its own beside it.
 *
 * <p>A spool of an older version is brought up one step at a time. The last commit of a step holds the new mark, so that a
 * step that was cut short begins again; whatever a step writes before must bear being written twice.
 */
final class SpoolFormat {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFormat.class);

    /** What {@link #STEPS} leads to. */
    static final int CURRENT = 2;

    /** Index is the version that a step begins at. */
    static final List<Step> STEPS = List.of(
            // 0, before there was a mark: the same records; a family for the quarantine was added.
            _ -> List.of(),
            // 1: files of bodies were named by ids and had no header; there may be some for ever.
            _ -> List.of());

    private SpoolFormat() {}

    /** Brings a spool from one version to the next. */
    interface Step {
        /**
         * Does the work, in commits of bearable size.
         *
         * @param database the spool's
         * @return what is left to be written, together with the new mark
         */
        List<Edit> run(Database database) throws IOException;
    }

    /**
     * Makes sure that this program understands a spool, bringing it up to date.
     *
     * @param path of the spool, for the text
     * @throws IOException when a newer program wrote it; nothing has changed then
     */
    static void bringUp(Database database, Path path) throws IOException {
        bringUp(database, path, STEPS);
    }

    static void bringUp(Database database, Path path, List<Step> steps) throws IOException {
        int newest = steps.size();
        Optional<byte[]> stored;
        try {
            stored = database.get(Tables.META, Tables.formatKey());
        } catch (RecordException e) {
            LOG.error(
                    "the format of the spool in {} can't be read and is taken for {}: {}", path, newest, e.toString());
            if (e instanceof CorruptRecordException) {
                database.commit(List.of(mark(newest))); // else a later program would leave out its steps
            }
            return;
        }
        long version = stored.map(Tables::mark).orElse(0L);
        if (version > newest) {
            throw new IOException("the spool in " + path + " has format " + version
                    + ", and this program reads formats up to " + newest
                    + ": run the version of Nexthop that wrote it, or one that is newer; no message was changed");
        }
        if (version < 0) {
            LOG.error("the format of the spool in {} is damaged and is taken for {}", path, newest);
            database.commit(List.of(mark(newest)));
            return;
        }
        if (stored.isEmpty() && empty(database)) {
            database.commit(List.of(mark(newest)));
            return;
        }
        for (int at = (int) version; at < newest; at++) {
            List<Edit> last = new ArrayList<>(steps.get(at).run(database));
            last.add(mark(at + 1));
            database.commit(last);
            LOG.info("the spool in {} went from format {} to {}", path, at, at + 1);
        }
    }

    /** Whether a database was opened as a spool before; true also when that can't be read. */
    static boolean used(Database database) throws IOException {
        try {
            return database.get(Tables.META, Tables.idsKey()).isPresent();
        } catch (RecordException e) {
            return true;
        }
    }

    private static boolean empty(Database database) throws IOException {
        return database.scan(Tables.META, new byte[0], new byte[0], 1).isEmpty();
    }

    private static Edit mark(int version) {
        return new Edit.Put(Tables.META, Tables.formatKey(), Tables.markValue(version));
    }
}
