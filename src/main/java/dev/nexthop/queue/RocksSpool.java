package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CommitCounts;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Promise;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.StoreMemory;
import dev.nexthop.store.UnreadableRecordException;
import dev.nexthop.store.WriteException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spool on an embedded database, with files for large bodies.
 *
 * <p>A message is three entries under one id: what never changes, where the recipients stand, and a small body; a
 * large body is a file that is on stable storage before the entries are. All entries of a draft, and the changes
 * alongside, are one atomic write.
 */
public final class RocksSpool implements Spool {
    private static final Logger LOG = LoggerFactory.getLogger(RocksSpool.class);

    /** Runs what follows a write, so that the committer thread does not. */
    private static final Executor AFTER_WRITE = Thread::startVirtualThread;

    private final SpoolSettings settings;
    private final Clock clock;
    private final Consumer<QueuedMessage> taker;
    private final Database database;
    private final BodyFiles files;
    private final FreeSpace space;
    private final Quarantine quarantine;
    private final SpoolWatch watch;
    private final DamageAlarms alarms;
    private final QueueIds ids;
    private final QueueId firstOwn;
    private final DraftMemory memory = new DraftMemory();
    private final Refusals refusals;
    /** Whether the disk did not say, at the opening, if a body has its record. */
    private boolean unsure;
    // Messages whose body was found damaged while it was read: the next read of the message looks at it whole.
    private final Set<QueueId> suspects = ConcurrentHashMap.newKeySet();

    /** The bytes of a message about to be committed. */
    record Content(MessageRecord.Body place, MessageBody body) {}

    /**
     * Whom a spool works with.
     *
     * @param clock the time of day
     * @param taker is given what was committed
     * @param gauge looks at the disk
     * @param watch hears of damage
     */
    record Company(Clock clock, Consumer<QueuedMessage> taker, FreeSpace.Gauge gauge, SpoolWatch watch) {}

    /** What becomes of body files that no message owns. */
    enum Orphans {
        REMOVED,
        KEPT
    }

    private RocksSpool(Database database, SpoolSettings settings, Company company, Orphans orphans) throws IOException {
        this.settings = settings;
        this.clock = company.clock();
        this.taker = company.taker();
        this.space = new FreeSpace(company.gauge(), settings.reserve(), clock);
        this.watch = company.watch();
        this.alarms = new DamageAlarms(watch, clock);
        this.database = database;
        this.refusals = new Refusals(database, this::removal);
        SpoolFormat.bringUp(database, settings.path());
        Rebuild.discard(settings);
        Path bodies = settings.path().resolve("bodies");
        if (!Files.isDirectory(bodies) && SpoolFormat.used(database)) {
            watch.damaged("the folder of large bodies, " + bodies + ", is missing and is made anew: large messages that"
                    + " are queued go into quarantine. Bring it back with the server stopped, and take them out with"
                    + " nexthop queue verify --restore ID");
        }
        this.quarantine = new Quarantine(database);
        this.files = BodyFiles.open(bodies, (id, file) -> owner(id, file, orphans));
        files.untold().alarm(watch);
        SpoolMark mark = new SpoolMark(database, clock, settings.path());
        long marked = mark.read(files, watch);
        this.ids = new QueueIds(clock, marked, mark::write);
        this.firstOwn = new QueueId(marked);
        if (!database.losses().isEmpty()) {
            watch.damaged("the write-ahead log of the spool was damaged; unless a power cut only tore off its end, mail"
                    + " that was acknowledged may be lost; bodies without a record go into quarantine: "
                    + String.join("; ", database.losses()));
            if (orphans == Orphans.REMOVED && !unsure && !files.untold().unsure()) {
                database.settleLosses(); // not before: what was not done yet is done by the next opening
            }
        }
    }

