package dev.nexthop.report;

import dev.nexthop.dns.TextAnswer;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.Events;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.Spool;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.store.WriteException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the reports of the periods that are over, each once. A mail's queue id is written down before the mail is committed;
 * after a crash between the two the queue knows whether it is there. Only a mail that was committed and delivered within the
 * instant before the crash is sent again, with the same Report-ID; so is a POST whose answer the crash cut off.
 */
public final class TlsReporter implements AutoCloseable {
    /** How often counts are written, and a look is had at what is due. */
    public static final Duration ROUND = Duration.ofSeconds(30);

    /** The first wait after a failure; each further one is twice as long. */
    static final Duration FIRST_WAIT = Duration.ofMinutes(15);

    /** The longest wait. */
    static final Duration LONGEST_WAIT = Duration.ofHours(4);

    /** Tries of one report: about 24 hours of them (RFC 8460 §5.5). */
    static final int MOST_TRIES = 10;

    /** Pages that one round takes up; further ones are for the next. */
    static final int MOST_IN_ROUND = 1_000;

    /** How long a round takes up pages; those that slow destinations left no time for are for the next. */
    static final Duration LONGEST_ROUND = Duration.ofMinutes(5);

    /** Reports in hand at once. */
    private static final int AT_ONCE = 16;

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(TlsReporter.class);

    private final TlsLedger ledger;
    private final Supplier<Desk> office;
    private final Outbox outbox;
    private final Chance chance;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /**
     * Where reports leave.
     *
     * @param spool takes mails
     * @param post takes what goes by HTTPS; closed with the reporter
     * @param events hears of what was queued
     */
    public record Outbox(Spool spool, HttpsPost post, Events events) {}

    /**
     * What can't be foreseen.
     *
     * @param clock the time of day
     * @param random of delays and names
     */
    public record Chance(InstantSource clock, RandomGenerator random) {}

    /**
     * A reporter that rests until it is started.
     *
     * @param ledger what was counted; not closed here
     * @param office the configuration in force; what it gives is closed after each use
     */
    public TlsReporter(TlsLedger ledger, Supplier<Desk> office, Outbox outbox, Chance chance) {
        this.ledger = ledger;
        this.office = office;
        this.outbox = outbox;
        this.chance = chance;
    }

    /** Starts to look for what is due. */
    public void start() {
        start(ROUND);
    }

    /** As {@link #start()}, at another pace. Counts are written however long sending takes. */
    void start(Duration round) {
        threads.add(Thread.ofVirtual().name("tls-counts").start(() -> loop(round, ledger::flush)));
        threads.add(Thread.ofVirtual().name("tls-reports").start(() -> loop(round, this::work)));
    }

    /** What is done in each round. */
    private interface Turn {
        void run() throws WriteException, InterruptedException;
    }

