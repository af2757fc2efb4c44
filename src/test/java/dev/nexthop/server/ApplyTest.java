package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.e2e.Ports;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QuotaGate;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Other settings while sessions run. */
final class ApplyTest {
    private static final String HELO = "S: 220 %s *\nC: HELO client.example\nS: 250 *\n";
    private static final String TO_ALICE = "C: MAIL FROM:<>\nC: RCPT TO:<alice@example.org>\nS: 250 *\n";
    private static final String MESSAGE = TO_ALICE + "S: 250 *\nC: DATA\nS: 354 *\nC: text\nC: .\nS: 250 *\n";

    private final FakeSpool spool = new FakeSpool();
    private final FakeEvents events = new FakeEvents();
    private Optional<Server> running = Optional.empty();

    @AfterEach
    void stop() {
        running.ifPresent(server -> server.stop(Duration.ofSeconds(5)));
    }

    /** Services that count their users as a configuration does. */
    private static final class Counted implements Tenancy {
        final AtomicInteger users = new AtomicInteger();
        volatile boolean closed;

        @Override
        public boolean enter() {
            users.incrementAndGet();
            if (closed) {
                users.decrementAndGet();
                return false;
            }
            return true;
        }

        @Override
        public void leave() {
            users.decrementAndGet();
        }
    }

    private Services services(Tenancy tenancy) {
        return new Services(
                spool,
                TestServer.people(),
                RelayPolicy.NOBODY,
                ApplyTest::initial,
                events,
                tenancy,
                QuotaGate.UNLIMITED);
    }