    /** Whose a body file is. One that may have lost its record in the log goes into quarantine. */
    private BodyFiles.Owner owner(QueueId id, Path file, Orphans orphans) throws IOException {
        try {
            if (database.get(Tables.MESSAGE, Tables.key(id)).isPresent() || quarantine.contains(id)) {
                return BodyFiles.Owner.MESSAGE;
            }
        } catch (RecordException e) {
            unsure |= e instanceof UnreadableRecordException;
            return BodyFiles.Owner.MESSAGE; // what is to become of it is seen when it is read
        }
        if (orphans == Orphans.KEPT) {
            return BodyFiles.Owner.DOUBTFUL;
        }
        if (database.losses().isEmpty()) {
            return BodyFiles.Owner.NOBODY;
        }
        String what = "a body without a record, which may have been in a damaged place of the log";
        quarantine.add(id, BodyNames.whole(file) ? what : what + BodyNames.PART, clock.instant());
        return BodyFiles.Owner.MESSAGE;
    }

    /**
     * Opens the spool, making it when missing, and removes what a killed process left half done.
     *
     * @param settings where and how
     * @param clock the time of day
     * @param taker is given each message that a draft committed, after it is durable, on the thread that committed;
     *     when it throws, the message waits on disk for the next start
     * @param watch hears of damage, also while this opens
     * @throws IOException when the folder is in use by another process, can't be read or written, or was written by a
     *     newer program
     */
    public static RocksSpool open(SpoolSettings settings, Clock clock, Consumer<QueuedMessage> taker, SpoolWatch watch)
            throws IOException {
        Path path = settings.path();
        return open(
                settings,
                new Company(clock, taker, () -> Files.getFileStore(path).getUsableSpace(), watch),
                Orphans.REMOVED);
    }

    /** The same when only the log hears of damage; the parameters are those of the other. */
    public static RocksSpool open(SpoolSettings settings, Clock clock, Consumer<QueuedMessage> taker)
            throws IOException {
        return open(settings, clock, taker, text -> LOG.error("damage: {}", text));
    }

    static RocksSpool open(SpoolSettings settings, Company company, Orphans orphans) throws IOException {
        Rebuild.finish(settings);
        return over(Database.open(folder(settings), "spool", Tables.ALL, StoreMemory.BUSY), settings, company, orphans);
    }

    static Path folder(SpoolSettings settings) {
        return settings.path().resolve("db");
    }

