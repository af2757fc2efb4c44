package dev.nexthop.report;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.Promise;
import dev.nexthop.store.StoreMemory;
import dev.nexthop.store.WriteException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts sessions by period and domain, in memory and bounded. What was counted reaches the disk with {@link #flush}; a kill
 * loses the counts since the last one, a stop none. What is decided about sending is on stable storage before it is done.
 */
public final class TlsLedger implements AutoCloseable {
    /** Domains of one period; of further ones it is only counted how many sessions there were. */
    static final int MOST_DOMAINS = 10_000;

    /** How long it is kept in mind that a report was sent: longer than any clock should ever be set back. */
    static final Duration MEMORY = Duration.ofDays(8);

    private static final Family PAGES = new Family("page", Family.Kind.RECORDS);
    private static final int STEP = 256;
    private static final Logger LOG = LoggerFactory.getLogger(TlsLedger.class);

    private final Database database;
    private final InstantSource clock;
    private final Supplier<Optional<Rhythm>> rhythm;
    private final ReentrantLock lock = new ReentrantLock();

    /** All below is guarded by the lock. */
    private final Map<Period, Map<String, Page>> book = new HashMap<>();

    private final Set<Page> dirty = new LinkedHashSet<>();
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
        Database database = Database.open(folder, "reports", List.of(PAGES), StoreMemory.SMALL);
        TlsLedger ledger = new TlsLedger(database, clock, rhythm);
        try {
            ledger.load();
            return ledger;
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private void load() throws IOException {
        byte[] from = new byte[0];
        byte[] to = new byte[64];
        Arrays.fill(to, (byte) 0xFF);
        List<Entry> some = database.scan(PAGES, from, to, STEP);
        while (!some.isEmpty()) {
            for (Entry entry : some) {
                try {
                    Page page = PageCodec.decode(entry.value());
                    book.computeIfAbsent(page.period, _ -> new LinkedHashMap<>()).put(page.domain, page);
                } catch (CorruptRecordException e) {
                    LOG.error("{}; it stays where it is, and its report is not sent", e.getMessage());
                }
            }
            byte[] last = some.getLast().key();
            some = database.scan(PAGES, Arrays.copyOf(last, last.length + 1), to, STEP);
        }
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
            Map<String, Page> pages = book.computeIfAbsent(period, _ -> new LinkedHashMap<>());
            Page page = pages.get(domain);
            if (page == null) {
                if (pages.size() >= MOST_DOMAINS) {
                    unlisted++;
                    return;
                }
                page = new Page(period, domain);
                pages.put(domain, page);
            }
            // A clock that was set back may lead to a period whose report is sent or being sent.
            if (page.stage == Page.Stage.COLLECTING) {
                page.tally.add(event);
                dirty.add(page);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The pages that are to be worked on: their period is over, their moment has come, they are not closed. */
    List<Page> due(Instant now) {
        lock.lock();
        try {
            List<Page> found = new ArrayList<>();
            for (Map.Entry<Period, Map<String, Page>> entry : book.entrySet()) {
                if (!entry.getKey().end().isAfter(now)) {
                    for (Page page : entry.getValue().values()) {
                        boolean waits = page.stage == Page.Stage.WAITING && page.due.isAfter(now);
                        if (page.stage != Page.Stage.CLOSED && !waits) {
                            found.add(page);
                        }
                    }
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Changes a page, and returns when that is on stable storage. Not while {@link #flush} runs, whose older state would win.
     *
     * @throws WriteException when it is not; in memory the page is changed
     */
    void change(Page page, Runnable change) throws WriteException {
        Edit edit;
        lock.lock();
        try {
            change.run();
            dirty.remove(page);
            edit = new Edit.Put(PAGES, PageCodec.key(page), PageCodec.encode(page));
        } finally {
            lock.unlock();
        }
        database.commit(List.of(edit));
    }

    /** Writes what was counted since the last call, and forgets what was sent long ago. Not while {@link #change} runs. */
    public void flush() throws WriteException {
        List<Edit> edits = new ArrayList<>(forgotten(clock.instant()));
        for (Page page = next(); page != null; page = next()) {
            lock.lock(); // for one page at a time, as sessions wait for it
            try {
                edits.add(new Edit.Put(PAGES, PageCodec.key(page), PageCodec.encode(page)));
            } finally {
                lock.unlock();
            }
        }
        for (int from = 0; from < edits.size(); from += STEP) {
            Database.await(database.submit(edits.subList(from, Math.min(edits.size(), from + STEP)), Promise.WRITTEN));
        }
    }

    private @Nullable Page next() {
        lock.lock();
        try {
            if (dirty.isEmpty()) {
                return null;
            }
            Page page = dirty.iterator().next();
            dirty.remove(page);
            return page;
        } finally {
            lock.unlock();
        }
    }

    private List<Edit> forgotten(Instant now) {
        List<Edit> edits = new ArrayList<>();
        lock.lock();
        try {
            for (Map<String, Page> pages : book.values()) {
                pages.values().removeIf(page -> {
                    boolean old = page.stage == Page.Stage.CLOSED
                            && page.period.end().plus(MEMORY).isBefore(now);
                    if (old) {
                        dirty.remove(page);
                        edits.add(new Edit.Delete(PAGES, PageCodec.key(page)));
                    }
                    return old;
                });
            }
            book.values().removeIf(Map::isEmpty);
            if (unlisted > 0) {
                LOG.warn("{} sessions with more than {} domains are in no TLS report", unlisted, MOST_DOMAINS);
                unlisted = 0;
            }
        } finally {
            lock.unlock();
        }
        return edits;
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