    private void loop(Duration round, Turn turn) {
        try {
            while (!stop.await(round.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    turn.run();
                } catch (WriteException | RuntimeException e) {
                    LOG.error("the TLS reports had no round; the next one is in {}", round, e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end
        }
    }

    /** Does what is due, as far as a round goes, and returns when it is done. */
    void work() throws InterruptedException {
        List<Page> due = ledger.due(chance.clock().instant(), MOST_IN_ROUND);
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                handOut(due, pool);
            } catch (InterruptedException e) {
                pool.shutdownNow(); // else closing it waits for all that is in hand
                throw e;
            }
        }
    }

    private void handOut(List<Page> due, ExecutorService pool) throws InterruptedException {
        Semaphore places = new Semaphore(AT_ONCE);
        long end = System.nanoTime() + LONGEST_ROUND.toNanos();
        for (Page page : due) {
            if (!places.tryAcquire(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                return;
            }
            pool.execute(() -> {
                try {
                    guarded(page);
                } finally {
                    places.release();
                }
            });
        }
    }

    private void guarded(Page page) {
        try (Desk desk = office.get()) {
            try {
                handle(page, desk);
            } catch (IOException | RuntimeException e) {
                LOG.warn("the TLS report for {} has to wait: {}", page.domain, e.toString());
                later(page, String.valueOf(e.getMessage()));
            }
        } catch (WriteException e) {
            LOG.error("what became of the TLS report for {} could not be written down", page.domain, e);
        } catch (InterruptedException e) {
            Thread.currentThread()
                    .interrupt(); // the server stops; what was not marked as done is done after the next start
        }
    }

    private void handle(Page page, Desk desk) throws IOException, InterruptedException {
        Instant now = chance.clock().instant();
        if (desk.settings().send().isEmpty()) {
            ledger.change(page, page::close);
            return;
        }
        if (page.stage == Page.Stage.COLLECTING) {
            long delay = chance.random().nextLong(page.period.mostDelay().toMillis() + 1);
            Instant due = page.period.end().plusMillis(delay);
            String mark = HexFormat.of().toHexDigits(chance.random().nextLong());
            ledger.change(page, () -> {
                page.stage = Page.Stage.WAITING;
                page.due = due;
                page.mark = mark;
            });
            if (due.isAfter(now)) {
                return;
            }
        }
        if (!page.parcels.isEmpty() || wanted(page, desk)) {
            send(page, desk);
        }
    }

    /** Whether the domain asks for reports; writes down where they go, or that the page is closed, or that DNS is asked again. */
    private boolean wanted(Page page, Desk desk) throws WriteException {
        switch (desk.resolver().texts(TlsrptRecord.LABEL + page.domain)) {
            case TextAnswer.TryLater later -> later(page, later.reason());
            case TextAnswer.None _ -> ledger.change(page, page::close);
            case TextAnswer.Texts texts -> {
                Optional<TlsrptRecord> record = TlsrptRecord.parse(texts.texts());
                if (record.isPresent()) {
                    List<Parcel> parcels = record.get().destinations().stream()
                            .map(uri -> Parcel.fresh(uri.toString()))
                            .toList();
                    ledger.change(page, () -> page.parcels = parcels);
                    return true;
                }
                LOG.info("{} gets no TLS report: its record asks for none that we can send", page.domain);
                ledger.change(page, page::close);
            }
        }
        return false;
    }

    private void send(Page page, Desk desk) throws IOException, InterruptedException {
        Sender sender = Sender.of(desk.settings(), desk.lookups(), page.domain);
        Optional<Composer.Packed> packed =
                Composer.pack(page, sender, desk.settings().mostOctets());
        if (packed.isEmpty()) {
            LOG.warn("the TLS report for {} is larger than report.tls.aggregate.max-size, and not sent", page.domain);
            ledger.change(page, page::close);
            return;
        }
        Letter letter = new Letter(page, desk, sender, packed.get());
        List<String> troubles = new ArrayList<>();
        for (int i = 0; i < page.parcels.size(); i++) {
            if (!page.parcels.get(i).done()) {
                URI uri = URI.create(page.parcels.get(i).uri());
                boolean mail = MailDestination.isMail(uri);
                Optional<String> trouble = mail ? mail(letter, i, uri) : post(letter, i, uri);
                trouble.ifPresent(troubles::add);
            }
        }
        if (troubles.isEmpty()) {
            ledger.change(page, page::close);
        } else {
            later(page, String.join("; ", troubles));
        }
    }

    /** A report in hand. */
    private record Letter(Page page, Desk desk, Sender sender, Composer.Packed packed) {}

    private Optional<String> mail(Letter letter, int index, URI uri) throws IOException {
        Page page = letter.page();
        Parcel parcel = page.parcels.get(index);
        Optional<Mailbox> to = MailDestination.of(uri);
        if (to.isEmpty() || committed(parcel)) {
            put(page, index, parcel.finished());
            return Optional.empty();
        }
        Instant now = chance.clock().instant();
        Envelope envelope = ReportMail.envelope(letter.sender(), to.get());
        byte[] content = ReportMail.content(letter.packed(), page.domain, letter.sender(), to.get(), now);
        try (Draft draft = outbox.spool().begin()) {
            draft.write(content, 0, content.length);
            put(page, index, parcel.queuedAs(draft.id().toString()));
            RecipientState state = letter.desk().starting().initial(envelope, draft.id(), draft.size(), to.get(), now);
            draft.commit(envelope, List.of(state), List.of());
            put(page, index, page.parcels.get(index).finished());
            outbox.events()
                    .accepted(new AcceptedEvent(
                            draft.id(),
                            envelope.sender().address(),
                            1,
                            content.length,
                            Reception.TLS_REPORT.listener(),
                            ""));
            LOG.info("the TLS report for {} goes to {} as {}", page.domain, to.get(), draft.id());
        }
        return Optional.empty();
    }

    /** Whether a crash came between the commit of the mail and the word that it was done. */
    private boolean committed(Parcel parcel) throws IOException {
        return !parcel.queued().isEmpty()
                && outbox.spool().read(QueueId.parse(parcel.queued())).isPresent();
    }

    private Optional<String> post(Letter letter, int index, URI uri) throws WriteException, InterruptedException {
        Page page = letter.page();
        Desk desk = letter.desk();
        HttpsPost.Result result = outbox.post().post(uri, letter.packed().octets(), desk.resolver(), desk.refusal());
        return switch (result) {
            case HttpsPost.Result.Later later -> Optional.of(uri + ": " + later.why());
            case HttpsPost.Result.Refused refused -> {
                LOG.warn("the TLS report for {} is not taken at {}: {}", page.domain, uri, refused.why());
                put(page, index, page.parcels.get(index).finished());
                yield Optional.empty();
            }
            case HttpsPost.Result.Taken _ -> {
                LOG.info("the TLS report for {} was taken at {}", page.domain, uri);
                put(page, index, page.parcels.get(index).finished());
                yield Optional.empty();
            }
        };
    }

    private void put(Page page, int index, Parcel parcel) throws WriteException {
        List<Parcel> parcels = new ArrayList<>(page.parcels);
        parcels.set(index, parcel);
        ledger.change(page, () -> page.parcels = List.copyOf(parcels));
    }

    private void later(Page page, String why) throws WriteException {
        if (stop.getCount() == 0 || Thread.currentThread().isInterrupted()) {
            return; // it failed because the server stops: that is no try
        }
        if (page.tries + 1 >= MOST_TRIES) {
            LOG.warn("the TLS report for {} is given up after {} tries: {}", page.domain, MOST_TRIES, why);
            ledger.change(page, page::close);
            return;
        }
        long wait = Math.min(LONGEST_WAIT.toMillis(), FIRST_WAIT.toMillis() << page.tries);
        Instant due = chance.clock().instant().plusMillis(wait);
        LOG.info("the TLS report for {} is tried again at {}: {}", page.domain, due, why);
        ledger.change(page, () -> {
            page.stage = Page.Stage.WAITING;
            page.tries++;
            page.due = due;
        });
    }

    /** Stops; what is in hand is given up and done after the next start. */
    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                if (!thread.join(STOP_PATIENCE)) {
                    LOG.warn("{} was still at work after {}", thread.getName(), STOP_PATIENCE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        outbox.post().close();
    }
}