    /** A spool on an open database, which it closes, at once when it can't be used. */
    static RocksSpool over(Database database, SpoolSettings settings, Company company, Orphans orphans)
            throws IOException {
        try {
            return new RocksSpool(database, settings, company, orphans);
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    @Override
    public Draft begin() throws IOException {
        requireRoom();
        return new SpoolDraft(this, ids.next());
    }

    QueuedMessage commit(
            QueueId id, Envelope envelope, Content content, List<RecipientState> recipients, List<Change> alongside)
            throws IOException {
        Instant created = clock.instant();
        byte[] key = Tables.key(id);
        List<Edit> edits = new ArrayList<>(3 + 2 * alongside.size());
        edits.add(new Edit.Put(
                Tables.MESSAGE, key, MessageCodec.encode(new MessageRecord(created, envelope, content.place()))));
        edits.add(new Edit.Put(Tables.STATE, key, StateCodec.encode(recipients)));
        byte[] small = content.body().inMemory();
        if (small != null) {
            edits.add(new Edit.Put(Tables.BODY, key, small));
        }
        alongside.forEach(change -> addEdits(edits, change));
        try {
            store(id, edits, !alongside.isEmpty());
        } catch (WriteException e) {
            throw fullOr(e);
        }
        alongside.forEach(this::removeFile);
        QueuedMessage message = new QueuedMessage(id, created, envelope, content.body(), recipients);
        handOver(message);
        return message;
    }

    /** Returns when a message is on stable storage. */
    private void store(QueueId id, List<Edit> edits, boolean company) throws WriteException {
        try {
            database.await(refusals.write(edits, Promise.SYNCED));
        } catch (WriteException e) {
            if (!e.maybeWritten()) {
                throw e;
            }
            if (company) {
                // What goes alongside may be on disk too: with a bounce, the removal of the message that it tells of.
                // While that is not known the message stays, and if it is there the next start sends it; rather twice
                // than never.
                refusals.settle(id, e);
            } else {
                refusals.add(id);
                throw e;
            }
        }
    }

    private void handOver(QueuedMessage message) {
        try {
            taker.accept(message);
        } catch (RuntimeException | Error e) {
            // It is durable, so it is ours and the client must hear 250 (RFC 5321 §6.1).
            LOG.error("message {} is stored but could not be scheduled; it waits for the next start", message.id(), e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The future completes on a virtual thread of its own. Waits only when so many writes are waiting that the line
     * is full.
     */
    @Override
    public CompletableFuture<Void> apply(List<Change> changes) {
        List<Edit> edits = new ArrayList<>(2 * changes.size());
        boolean dropsFile = false;
        for (Change change : changes) {
            addEdits(edits, change);
            dropsFile |= change instanceof Change.Removal && files.contains(change.id());
        }
        if (edits.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        // A file may only go when its record can't come back: after a power cut the record would find no body.
        Promise promise = dropsFile ? Promise.SYNCED_SOON : Promise.WRITTEN_SOON;
        return refusals.write(edits, promise).thenRunAsync(() -> changes.forEach(this::removeFile), AFTER_WRITE);
    }

    private void addEdits(List<Edit> edits, Change change) {
        byte[] key = Tables.key(change.id());
        switch (change) {
            case Change.Progress progress ->
                edits.add(new Edit.Put(Tables.STATE, key, StateCodec.encode(progress.recipients())));
            case Change.Removal _ -> edits.addAll(removal(change.id()));
        }
    }

    private List<Edit> removal(QueueId id) {
        byte[] key = Tables.key(id);
        List<Edit> edits = new ArrayList<>(3);
        edits.add(new Edit.Delete(Tables.MESSAGE, key));
        edits.add(new Edit.Delete(Tables.STATE, key));
        if (!files.contains(id)) {
            edits.add(new Edit.Delete(Tables.BODY, key));
        }
        return edits;
    }

    private void removeFile(Change change) {
        if (change instanceof Change.Removal) {
            Consumer<QueueId> end = suspects.remove(change.id()) ? files::discard : files::remove;
            end.accept(change.id());
        }
    }

    /** Whether a failure leaves open if the write was made. */
    static boolean maybeWritten(Exception failure) {
        Throwable told = failure instanceof WriteException ? failure : failure.getCause();
        return told instanceof WriteException write && write.maybeWritten();
    }

    /** The exception that says "full" in this room's words, when that is what happened. */
    static IOException fullOr(IOException e) {
        boolean full = e instanceof WriteException write && write.full()
                || String.valueOf(e.getMessage()).contains("No space left");
        if (!full) {
            return e;
        }
        SpoolFullException translated = new SpoolFullException(String.valueOf(e.getMessage()));
        translated.initCause(e);
        return translated;
    }

    @Override
    public Optional<QueuedMessage> read(QueueId id) throws IOException {
        byte[] key = Tables.key(id);
        Optional<byte[]> record = database.get(Tables.MESSAGE, key);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> state = database.get(Tables.STATE, key);
        if (state.isEmpty()) {
            // Removed between the two reads, or damaged.
            if (database.get(Tables.MESSAGE, key).isEmpty()) {
                return Optional.empty();
            }
            throw new CorruptRecordException("the state of message " + id + " is not in the spool");
        }
        QueuedMessage message = message(id, record.get(), state.get());
        if (suspects.remove(id)) {
            drain(message.body()); // once more: a disk may have had a bad moment
        }
        return Optional.of(message);
    }

    QueuedMessage message(QueueId id, byte[] record, byte[] state) throws RecordException {
        MessageRecord stored = MessageCodec.decode(id, record);
        List<RecipientState> recipients = StateCodec.decode(id, state);
        int expected = stored.envelope().recipients().size();
        if (recipients.size() != expected) {
            throw new CorruptRecordException("message " + id + " has " + expected + " recipients in its envelope and "
                    + recipients.size() + " in its state");
        }
        MessageBody body = switch (stored.body().place()) {
            case DATABASE -> new DatabaseBody(database, id, stored.body(), () -> suspects.add(id));
            case FILE -> fileBody(id, stored.body());
        };
        return new QueuedMessage(id, stored.created(), stored.envelope(), body, recipients);
    }

    private FileBody fileBody(QueueId id, MessageRecord.Body body) throws RecordException {
        files.require(id);
        return body(id, body);
    }

    FileBody body(QueueId id, MessageRecord.Body body) {
        return new FileBody(files, id, body, () -> suspects.add(id));
    }

    /** Reads a body to its end; an IOException when it is not what was stored. */
    static void drain(MessageBody body) throws IOException {
        try (InputStream in = body.open()) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (NoSuchFileException e) {
            throw new CorruptRecordException("the body is missing: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean quarantine(QueueId id, IOException reason) throws IOException {
        if (!(reason instanceof CorruptRecordException)) {
            return false;
        }
        String why;
        try {
            Optional<QueuedMessage> again = read(id);
            if (again.isPresent()) {
                drain(again.get().body());
                LOG.warn("message {} is whole when it is read once more, and stays: {}", id, reason.getMessage());
                return false;
            }
            why = String.valueOf(reason.getMessage());
        } catch (CorruptRecordException e) {
            why = String.valueOf(e.getMessage());
        }
        quarantine.add(id, why, clock.instant());
        suspects.remove(id);
        LOG.error("message {} is damaged and in quarantine: {}", id, why);
        alarms.quarantined(id, why);
        return true;
    }

    /**
     * Moves a message back that is whole again, and hands it over to be delivered.
     *
     * @return false when it is not in quarantine
     * @throws CorruptRecordException when it is not whole; it stays
     */
    boolean restore(QueueId id) throws IOException {
        if (!quarantine.restore(id, this)) {
            return false;
        }
        suspects.remove(id);
        LOG.info("message {} is out of quarantine and in the queue", id);
        Optional<QueuedMessage> newest = read(id);
        if (newest.isPresent()) {
            try {
                watch.restored(newest.get());
                newest = overtaken(newest.get());
            } finally {
                newest.ifPresent(this::handOver);
            }
        }
        return true;
    }

    /** Where it stands now: a start's scan may have found it, and others have worked on it, before it was told of. */
    private Optional<QueuedMessage> overtaken(QueuedMessage back) throws IOException {
        Optional<QueuedMessage> newest = read(back.id());
        if (newest.isEmpty()) {
            watch.overtaken(new Change.Removal(back.id()));
        } else if (!newest.get().recipients().equals(back.recipients())) {
            watch.overtaken(new Change.Progress(back.id(), newest.get().recipients()));
        }
        return newest;
    }

    /** The quarantine, the check and what they need. */
    public SpoolInspection inspection() {
        return new SpoolInspection(this, database, quarantine);
    }

    /** No id at or above it was given before this spool was opened. */
    QueueId firstOwn() {
        return firstOwn;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Call it on a platform thread: it spends its time in native code. Messages that come or go meanwhile may or may
     * not be among those given.
     */
    @Override
    public void scan(Predicate<QueuedMessage> taker) throws IOException {
        new SpoolScan(this, new Sweep(database), taker, _ -> {}).run();
    }

    @Override
    public void forEach(Consumer<QueuedMessage> taker, Consumer<QueueId> damaged) throws IOException {
        Predicate<QueuedMessage> all = message -> {
            taker.accept(message);
            return true;
        };
        new SpoolScan(this, new Sweep(database), all, damaged).run();
    }

    /** How the committer fared, for metrics. */
    public CommitCounts counts() {
        return database.counts();
    }

    @Override
    public void close() {
        try {
            if (ids.given()) {
                new SpoolMark(database, clock, settings.path()).write(ids.end());
            }
        } catch (IOException e) {
            LOG.info("ids go on up to {} ahead of the clock after the next start: {}", QueueIds.STRIDE, e.toString());
        }
        files.close();
        database.close();
    }

    void requireRoom() throws IOException {
        space.require(files::release);
    }

    SpoolSettings settings() {
        return settings;
    }

    BodyFiles files() {
        return files;
    }

    DraftMemory memory() {
        return memory;
    }

    Logger log() {
        return LOG;
    }
}
