package dev.nexthop;

import dev.nexthop.admin.AdminServer;
import dev.nexthop.admin.Reloading;
import dev.nexthop.admin.TokenFile;
import dev.nexthop.client.Connector;
import dev.nexthop.client.IdleSessions;
import dev.nexthop.client.Watchdog;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.LogFormat;
import dev.nexthop.delivery.AddressMemory;
import dev.nexthop.delivery.Delivery;
import dev.nexthop.delivery.HopHealth;
import dev.nexthop.delivery.StartTlsMemory;
import dev.nexthop.event.Counters;
import dev.nexthop.event.DeliveryLog;
import dev.nexthop.event.Events;
import dev.nexthop.limit.QuotaRules;
import dev.nexthop.limit.QuotaSpool;
import dev.nexthop.limit.Quotas;
import dev.nexthop.limit.Throttles;
import dev.nexthop.lookup.EmbeddedStores;
import dev.nexthop.mailbox.RocksMailboxes;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.SpoolInspection;
import dev.nexthop.report.HttpsPost;
import dev.nexthop.report.LedgerEvents;
import dev.nexthop.report.Rhythm;
import dev.nexthop.report.TlsLedger;
import dev.nexthop.report.TlsReporter;
import dev.nexthop.schedule.DeskRecords;
import dev.nexthop.schedule.Machinery;
import dev.nexthop.schedule.OrderBook;
import dev.nexthop.schedule.Scheduler;
import dev.nexthop.schedule.SchedulerParts;
import dev.nexthop.server.Server;
import dev.nexthop.smtp.Domain;
import dev.nexthop.sts.PolicyCache;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running server: every part, wired by hand in the order in which they need each other, and closed in the opposite
 * order. Mail comes in only when everything behind it runs.
 */
final class Node implements AutoCloseable {
    /** How long transactions in hand may take when the server stops. */
    static final Duration STOP_GRACE = Duration.ofSeconds(30);

    /** Connections kept open to next hops, over all of them. */
    private static final int IDLE_CONNECTIONS = 1_000;

    /** The folder of MTA-STS policies in that of the store. */
    private static final String POLICIES = "mta-sts";

    /** The folder of what throttles have counted in that of the store. */
    private static final String THROTTLES = "throttle";

    /** The folder of operators' orders there. */
    private static final String DESK = "desk";

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** What to do at the end, newest first. */
    private final Deque<Runnable> endings = new ArrayDeque<>();

    /** Whether mail is taken: {@code /readyz} says so. */
    private final AtomicBoolean ready = new AtomicBoolean();

    private Optional<SpoolInspection> inspection = Optional.empty();
    private @Nullable Foundation foundation;
    private @Nullable Reloader reloader;
    private Supplier<List<Server.Listening>> listening = List::of;

    private Node() {}

    /** Nothing is counted before there is a configuration. */
    private static QuotaRules none() {
        throw new IllegalStateException("no quota is in force yet");
    }

    /**
     * Starts a server.
     *
     * @param configuration what is in force first
     * @param source reads the configuration again
     * @throws IOException when something of it can't be used; nothing runs then
     */
    static Node start(Configuration configuration, Supplier<Loaded> source) throws IOException {
        return start(configuration, source, Reloader.LIMIT);
    }

