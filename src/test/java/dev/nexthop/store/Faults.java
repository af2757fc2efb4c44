package dev.nexthop.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A disk that fails in ways that a test says, for tests of other rooms. */
public final class Faults {
    private volatile Writes writes = Writes.WELL;
    private volatile boolean dead;
    private final CountDownLatch failedSync = new CountDownLatch(1);
    private final List<Span> bad = new CopyOnWriteArrayList<>();

    private enum Writes {
        WELL,
        /** The next is made and reported as failed. */
        UNTOLD,
        /** The next is not made, and nobody can know that. */
        FAILED,
        /** What is not synced is gone with the next sync, which fails. */
        LOST
    }

    private record Span(Family family, byte[] from, byte[] to) {
        boolean holds(Family of, byte[] key) {
            return of.equals(family)
                    && Arrays.compareUnsigned(from, key) <= 0
                    && (to.length == 0 || Arrays.compareUnsigned(key, to) < 0);
        }
    }

    /** The next write is made and reported as failed. */
    public void arm() {
        writes = Writes.UNTOLD;
    }

    /** The next write is not made, and reported as every failed one. */
    public void refuse() {
        writes = Writes.FAILED;
    }

    /** The database can't be opened anew after a failed write. */
    public void die() {
        dead = true;
    }

    /** What is written and not synced is lost when it would be synced, and that fails. */
    public void lose() {
        writes = Writes.LOST;
    }

    /** Returns when that has happened. */
    public void awaitLoss() {
        try {
            if (!failedSync.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("there was no sync");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * The disk gives an error for these keys, as for a block on a bad sector.
     *
     * @param from the first
     * @param to the first behind them; empty for the end
     */
    public void unreadable(Family family, byte[] from, byte[] to) {
        bad.add(new Span(family, from, to));
    }

    /** Turns an octet in the first block of each table of a closed database. */
    public static void damageTables(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path table :
                    files.filter(file -> file.toString().endsWith(".sst")).toList()) {
                byte[] octets = Files.readAllBytes(table);
                octets[10] = (byte) ~octets[10];
                Files.write(table, octets);
            }
        }
    }

    /** Everything can be read again. */
    public void readable() {
        bad.clear();
    }

    /** A database on this disk. */
    public Database open(Path folder, List<Family> families) throws IOException {
        return Database.open(
                folder, "faulty", families, StoreMemory.SMALL, new Database.Between(Faulty::new, Holes::new));
    }

    private final class Faulty implements Engine {
        private final Engine engine;

        Faulty(Engine engine) {
            this.engine = engine;
        }

        @Override
        public void write(List<Commit> group, boolean sync) throws IOException {
            Writes now = writes;
            if (now == Writes.LOST && !sync) {
                return;
            }
            writes = Writes.WELL;
            if (now != Writes.FAILED) {
                engine.write(group, sync);
            }
            if (now == Writes.UNTOLD || now == Writes.FAILED) {
                throw new IOException("no answer from the disk");
            }
        }

        @Override
        public void sync() throws IOException {
            if (writes == Writes.LOST) {
                writes = Writes.WELL;
                failedSync.countDown();
                throw new IOException("the disk did not keep it");
            }
            engine.sync();
        }

        @Override
        public void revive() throws IOException {
            if (dead) {
                throw new IOException("the disk is gone");
            }
            engine.revive();
        }
    }

    private final class Holes implements Reading {
        private final Reading engine;

        Holes(Reading engine) {
            this.engine = engine;
        }

        private void look(Family family, byte[] key) throws IOException {
            if (bad.stream().anyMatch(span -> span.holds(family, key))) {
                throw new UnreadableRecordException("While pread: Input/output error");
            }
        }

        @Override
        public byte @Nullable [] get(Family family, byte[] key) throws IOException {
            look(family, key);
            return engine.get(family, key);
        }

        @Override
        public List<Entry> scan(Family family, byte[] from, byte[] to, int limit) throws IOException {
            List<Entry> before = new ArrayList<>();
            for (Entry entry : engine.scan(family, from, to, limit)) {
                try {
                    look(family, entry.key());
                } catch (UnreadableRecordException e) {
                    if (before.isEmpty()) {
                        throw e;
                    }
                    return before;
                }
                before.add(entry);
            }
            return before;
        }
    }
}
