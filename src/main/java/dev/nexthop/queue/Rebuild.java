package dev.nexthop.queue;

import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes the database of a stopped server anew, with everything that can be read of the old one, which is kept under another
 * name. The new one is made under a name that nobody opens, gets a second name when it is whole, and then changes places;
 * whoever opens a spool finishes that.
 */
final class Rebuild {
    private static final String BEGUN = "db.rebuilding";
    private static final String WHOLE = "db.rebuilt";
    private static final int STEP = 256;

    private Rebuild() {}

    /** Whether a new database waits for its place. */
    static boolean waits(SpoolSettings settings) {
        return Files.isDirectory(settings.path().resolve(WHOLE));
    }

    /** Finishes a change of places that was cut short. */
    static void finish(SpoolSettings settings) throws IOException {
        if (waits(settings) && !Files.isDirectory(RocksSpool.folder(settings))) {
            Files.move(settings.path().resolve(WHOLE), RocksSpool.folder(settings), StandardCopyOption.ATOMIC_MOVE);
            sync(settings.path());
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
        try (Database old = Database.open(RocksSpool.folder(settings), "old", Tables.ALL, StoreMemory.SMALL);
                Database fresh = Database.open(begun, "fresh", Tables.ALL, StoreMemory.SMALL)) {
            Sweep sweep = new Sweep(old);
            for (Family family : List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY, Tables.QUARANTINE)) {
                copy(sweep, family, fresh);
            }
            for (byte[] key : List.of(Tables.idsKey(), Tables.formatKey())) {
                Optional<byte[]> value = old.get(Tables.META, key);
                if (value.isPresent()) {
                    fresh.commit(List.of(new Edit.Put(Tables.META, key, value.get())));
                }
            }
        }
        Path kept = path.resolve("db.damaged-" + clock.millis());
        Files.move(begun, path.resolve(WHOLE), StandardCopyOption.ATOMIC_MOVE);
        sync(path);
        Files.move(RocksSpool.folder(settings), kept, StandardCopyOption.ATOMIC_MOVE);
        sync(path);
        finish(settings);
        return kept;
    }

    private static void copy(Sweep sweep, Family family, Database fresh) throws IOException {
        Optional<byte[]> at = Optional.of(new byte[0]);
        while (at.isPresent()) {
            Sweep.Part part = sweep.next(family, at.get(), new byte[0], STEP);
            if (!part.entries().isEmpty()) {
                List<Edit> edits = new ArrayList<>();
                for (Entry entry : part.entries()) {
                    edits.add(new Edit.Put(family, entry.key(), entry.value()));
                }
                fresh.commit(edits);
            }
            at = part.end();
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