    /** The same with another limit of time for a reload. */
    static Node start(Configuration configuration, Supplier<Loaded> source, Duration limit) throws IOException {
        Node node = new Node();
        try {
            node.wire(configuration, source, limit);
            return node;
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void wire(Configuration configuration, Supplier<Loaded> source, Duration limit) throws IOException {
        // The spool hands committed messages to the scheduler, which is made later.
        AtomicReference<Consumer<QueuedMessage>> taker = new AtomicReference<>(message -> {});
        AtomicReference<Consumer<String>> waker = new AtomicReference<>(hop -> {});
        AtomicReference<Consumer<Domain>> releaser = new AtomicReference<>(domain -> {});
        AtomicReference<Supplier<QuotaRules>> quotas = new AtomicReference<>(Node::none);
        AtomicReference<Supplier<Optional<Rhythm>>> rhythm =
                new AtomicReference<>(() -> configuration.outbound().reports().send());
        TlsLedger ledger = atEnd(TlsLedger.open(
                configuration.stores().path().resolve("report"),
                Clock.systemUTC(),
                () -> rhythm.get().get()));
        Foundation foundation = foundation(
                configuration,
                ledger,
                new Hooks(
                        message -> taker.get().accept(message),
                        hop -> waker.get().accept(hop),
                        domain -> releaser.get().accept(domain),
                        () -> quotas.get().get()));
        this.foundation = foundation;
        Generation first = new Generation(configuration, null, foundation);
        Generations generations = new Generations(first);
        quotas.set(generations::quotas);
        endings.push(() -> generations.current().end());
        Reloader reloading = new Reloader(source, generations, foundation, limit);
        reloader = reloading;

        // What delivers, and what operators have ordered of it.
        DeskRecords desk = atEnd(DeskRecords.open(configuration.stores().path().resolve(DESK)));
        tellLosses(foundation.events(), "of operators' orders", desk.takeLosses());
        OrderBook orders = OrderBook.open(desk);
        Scheduler scheduler = new Scheduler(
                new SchedulerParts(foundation.spool(), generations, foundation.events(), orders),
                Machinery.standard(foundation.clock()));
        taker.set(scheduler::accept);
        waker.set(scheduler::hopIsBack);
        releaser.set(scheduler::policyChanged);
        first.inForce();
        endings.push(() -> scheduler.stop(STOP_GRACE));
        scheduler.start();

        // What tells other domains how secure the way to them is.
        rhythm.set(
                () -> generations.current().configuration().outbound().reports().send());
        TlsReporter reporter = atEnd(new TlsReporter(
                ledger,
                () -> generations.desk(foundation.events()),
                new TlsReporter.Outbox(foundation.spool(), new HttpsPost(), foundation.events()),
                new TlsReporter.Chance(foundation.clock(), new SecureRandom())));
        reporter.start();

        // What listens: first for operators, then for mail.
        Server server = new Server(first.server(), first.services(), foundation.clock());
        AdminServer admin = atEnd(AdminServer.start(
                first.admin(),
                new AdminServer.Subjects(
                        scheduler.control(),
                        generations.directory(),
                        Optional.of(foundation.mailboxes()),
                        ready::get,
                        reloading,
                        foundation.outbound().health()::all,
                        foundation.outbound().resolving()::line,
                        inspection)));
        server.start();
        listening = server::listening;
        endings.push(() -> server.stop(STOP_GRACE));
        ready.set(true);
        atEnd(reloading).serve(new Reloader.Running(scheduler, server, admin));
        server.listening().forEach(listening -> LOG.info("{} listens on {}", listening.id(), listening.address()));
    }

    /**
     * What is made later, and called by what is made first.
     *
     * @param taker takes committed messages
     * @param hopIsBack hears that a host takes mail again
     * @param policyChanged hears that a domain has another MTA-STS policy
     * @param quotas opens the quotas in force
     */
    private record Hooks(
            Consumer<QueuedMessage> taker,
            Consumer<String> hopIsBack,
            Consumer<Domain> policyChanged,
            Supplier<QuotaRules> quotas) {}

    /** What keeps bytes, and what no configuration replaces. */
    private Foundation foundation(Configuration configuration, TlsLedger ledger, Hooks hooks) throws IOException {
        Clock clock = Clock.systemUTC();
        Events events = new LedgerEvents(
                ledger,
                new Counters(
                        new DeliveryLog(format(configuration.administration().log()), clock)));
        Configuration.Stores stores = configuration.stores();
        Quotas quotas = new Quotas(hooks.quotas());
        RocksSpool records = RocksSpool.open(stores.spool(), clock, hooks.taker(), new QuotaWatch(events, quotas));
        inspection = Optional.of(records.inspection());
        QuotaSpool spool = atEnd(new QuotaSpool(records, quotas));
        Throttles throttles = atEnd(new Throttles(clock, stores.path().resolve(THROTTLES)));
        RocksMailboxes mailboxes = atEnd(RocksMailboxes.open(stores.mailbox(), clock));
        tellLosses(events, "of mailboxes", mailboxes.takeLosses());
        tellLosses(events, "of TLS reports", ledger.takeLosses());
        EmbeddedStores embedded =
                atEnd(new EmbeddedStores(loss -> tellLosses(events, "of a look-up store", List.of(loss))));
        Watchdog watchdog = atEnd(new Watchdog());
        IdleSessions idle = atEnd(new IdleSessions(IDLE_CONNECTIONS, watchdog));
        String token = TokenFile.readOrCreate(stores.path());
        HopHealth health = new HopHealth(clock, new HopWatcher(events, hooks.hopIsBack()));
        Foundation.Outbound outbound = new Foundation.Outbound(
                new Connector(watchdog),
                idle,
                new Delivery.Memory(health, new AddressMemory(clock), new StartTlsMemory(clock)),
                atEnd(new ResolverWatch(events)));
        Foundation.Limits limits = new Foundation.Limits(throttles, quotas, spool);
        PolicyCache policies = atEnd(PolicyCache.open(
                stores.path().resolve(POLICIES), clock, new PolicyWatcher(events, hooks.policyChanged())));
        tellLosses(events, "of MTA-STS policies", policies.takeLosses());
        return new Foundation(clock, events, spool, mailboxes, embedded, outbound, limits, policies, token);
    }

    /** The spool tells of its own. */
    static void tellLosses(Events events, String what, List<String> losses) {
        if (!losses.isEmpty()) {
            events.alarm(
                    "store",
                    "the database " + what
                            + " is damaged; unless a power cut only tore off the end of its write-ahead log,"
                            + " some of it is lost: " + String.join("; ", losses));
        }
    }

    /**
     * Reads the configuration again and puts it in force, or lets the running one go on; the log says which.
     *
     * @param by who asks for it
     * @return what came of it
     */
    Reloading.Result reload(String by) {
        return Objects.requireNonNull(reloader, "made at the start").reload(by, false);
    }

    /** What its configurations are put to work with. */
    Foundation foundation() {
        return Objects.requireNonNull(foundation, "made at the start");
    }

    /** Where it takes mail, for tests that let the kernel choose. */
    List<Server.Listening> listening() {
        return listening.get();
    }

    private static DeliveryLog.Format format(LogFormat format) {
        return switch (format) {
            case TEXT -> DeliveryLog.Format.TEXT;
            case JSON -> DeliveryLog.Format.JSON;
        };
    }

    private <T extends AutoCloseable> T atEnd(T part) {
        endings.push(() -> {
            try {
                part.close();
            } catch (Exception e) { // AutoCloseable declares no narrower type.
                LOG.error("{} did not close cleanly", part.getClass().getSimpleName(), e);
            }
        });
        return part;
    }

    /** Stops taking mail, finishes what is in hand, flushes and closes. */
    @Override
    public void close() {
        ready.set(false);
        while (!endings.isEmpty()) {
            endings.pop().run();
        }
    }
}
