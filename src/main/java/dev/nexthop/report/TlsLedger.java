package dev.nexthop.report;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.Promise;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import dev.nexthop.store.StoreMemory;
import dev.nexthop.store.WriteException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts sessions by period and domain, in memory and bounded. What was counted reaches the disk with {@link #flush}; a kill
 * loses the counts since the last one, a stop none. What is decided about sending is on stable storage before it is done. A page
 * that is closed is forgotten, here and on the disk; that its period was reported on is kept as one instant for all.
 */
public final class TlsLedger implements AutoCloseable {
    /** Domains of one period; of further ones it is only counted how many sessions there were. */
    static final int MOST_DOMAINS = 10_000;

    /** Pages of all periods together: those that wait for DNS or a destination, and those being counted. */
    static final int MOST_PAGES = 20_000;

    /** Characters of policies and failures that all pages keep; beyond them sessions are counted without. */
    static final long MOST_CHARACTERS = 16L * 1024 * 1024;

    /**
     * How far behind the last period that was reported on a clock that was set back may be, and nothing is counted, so that
     * nothing is reported twice. One that is further behind was wrong before, and is right now.
     */
    static final Duration MEMORY = Duration.ofDays(8);

    /** Octets after which a step of a flush is handed to the disk. */
    static final int STEP_WEIGHT = 1024 * 1024;

    static final Family PAGES = new Family("page", Family.Kind.RECORDS);
    private static final int STEP = 256;
    private static final int MARK_VERSION = 1;
    private static final Logger LOG = LoggerFactory.getLogger(TlsLedger.class);
    private static final Comparator<Page> IN_ORDER = Comparator.comparing(Page::moment)
            .thenComparing(page -> page.period.start())
            .thenComparing(page -> page.period.end())
            .thenComparing(page -> page.domain);

    private final Database database;
    private final InstantSource clock;
    private final Supplier<Optional<Rhythm>> rhythm;

    /** Held while states are taken and handed to the disk, so that they arrive in order; never while the disk is waited for. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Held for a moment; sessions wait for it. */
    private final ReentrantLock lock = new ReentrantLock();

    /** All below is guarded by the lock. No page here is closed, but one that is dirty may be. */
    private final Map<Period, Map<String, Page>> book = new HashMap<>();

    private final TreeSet<Page> agenda = new TreeSet<>(IN_ORDER);
    private final Set<Page> dirty = new LinkedHashSet<>();
    private final Budget budget = new Budget(MOST_CHARACTERS);
    private Instant closedUpTo = Instant.EPOCH;
    private boolean markDirty;
    private long unlisted;

    private TlsLedger(Database database, InstantSource clock, Supplier<Optional<Rhythm>> rhythm) {
        this.database = database;
        this.clock = clock;
        this.rhythm = rhythm;
    }

    /**
     * Opens the ledger, making it when missing.
     *
     * @param folder where it lives; no other process may have it open
     * @param clock the time of day
     * @param rhythm how often reports are sent, asked at each session; empty when none are, and nothing is counted
     * @throws IOException when the folder is in use, or can't be read or written
     */
    public static TlsLedger open(Path folder, InstantSource clock, Supplier<Optional<Rhythm>> rhythm)
            throws IOException {
        return on(Database.open(folder, "reports", List.of(PAGES), StoreMemory.SMALL), clock, rhythm);
    }

    /** As {@link #open}, on a database that is there; it is closed with the ledger. */
    static TlsLedger on(Database database, InstantSource clock, Supplier<Optional<Rhythm>> rhythm) throws IOException {
        TlsLedger ledger = new TlsLedger(database, clock, rhythm);
        try {
            ledger.load();
            return ledger;
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** What its database lost before this opening, a sentence each, told once: sessions are missing in reports. */
    public List<String> takeLosses() throws IOException {
        return database.takeLosses();
    }

    private void load() throws IOException {
        byte[] from = new byte[0];
        byte[] to = new byte[64];
        Arrays.fill(to, (byte) 0xFF);
        List<Entry> some = database.scan(PAGES, from, to, STEP);
        while (!some.isEmpty()) {
            List<Edit> edits = new ArrayList<>();
            for (Entry entry : some) {
                try {
                    load(entry, edits);
                } catch (CorruptRecordException e) {
                    LOG.error("{}; it stays where it is, and its report is not sent", e.getMessage());
                }
            }
            if (!edits.isEmpty()) {
                database.commit(edits);
            }
            byte[] last = some.getLast().key();
            some = database.scan(PAGES, Arrays.copyOf(last, last.length + 1), to, STEP);
        }
    }

    private void load(Entry entry, List<Edit> edits) throws CorruptRecordException {
        if (Arrays.equals(entry.key(), markKey())) {
            closedUpTo = new RecordReader("the mark of the TLS ledger", entry.value(), MARK_VERSION).instant();
            return;
        }
        Page page = PageCodec.decode(entry.value(), budget);
        boolean closed = page.stage == Page.Stage.CLOSED; // as written before closed pages were forgotten at once
        if (closed || agenda.size() >= MOST_PAGES) {
            if (closed) {
                mark(page.period.end());
                edits.add(mark());
            } else {
                LOG.warn("there is no room for the TLS report for {}; it is not sent", page.domain);
            }
            edits.add(new Edit.Delete(PAGES, PageCodec.key(page)));
            page.close();
            return;
        }
        book.computeIfAbsent(page.period, _ -> new HashMap<>()).put(page.domain, page);
        agenda.add(page);
    }

    /** Behind all pages. */
    private static byte[] markKey() {
        return new byte[] {(byte) 0xFF};
    }

    private Edit mark() {
        return new Edit.Put(
                PAGES,
                markKey(),
                new RecordWriter(MARK_VERSION).instant(closedUpTo).record());
    }

    /** That a period is reported on. A mark far ahead is that of a clock that was wrong. */
    private void mark(Instant end) {
        if (end.isAfter(closedUpTo) || !end.isAfter(closedUpTo.minus(MEMORY))) {
            closedUpTo = end;
            markDirty = true;
        }
    }

    private boolean reported(Period period) {
        return !period.end().isAfter(closedUpTo) && period.end().isAfter(closedUpTo.minus(MEMORY));
    }

    /**
     * Counts a session, or that there was none. Returns at once.
     *
     * @param event what happened; one that delivers a report counts nowhere (RFC 8460 §3)
     */
    public void add(TlsEvent event) {
        Optional<Rhythm> often = rhythm.get();
        String domain = Names.ascii(event.domain());
        if (often.isEmpty() || event.forReport() || !Names.canBeAsked(domain)) {
            return;
        }
        Period period = often.get().at(clock.instant());
        lock.lock();
        try {
            if (reported(period)) {
                return; // a clock that was set back leads to a period whose reports are sent or being sent
            }
            Map<String, Page> pages = book.computeIfAbsent(period, _ -> new HashMap<>());
            Page page = pages.get(domain);
            if (page == null) {
                if (pages.size() >= MOST_DOMAINS || agenda.size() >= MOST_PAGES) {
                    unlisted++;
                    return;
                }
                page = new Page(period, domain, budget);
                pages.put(domain, page);
                agenda.add(page);
            }
            if (page.stage == Page.Stage.COLLECTING) {
                page.tally.add(event);
                dirty.add(page);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The pages that are to be worked on, those first that wait for longest: their moment has come.
     *
     * @param most how many at most
     */
    List<Page> due(Instant now, int most) {
        lock.lock();
        try {
            List<Page> found = new ArrayList<>();
            for (Page page : agenda) {
                if (found.size() >= most || page.moment().isAfter(now)) {
                    break;
                }
                found.add(page);
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Pages whose state is not on the disk. */
    int unwritten() {
        lock.lock();
        try {
            return dirty.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Changes a page, and returns when that is on stable storage. A page that is closed stays closed.
     *
     * @throws WriteException when it is not; in memory the page is changed, and {@link #flush} tries again to write it
     */
    void change(Page page, Runnable change) throws WriteException {
        CompletableFuture<Void> write;
        writing.lock();
        try {
            write = database.submit(changed(page, change), Promise.SYNCED);
        } finally {
            writing.unlock();
        }
        await(write, List.of(page));
    }

    private List<Edit> changed(Page page, Runnable change) {
        lock.lock();
        try {
            List<Edit> edits = new ArrayList<>();
            if (page.stage != Page.Stage.CLOSED) {
                boolean collected = page.stage == Page.Stage.COLLECTING;
                agenda.remove(page);
                change.run();
                if (collected && page.stage != Page.Stage.COLLECTING) {
                    mark(page.period.end());
                }
                if (page.stage == Page.Stage.CLOSED) {
                    forget(page);
                } else {
                    agenda.add(page);
                }
            }
            dirty.remove(page);
            put(page, edits);
            return edits;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Page page) {
        Map<String, Page> pages = book.get(page.period);
        if (pages != null) {
            pages.remove(page.domain);
            if (pages.isEmpty()) {
                book.remove(page.period);
            }
        }
    }

    private void put(Page page, List<Edit> edits) {
        if (markDirty) {
            markDirty = false;
            edits.add(mark());
        }
        edits.add(
                page.stage == Page.Stage.CLOSED
                        ? new Edit.Delete(PAGES, PageCodec.key(page))
                        : new Edit.Put(PAGES, PageCodec.key(page), PageCodec.encode(page)));
    }

    /**
     * Writes what was counted since the last call, some at a time.
     *
     * @throws WriteException when not all is written; what is not is written with the next call
     */
    public void flush() throws WriteException {
        warn();
        int left = unwritten(); // not more: sessions never end
        while (left > 0) {
            left -= step(left);
        }
    }

    /** Writes up to so many pages, and says how many; when there are none, that all are. */
    private int step(int most) throws WriteException {
        List<Page> pages = new ArrayList<>();
        CompletableFuture<Void> write;
        writing.lock();
        try {
            List<Edit> edits = new ArrayList<>();
            long weight = 0;
            while (weight < STEP_WEIGHT && pages.size() < most && take(pages, edits)) {
                weight += edits.getLast().weight();
            }
            if (pages.isEmpty()) {
                return most;
            }
            write = database.submit(edits, Promise.WRITTEN);
        } finally {
            writing.unlock();
        }
        await(write, pages);
        return pages.size();
    }

    /** Takes one page that is to be written: one at a time, as sessions wait for the lock. */
    private boolean take(List<Page> pages, List<Edit> edits) {
        lock.lock();
        try {
            if (dirty.isEmpty()) {
                return false;
            }
            Page page = dirty.iterator().next();
            dirty.remove(page);
            pages.add(page);
            put(page, edits);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void await(CompletableFuture<Void> write, List<Page> pages) throws WriteException {
        try {
            database.await(write);
        } catch (WriteException e) {
            lock.lock();
            try {
                dirty.addAll(pages);
                markDirty = true;
            } finally {
                lock.unlock();
            }
            throw e;
        }
    }

    private void warn() {
        long sessions;
        lock.lock();
        try {
            sessions = unlisted;
            unlisted = 0;
        } finally {
            lock.unlock();
        }
        if (sessions > 0) {
            LOG.warn(
                    "{} sessions are in no TLS report, as their domains are beyond {} in a period or {} reports in hand",
                    sessions,
                    MOST_DOMAINS,
                    MOST_PAGES);
        }
    }

    /** Writes what was counted, and closes. */
    @Override
    public void close() {
        try {
            flush();
        } catch (WriteException e) {
            LOG.error("what was counted last for TLS reports is lost: {}", e.getMessage());
        } finally {
            database.close();
        }
    }
}
