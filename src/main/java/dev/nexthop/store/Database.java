package dev.nexthop.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded database with one writer. Any thread may call any method: writes are handed to the committer thread, so
 * that a virtual thread never blocks inside native code, which would pin its carrier. {@link #get} reads on the
 * caller's thread, mostly from memory; {@link #scan} may take long and wants a platform thread.
 */
public final class Database implements AutoCloseable {
    /** How long a commit waits for room in the line before it is refused. */
    public static final Duration LINE_PATIENCE = Duration.ofSeconds(30);

    /** How long {@link #commit} waits for its write; a client waits ten minutes (RFC 5321 §4.5.3.2.6). */
    public static final Duration COMMIT_PATIENCE = Duration.ofMinutes(2);

    /** How long {@link #close} waits for the last writes. */
    public static final Duration CLOSE_PATIENCE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final RocksEngine engine;
    private final Reading reading;
    private final WaitingLine line = new WaitingLine();
    private final Committer committer;
    private final Patience patience;

    /**
     * What comes between a database and its engine, for tests of a disk that fails.
     *
     * @param writing where the committer writes
     * @param reading where everybody reads
     */
    record Between(UnaryOperator<Engine> writing, UnaryOperator<Reading> reading) {
        /** Nothing. */
        static final Between NOTHING = new Between(engine -> engine, engine -> engine);
    }

    private Database(RocksEngine engine, Between between, String name) {
        this.engine = engine;
        this.reading = between.reading().apply(engine);
        this.committer = Committer.start(name + "-committer", between.writing().apply(engine), line);
        this.patience = Patience.start(name + "-patience", COMMIT_PATIENCE);
    }

    /**
     * Opens a database, making it when missing.
     *
     * @param folder where it lives; no other process may have it open
     * @param name names the committer thread
     * @param families all of its families
     * @param memory bounds of its native memory
     * @throws StoreInUseException when another process has it open
     * @throws IOException when the folder can't be written or holds something else
     */
    public static Database open(Path folder, String name, List<Family> families, StoreMemory memory)
            throws IOException {
        return open(folder, name, families, memory, Between.NOTHING);
    }

    /** As the public one, with something between this and the engine; for tests. */
    static Database open(Path folder, String name, List<Family> families, StoreMemory memory, Between between)
            throws IOException {
        RocksEngine engine = RocksEngine.open(folder, families, memory);
        return new Database(engine, between, name);
    }

    /**
     * Hands over edits to be written together or not at all, in the order of submission.
     *
     * @param edits at least one
     * @param promise what holds when the future completes, and whether somebody waits for that
     * @return completes on the committer thread, exceptionally with a {@link WriteException} when the write failed:
     *     attach nothing that blocks or takes long
     */
    public CompletableFuture<Void> submit(List<Edit> edits, Promise promise) {
        Commit commit = Commit.of(edits, promise);
        try {
            switch (line.add(commit, LINE_PATIENCE.toNanos())) {
                case TAKEN -> {}
                case FULL ->
                    refuse(
                            commit,
                            new IOException("the disk does not keep up: no room in the line of writes for "
                                    + LINE_PATIENCE.toSeconds() + " s"));
                case CLOSED -> refuse(commit, RocksEngine.closed());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(commit, new InterruptedIOException("interrupted before the write"));
        }
        return commit.done();
    }

    private static void refuse(Commit commit, IOException reason) {
        commit.done().completeExceptionally(WriteException.notTried(String.valueOf(reason.getMessage()), reason));
    }

    /**
     * Writes edits together or not at all and returns when they are on stable storage.
     *
     * @param edits at least one
     * @throws WriteException when the write failed or was not seen to succeed within {@link #COMMIT_PATIENCE}
     */
    public void commit(List<Edit> edits) throws WriteException {
        await(submit(edits, Promise.SYNCED));
    }

    /**
     * Waits for a write handed over with {@link #submit}.
     *
     * @param write its future
     * @throws WriteException as {@link #commit} does
     */
    public void await(CompletableFuture<Void> write) throws WriteException {
        try {
            patience.of(write).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WriteException.tried("interrupted while waiting for the disk", e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            String text = String.valueOf(cause.getMessage());
            boolean tried = !(cause instanceof WriteException known) || known.maybeWritten();
            throw tried ? WriteException.tried(text, cause) : WriteException.notTried(text, cause);
        }
    }

    /**
     * Reads one value. Sees everything whose future has completed.
     *
     * @throws RecordException when the block that holds it is damaged, or the disk gives an error there
     * @throws IOException when it can't be read, or the database is closed
     */
    public Optional<byte[]> get(Family family, byte[] key) throws IOException {
        return Optional.ofNullable(reading.get(family, key));
    }

    /**
     * Reads entries in the order of their keys, compared as unsigned octets. Long scans are made of several calls.
     *
     * @param family where
     * @param from the first key wanted, or what would come before it; empty for the start
     * @param to the first key not wanted; empty for the end
     * @param limit at most so many
     * @return fewer than {@code limit} only when there are no more, or when they are large: ask again behind the last
     *     key until none comes
     * @throws RecordException when the first of them is in a damaged block, or in one where the disk gives an error; what
     *     lies before such a block is given
     * @throws IOException when they can't be read, or the database is closed
     */
    public List<Entry> scan(Family family, byte[] from, byte[] to, int limit) throws IOException {
        return reading.scan(family, from, to, limit);
    }

    /** What the committer did so far. */
    public CommitCounts counts() {
        return committer.counts();
    }

    /**
     * How often the database was opened anew, or that was tried, after a write or a sync had failed. Each time may lose what
     * was {@linkplain Promise#WRITTEN written} and not synced: whoever builds on such writes asks before the first of them, and again
     * when a synced one behind the last has succeeded.
     */
    public long revivals() {
        return committer.revivals();
    }

    /**
     * Logs that were damaged when the database was opened, a sentence each: the records in those places are lost. An end
     * that a power cut tore off is one of them. Each opening tells of them, also the next process's, until
     * {@link #settleLosses} was called.
     */
    public List<String> losses() {
        return engine.losses();
    }

    /**
     * Notes on stable storage that everything was done that the losses ask for: later openings tell of them no more.
     *
     * @throws IOException when it can't be noted; the next opening tells of them again
     */
    public void settleLosses() throws IOException {
        engine.settleLosses();
    }

    /**
     * The losses, of which later openings tell no more: for an owner who can do nothing about them but say so.
     *
     * @throws IOException when that can't be noted
     */
    public List<String> takeLosses() throws IOException {
        List<String> losses = losses();
        if (!losses.isEmpty()) {
            settleLosses();
        }
        return losses;
    }

    /** Whether tables are no longer merged because a block can't be read: it must be rewritten before the disk fills. */
    public boolean damaged() {
        return engine.damaged();
    }

    /** The engine, for tests that hold it up. */
    RocksEngine engine() {
        return engine;
    }

    /** Writes what waits, syncs and closes. Whatever comes later is an IOException. A second call does nothing. */
    @Override
    public void close() {
        line.close();
        try {
            committer.join(CLOSE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.error("interrupted while the last writes were made; unacknowledged ones may be missing");
        } catch (IOException e) {
            LOG.error("closing the database although {}", e.getMessage());
        }
        patience.close();
        engine.close();
    }
}