    private static dev.nexthop.queue.RecipientState initial(
            dev.nexthop.mail.Envelope envelope, QueueId id, long size, Mailbox recipient, Instant now) {
        return new dev.nexthop.queue.RecipientState(
                recipient,
                dev.nexthop.queue.RecipientStatus.SCHEDULED,
                0,
                0,
                now,
                now.plus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(5)),
                Optional.empty());
    }

    private static ListenerSettings listener(String id, int... ports) {
        List<InetSocketAddress> bind = Arrays.stream(ports)
                .mapToObj(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .toList();
        return new ListenerSettings(id, bind, Protocol.SMTP, Optional.empty(), Extensions.DEFAULT);
    }

    private static ServerSettings settings(String hostname, ListenerSettings... listeners) {
        return new ServerSettings(
                hostname,
                ServerSettings.DEFAULT_GREETING,
                new Domain("example.org"),
                List.of(listeners),
                SessionLimits.DEFAULT,
                Timeouts.DEFAULT,
                ConnectionLimits.DEFAULT);
    }

    private Server started(ServerSettings settings, Tenancy tenancy) throws IOException {
        Server server = new Server(settings, services(tenancy), InstantSource.fixed(TestServer.NOW));
        server.start();
        running = Optional.of(server);
        return server;
    }

    private static int port(Server server, String id) {
        return server.listening().stream()
                .filter(listening -> listening.id().equals(id))
                .findFirst()
                .orElseThrow()
                .address()
                .getPort();
    }

    @Test
    void aKeptAddressServesNewSessionsUnderTheNewSettingsAndRunningOnesUnderTheirs() throws IOException {
        Server server = started(settings("one.example.org", listener("in", 0)), Tenancy.FOREVER);
        int port = port(server, "in");
        try (Dialogue old = new Dialogue(port)) {
            old.play(HELO.formatted("one.example.org"));
            server.apply(settings("two.example.org", listener("in", 0)), services(Tenancy.FOREVER));
            assertThat(port(server, "in")).as("the same socket").isEqualTo(port);
            try (Dialogue young = new Dialogue(port)) {
                young.play(HELO.formatted("two.example.org") + MESSAGE);
            }
            old.play(MESSAGE + "C: HELO again.example\nS: 250 one.example.org*\nC: QUIT\nS: 221 *\nS END\n");
        }
        assertThat(spool.messages).hasSize(2);
    }

    /** Who was admitted by other rules is asked to come again, but no transaction is cut. */
    @Test
    void sessionsThatAreToPartEndBetweenTransactions() throws IOException {
        Server server = started(settings("one.example.org", listener("in", 0)), Tenancy.FOREVER);
        int port = port(server, "in");
        try (Dialogue idle = new Dialogue(port);
                Dialogue busy = new Dialogue(port)) {
            idle.play(HELO.formatted("one.example.org"));
            busy.play(HELO.formatted("one.example.org") + TO_ALICE + "S: 250 *\n");
            server.prepare(settings("two.example.org", listener("in", 0)), services(Tenancy.FOREVER), true)
                    .commit();
            idle.play("S: 421 4.3.2 *\nS END\n");
            try (Dialogue young = new Dialogue(port)) {
                young.play(HELO.formatted("two.example.org"));
                server.apply(settings("three.example.org", listener("in", 0)), services(Tenancy.FOREVER));
                young.play(MESSAGE);
            }
            busy.play("C: DATA\nS: 354 *\nC: text\nC: .\nS: 250 *\nS: 421 4.3.2 *\nS END\n");
        }
        assertThat(spool.messages).hasSize(2);
    }

    @Test
    void aRemovedListenerTakesNobodyAndItsSessionsFinish() throws IOException {
        Server server = started(settings("mx.example.org", listener("in", 0), listener("old", 0)), Tenancy.FOREVER);
        int gone = port(server, "old");
        try (Dialogue session = new Dialogue(gone)) {
            session.play(HELO.formatted("mx.example.org") + TO_ALICE + "S: 250 *\n");
            server.apply(settings("mx.example.org", listener("in", 0), listener("new", 0)), services(Tenancy.FOREVER));
            assertThatThrownBy(() -> new Dialogue(gone)).isInstanceOf(IOException.class);
            try (Dialogue added = new Dialogue(port(server, "new"))) {
                added.play(HELO.formatted("mx.example.org") + MESSAGE);
            }
            session.play("C: DATA\nS: 354 *\nC: text\nC: .\nS: 250 *\n" + MESSAGE + "C: QUIT\nS: 221 *\nS END\n");
        }
        assertThat(spool.messages).hasSize(3);
        assertThat(server.listening()).extracting(Server.Listening::id).containsExactly("in", "new");
    }

    @Test
    void anAddressThatIsTakenRefusesTheWholeChange() throws IOException {
        Server server = started(settings("one.example.org", listener("in", 0)), Tenancy.FOREVER);
        int port = port(server, "in");
        Counted never = new Counted();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int free = Ports.free();
            assertThatThrownBy(() -> server.apply(
                            settings("two.example.org", listener("a", free), listener("b", taken.getLocalPort())),
                            services(never)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("listener \"b\"")
                    .hasMessageContaining(":" + taken.getLocalPort());
            assertThatThrownBy(() -> new Dialogue(free))
                    .as("opened, and closed again")
                    .isInstanceOf(IOException.class);
        }
        try (Dialogue dialogue = new Dialogue(port)) {
            dialogue.play(HELO.formatted("one.example.org") + MESSAGE);
        }
        assertThat(server.listening()).extracting(Server.Listening::id).containsExactly("in");
        assertThat(never.users).hasValue(0);
    }

    @Test
    void anAddressMayGetAnotherListener() throws IOException {
        int port = Ports.free();
        Server server = started(settings("mx.example.org", listener("in", port)), Tenancy.FOREVER);
        server.apply(settings("mx.example.org", listener("renamed", port, 0)), services(Tenancy.FOREVER));
        assertThat(server.listening()).extracting(Server.Listening::id).containsExactly("renamed", "renamed");
        assertThat(server.listening().getFirst().address().getPort()).isEqualTo(port);
        try (Dialogue dialogue = new Dialogue(port)) {
            dialogue.play(HELO.formatted("mx.example.org") + MESSAGE);
        }
    }

    @Test
    void servicesAreHeldByTheSessionsThatBeganWithThemAndByNobodyElse() throws IOException {
        Counted first = new Counted();
        Counted second = new Counted();
        Server server = started(settings("mx.example.org", listener("in", 0)), first);
        int port = port(server, "in");
        try (Dialogue old = new Dialogue(port)) {
            old.play(HELO.formatted("mx.example.org"));
            server.apply(settings("mx.example.org", listener("in", 0)), services(second));
            first.closed = true;
            try (Dialogue young = new Dialogue(port)) {
                young.play(HELO.formatted("mx.example.org"));
                assertThat(first.users).hasValue(1);
                assertThat(second.users).hasValue(1);
            }
            old.play("C: QUIT\nS: 221 *\nS END\n");
        }
        LifecycleTest.await(() -> first.users.get() == 0 && second.users.get() == 0);
    }

    @Test
    void theLimitOfConnectionsFollowsAndCountsThoseThatThereAre() throws IOException {
        Server server = started(settings("mx.example.org", listener("in", 0)), Tenancy.FOREVER);
        try (Dialogue one = new Dialogue(port(server, "in"))) {
            one.play(HELO.formatted("mx.example.org"));
            ServerSettings wide = settings("mx.example.org", listener("in", 0));
            server.apply(
                    new ServerSettings(
                            wide.hostname(),
                            wide.greeting(),
                            wide.postmasterDomain(),
                            wide.listeners(),
                            wide.limits(),
                            wide.timeouts(),
                            new ConnectionLimits(1, 1)),
                    services(Tenancy.FOREVER));
            try (Dialogue refused = new Dialogue(port(server, "in"))) {
                refused.play("S: 421 *\nS END\n");
            }
            one.play(MESSAGE);
        }
    }

    /** Connections come as fast as they can while settings change a hundred times: none is refused, none is cut. */
    @Test
    void noConnectionIsRefusedAtAnyInstant() throws Exception {
        Counted current = new Counted();
        Server server = started(settings("n0.example.org", listener("in", 0)), current);
        int port = port(server, "in");
        List<Thread> clients = new ArrayList<>();
        List<Throwable> trouble = java.util.Collections.synchronizedList(new ArrayList<>());
        AtomicInteger talks = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 50; n++) {
                    try (Dialogue dialogue = new Dialogue(port)) {
                        dialogue.play("S: 220 *\nC: HELO c.example\nS: 250 *\nC: QUIT\nS: 221 *\nS END\n");
                        talks.incrementAndGet();
                    } catch (IOException | AssertionError e) {
                        trouble.add(e);
                    }
                }
            }));
        }
        for (int i : IntStream.rangeClosed(1, 100).toArray()) {
            Counted next = new Counted();
            server.apply(
                    i % 2 == 0
                            ? settings("n" + i + ".example.org", listener("in", 0))
                            : settings("n" + i + ".example.org", listener("in", 0), listener("extra", 0)),
                    services(next));
            current.closed = true;
            current = next;
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(trouble).isEmpty();
        assertThat(talks).hasValue(200);
    }
}
