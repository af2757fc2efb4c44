package dev.nexthop;

import dev.nexthop.admin.AdminServer;
import dev.nexthop.admin.AdminSettings;
import dev.nexthop.admin.TokenFile;
import dev.nexthop.client.Connector;
import dev.nexthop.client.IdleSessions;
import dev.nexthop.client.Sessions;
import dev.nexthop.client.Watchdog;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.LogFormat;
import dev.nexthop.config.RelayRule;
import dev.nexthop.delivery.Delivery;
import dev.nexthop.delivery.OwnIdentity;
import dev.nexthop.directory.Directory;
import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dsn.DsnWriter;
import dev.nexthop.event.Counters;
import dev.nexthop.event.DeliveryLog;
import dev.nexthop.event.Events;
import dev.nexthop.expr.Lookups;
import dev.nexthop.lookup.EmbeddedStores;
import dev.nexthop.lookup.Hops;
import dev.nexthop.lookup.StoreLookups;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.mailbox.RocksMailboxes;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.Spool;
import dev.nexthop.route.Router;
import dev.nexthop.schedule.Machinery;
import dev.nexthop.schedule.Scheduler;
import dev.nexthop.schedule.SchedulerParts;
import dev.nexthop.schedule.StartingState;
import dev.nexthop.server.Server;
import dev.nexthop.server.Services;
import dev.nexthop.tls.ServerCertificates;
import dev.nexthop.tls.TlsClient;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
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

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    /** What to do at the end, newest first. */
    private final Deque<Runnable> endings = new ArrayDeque<>();

    /** Whether mail is taken: {@code /readyz} says so. */
    private final AtomicBoolean ready = new AtomicBoolean();

    private Node() {}

    static Node start(Configuration configuration) throws IOException {
        Node node = new Node();
        try {
            node.wire(configuration);
            return node;
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void wire(Configuration configuration) throws IOException {
        Clock clock = Clock.systemUTC();
        Events events = new Counters(
                new DeliveryLog(format(configuration.administration().log()), clock));
        Directory directory = configuration.local().directory().directory();
        Resolver resolver = DnsjavaResolver.of(configuration.outbound().resolver());
        Lookups lookups = lookups(configuration, directory, resolver);

        // What keeps bytes. The spool hands committed messages to the scheduler, which is made later.
        AtomicReference<Consumer<QueuedMessage>> taker = new AtomicReference<>(message -> {});
        Spool spool = atEnd(RocksSpool.open(
                configuration.stores().spool(), clock, message -> taker.get().accept(message)));
        Mailboxes mailboxes = atEnd(RocksMailboxes.open(configuration.stores().mailbox(), clock));

        // What delivers.
        Delivery delivery = delivery(configuration, directory, mailboxes, new Questions(resolver, lookups), events);
        Configuration.Outbound outbound = configuration.outbound();
        StartingState start = new StartingState(outbound.schedule(), lookups, events);
        Scheduler scheduler = new Scheduler(
                new SchedulerParts(
                        spool,
                        new Router(outbound.routing()),
                        lookups,
                        delivery,
                        new DsnWriter(outbound.dsn(), lookups),
                        events),
                outbound.schedule(),
                outbound.grouping(),
                Machinery.standard(clock));
        taker.set(scheduler::accept);
        endings.push(() -> scheduler.stop(STOP_GRACE));
        scheduler.start();

        // What listens: first for operators, then for mail.
        Server server = new Server(
                configuration.inbound().server(context(configuration)),
                new Services(
                        spool,
                        directory,
                        new RelayRule(configuration.inbound().relay(), lookups),
                        start::initial,
                        events),
                clock);
        AdminSettings admin = admin(configuration);
        atEnd(AdminServer.start(
                admin, new AdminServer.Subjects(scheduler.control(), directory, Optional.of(mailboxes), ready::get)));
        server.start();
        endings.push(() -> server.stop(STOP_GRACE));
        ready.set(true);
        server.listening().forEach(listening -> LOG.info("{} listens on {}", listening.id(), listening.address()));
    }

    /** Whom the deliverer asks. */
    private record Questions(Resolver resolver, Lookups lookups) {}

    private Lookups lookups(Configuration configuration, Directory directory, Resolver resolver) {
        Configuration.LocalMail local = configuration.local();
        EmbeddedStores embedded = atEnd(new EmbeddedStores());
        return atEnd(StoreLookups.open(
                local.lookups(),
                new StoreLookups.Around(local.directory().id(), directory, resolver, Hops.UNWATCHED, embedded)));
    }

    private Delivery delivery(
            Configuration configuration, Directory directory, Mailboxes mailboxes, Questions questions, Events events)
            throws IOException {
        Configuration.Outbound outbound = configuration.outbound();
        Watchdog watchdog = atEnd(new Watchdog());
        IdleSessions idle = atEnd(new IdleSessions(IDLE_CONNECTIONS, watchdog));
        Sessions sessions = new Sessions(
                new Connector(watchdog), new TlsClient(outbound.delivery().ca()), idle);
        OwnIdentity own = OwnIdentity.ofMachine(Set.of(configuration.hostname()), Set.of());
        return new Delivery(
                outbound.delivery(),
                new Delivery.Around(questions.resolver(), sessions, own, questions.lookups(), events),
                directory,
                mailboxes,
                new SecureRandom());
    }

    private static Supplier<SSLContext> context(Configuration configuration) throws IOException {
        List<ServerCertificates.Identity> identities = configuration.inbound().certificates().stream()
                .map(one -> new ServerCertificates.Identity(one.chain(), one.key(), one.preferred()))
                .toList();
        if (identities.isEmpty()) {
            return () -> {
                throw new IllegalStateException("no listener has TLS, so nobody asks for a certificate");
            };
        }
        try {
            SSLContext context = ServerCertificates.context(identities);
            return () -> context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates of this server can't be used: " + e.getMessage(), e);
        }
    }

    private static AdminSettings admin(Configuration configuration) throws IOException {
        return new AdminSettings(
                configuration.inbound().http(),
                configuration
                        .administration()
                        .admin()
                        .map(admin -> new AdminSettings.User(admin.user(), admin.secret())),
                TokenFile.readOrCreate(configuration.stores().path()));
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
