package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the database of a stopped server anew, with everything that can be read of the old one, which is kept under another
 * name. The new one is made under a name that nobody opens, gets a second name when it is whole, and then changes places;
 * whoever opens a spool finishes that.
 */
final class Rebuild {
    private static final String BEGUN = "db.rebuilding";
    private static final String WHOLE = "db.rebuilt";
    private static final int STEP = 256;
    private static final byte[] END = new byte[0];
    private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);

    private final Database old;
    private final Database fresh;
    private final Path bodies;
    private final Sweep sweep;

    private Rebuild(Database old, Database fresh, Path bodies) {
        this.old = old;
        this.fresh = fresh;
        this.bodies = bodies;
        this.sweep = new Sweep(old);
    }

    /** Whether a new database waits for its place. */
    static boolean waits(SpoolSettings settings) {
        return Files.isDirectory(settings.path().resolve(WHOLE));
    }

    /** Finishes a change of places that was cut short when the old database had gone already. */
    static void finish(SpoolSettings settings) throws IOException {
        if (waits(settings) && !Files.isDirectory(RocksSpool.folder(settings))) {
            Files.move(settings.path().resolve(WHOLE), RocksSpool.folder(settings), StandardCopyOption.ATOMIC_MOVE);
            sync(settings.path());
        }
    }

    /**
     * Removes a new database that never took its place. Only while the one in place is held open: with every hour the other
     * is further behind, and one day it would bring back mail that was sent.
     */
    static void discard(SpoolSettings settings) throws IOException {
        if (waits(settings)) {
            LOG.warn(
                    "{} was never put in place and is removed: --repair again",
                    settings.path().resolve(WHOLE));
            delete(settings.path().resolve(WHOLE));
        }
    }

    /**
     * Does it all.
     *
     * @return where the old database is
     */
    static Path run(SpoolSettings settings, Clock clock) throws IOException {
        Path path = settings.path();
        Path begun = path.resolve(BEGUN);
        delete(begun);
        delete(path.resolve(WHOLE));
        try (Database old = Database.open(RocksSpool.folder(settings), "old", Tables.ALL, StoreMemory.SMALL);
                Database fresh = Database.open(begun, "fresh", Tables.ALL, StoreMemory.SMALL)) {
            Rebuild rebuild = new Rebuild(old, fresh, settings.path().resolve("bodies"));
            for (Family family : List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY, Tables.QUARANTINE)) {
                rebuild.copy(family);
            }
            rebuild.marks();
        }
        Path kept = path.resolve("db.damaged-" + clock.millis());
        Files.move(begun, path.resolve(WHOLE), StandardCopyOption.ATOMIC_MOVE);
        sync(path);
        Files.move(RocksSpool.folder(settings), kept, StandardCopyOption.ATOMIC_MOVE);
        sync(path);
        if (!waits(settings)) {
            Files.move(kept, RocksSpool.folder(settings), StandardCopyOption.ATOMIC_MOVE);
            throw new IOException("another process opened the spool in " + path
                    + " before the new database was in place; nothing is changed: --repair again");
        }
        finish(settings);
        return kept;
    }

    private void copy(Family family) throws IOException {
        Optional<byte[]> at = Optional.of(new byte[0]);
        while (at.isPresent()) {
            Sweep.Part part = sweep.next(family, at.get(), END, STEP);
            if (part.gap()) {
                single(
                        family,
                        at.get(),
                        part.entries().isEmpty()
                                ? END
                                : part.entries().getFirst().key());
            }
            put(family, part.entries());
            at = part.end();
        }
    }

    /** A gap may hold several damaged blocks with whole ones between: each id that anything else names is asked for. */
    private void single(Family family, byte[] from, byte[] to) throws IOException {
        for (Family other : List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY)) {
            byte[] at = from;
            while (!other.equals(family)) {
                List<Long> ids = sweep.ids(other, at, to, STEP);
                if (ids.isEmpty()) {
                    break;
                }
                for (long id : ids) {
                    ask(family, Tables.markValue(id));
                }
                at = Tables.behind(Tables.markValue(ids.getLast()));
            }
        }
        for (QueueId id : BodyFiles.ids(bodies)) {
            byte[] key = Tables.key(id);
            boolean inside =
                    Arrays.compareUnsigned(key, from) >= 0 && (to.length == 0 || Arrays.compareUnsigned(key, to) < 0);
            if (inside && family.equals(Tables.QUARANTINE)) {
                for (byte[] part : Quarantine.keys(id)) {
                    ask(family, part);
                }
            } else if (inside) {
                ask(family, key);
            }
        }
    }

    private void ask(Family family, byte[] key) throws IOException {
        try {
            Optional<byte[]> value = old.get(family, key);
            if (value.isPresent()) {
                put(family, List.of(new Entry(key, value.get())));
            }
        } catch (RecordException e) {
            LOG.debug("not copied, for it can't be read: {}", e.getMessage());
        }
    }

    private void put(Family family, List<Entry> entries) throws IOException {
        if (!entries.isEmpty()) {
            List<Edit> edits = new ArrayList<>();
            entries.forEach(entry -> edits.add(new Edit.Put(family, entry.key(), entry.value())));
            fresh.commit(edits);
        }
    }

    /** One that can't be read becomes one that is no mark, which the next start mends. */
    private void marks() throws IOException {
        for (byte[] key : List.of(Tables.idsKey(), Tables.formatKey())) {
            Optional<byte[]> value;
            try {
                value = old.get(Tables.META, key);
            } catch (RecordException e) {
                LOG.warn("a mark can't be read, and the next start makes it anew: {}", e.getMessage());
                value = Optional.of(END);
            }
            if (value.isPresent()) {
                fresh.commit(List.of(new Edit.Put(Tables.META, key, value.get())));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
