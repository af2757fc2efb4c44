package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.nexthop.client.FaultServer;
import dev.nexthop.client.Login;
import dev.nexthop.dns.ServiceAnswer;
import dev.nexthop.dns.ServiceHost;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Step;
import dev.nexthop.route.Manner;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.EnhancedStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** When hosts count as down, in which order hosts are tried then, and how it is found out that one is back. */
class HopHealthTest {
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration PROBE = Duration.ofSeconds(15);
    private static final Diagnosis REFUSED = trouble(Step.CONNECT);
    private static final String DONE = "delivered 2.0.0";

    private final Scene scene = new Scene();
    private final HopHealth health = scene.health;

    @AfterEach
    void close() {
        scene.close();
    }

    private static Diagnosis trouble(Step step) {
        return Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, "connection refused", step);
    }

    /** A host that is down after two failures. */
    private static RemoteHost host(String id, String address, int port) {
        return host(id, address, port, Manner.Selection.IN_ORDER, Optional.empty());
    }

    private static RemoteHost host(
            String id, String address, int port, Manner.Selection selection, Optional<Login> login) {
        Manner manner = new Manner(
                selection,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Manner.Timeouts.NONE,
                new Manner.Health(2, PAUSE, Optional.of(PROBE)));
        return new RemoteHost(id, address, port, Dialect.SMTP, Scene.CLEAR, login, RemoteHost.Limits.DEFAULT, manner);
    }

    private void fell(RemoteHost host) {
        health.lost(host, REFUSED);
        health.lost(host, REFUSED);
    }

    private List<RemoteHost> order(RemoteHost... hosts) {
        try (HopHealth.Turn turn = health.turn(List.of(hosts))) {
            return turn.order();
        }
    }

    private List<String> send(RemoteHost... hosts) {
        return Scene.words(scene.delivery().attempt(Scene.job(new NextHop.Relay(List.of(hosts)), "a@x.example")));
    }

    /** Nobody waits for the answer to QUIT, so that it may come after the test has got here. */
    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void later(Duration time) {
        scene.now = scene.now.plus(time);
    }

    @Test
    void aHostIsDownAfterItsOwnNumberOfFailuresAndThatIsToldOnce() {
        RemoteHost relay = host("relay", "a.example", 25);
        health.lost(relay, REFUSED);
        assertThat(health.isUp("relay")).isTrue();
        health.lost(relay, REFUSED);
        health.lost(relay, REFUSED);
        assertThat(health.isUp("relay")).isFalse();
        assertThat(scene.turns)
                .containsExactly("down relay hop 'relay', a.example port 25: is down, 2 attempts in a row found no"
                        + " address of use; the last: connection refused");
        health.heard(relay);
        health.heard(relay);
        assertThat(health.isUp("relay")).isTrue();
        assertThat(scene.turns)
                .hasSize(2)
                .last()
                .isEqualTo("up relay hop 'relay', a.example port 25: takes mail again");
        health.lost(relay, REFUSED);
        assertThat(health.isUp("relay")).isTrue();
    }

    @Test
    void aHopIsUpWhileOneOfItsHostsIs() {
        RemoteHost first = host("pool", "a.example", 25);
        RemoteHost second = host("pool", "a.example", 26);
        health.serve(Map.of("pool", List.of(first, second)), _ -> {});
        fell(first);
        assertThat(health.isUp("pool")).isTrue();
        fell(second);
        assertThat(health.isUp("pool")).isFalse();
        assertThat(health.all())
                .extracting(HopHealth.Status::port, HopHealth.Status::up, HopHealth.Status::failures)
                .containsExactly(tuple(25, false, 2), tuple(26, false, 2));
        assertThat(health.all().getFirst().since()).contains(scene.now);
        assertThat(health.all().getFirst().error()).contains("connection refused");
        health.heard(first);
        assertThat(health.isUp("pool")).isTrue();
    }

    @Test
    void whoIsDownStandsBehindTheOthersAndIsNeverLeftOut() {
        RemoteHost a = host("a", "a.example", 25);
        RemoteHost b = host("b", "b.example", 25);
        RemoteHost c = host("c", "c.example", 25);
        RemoteHost d = host("d", "d.example", 25);
        assertThat(order(a, b, c, d)).containsExactly(a, b, c, d);
        fell(a);
        fell(c);
        assertThat(order(a, b, c, d)).containsExactly(b, d, a, c);
        fell(b);
        fell(d);
        assertThat(order(a, b, c, d)).containsExactly(a, b, c, d);
    }

    @Test
    void afterThePauseOneAttemptFindsOutWhileOthersGoElsewhere() {
        RemoteHost a = host("a", "a.example", 25);
        RemoteHost b = host("b", "b.example", 25);
        fell(a);
        later(PAUSE.minusMillis(1));
        assertThat(order(a, b)).containsExactly(b, a);
        later(Duration.ofMillis(1));
        assertThat(health.isUp("a")).isTrue();
        assertThat(order(b, a)).containsExactly(b, a);
        try (HopHealth.Turn first = health.turn(List.of(a, b))) {
            assertThat(first.order()).containsExactly(a, b);
            assertThat(order(a, b)).containsExactly(b, a);
            assertThat(health.isUp("a")).as("rules send others elsewhere").isFalse();
        }
        assertThat(health.isUp("a")).as("it was not tried after all").isTrue();
        try (HopHealth.Turn second = health.turn(List.of(a, b))) {
            assertThat(second.order()).containsExactly(a, b);
            health.lost(a, REFUSED);
        }
        assertThat(health.isUp("a")).isFalse();
        assertThat(order(a, b)).containsExactly(b, a);
        later(PAUSE);
        try (HopHealth.Turn third = health.turn(List.of(a, b))) {
            assertThat(third.order()).containsExactly(a, b);
            health.heard(a);
        }
        assertThat(order(a, b)).containsExactly(a, b);
        assertThat(scene.turns).hasSize(2);
    }

    @Test
    void oneAttemptFindsOutAboutOneHost() {
        RemoteHost a = host("a", "a.example", 25);
        RemoteHost b = host("b", "b.example", 25);
        RemoteHost c = host("c", "c.example", 25);
        fell(a);
        fell(b);
        later(PAUSE);
        assertThat(order(a, b, c)).containsExactly(a, c, b);
    }

    @Test
    @SuppressWarnings("try")
    void aFailoverListPaysForADeadHostOnceAPause() throws Exception {
        try (FaultServer dead = FaultServer.start(FaultServer.Way.SMTP, "greeting=554 closed");
                FaultServer good = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost first = host("first", "127.0.0.1", dead.port());
            RemoteHost second = host("second", "127.0.0.1", good.port());
            for (int i = 0; i < 6; i++) {
                assertThat(send(first, second)).containsExactly(DONE);
            }
            assertThat(dead.connections()).isEqualTo(2);
            later(PAUSE);
            for (int i = 0; i < 6; i++) {
                assertThat(send(first, second)).containsExactly(DONE);
            }
            assertThat(dead.connections()).isEqualTo(3);
            good.close();
            assertThat(send(first, second)).as("never left out").containsExactly("deferred 4.0.0");
            assertThat(dead.connections()).isEqualTo(4);
        }
    }

    @Test
    void aWeightedPoolPaysForADeadHostOnceAPause() throws Exception {
        try (FaultServer dead = FaultServer.start(FaultServer.Way.SMTP, "greeting=554 closed");
                FaultServer good = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost heavy = weighted(dead, 9);
            RemoteHost light = weighted(good, 1);
            Delivery delivery = scene.delivery();
            Job job = Scene.job(new NextHop.Relay(List.of(heavy, light)), "a@x.example");
            for (int round = 1; round <= 2; round++) {
                for (int i = 0; i < 30; i++) {
                    assertThat(Scene.words(delivery.attempt(job))).containsExactly(DONE);
                }
                assertThat(dead.connections()).isEqualTo(1 + round);
                later(PAUSE);
            }
        }
    }

    private static RemoteHost weighted(FaultServer server, int weight) {
        return host(
                "pool", "127.0.0.1", server.port(), new Manner.Selection(weight, Optional.empty()), Optional.empty());
    }

    @Test
    void placesOfAServiceHaveAHealthOfTheirOwn() throws Exception {
        try (FaultServer dead = FaultServer.start(FaultServer.Way.SMTP, "greeting=554 closed");
                FaultServer good = FaultServer.start(FaultServer.Way.SMTP)) {
            scene.host("mx1.example.com", "127.0.0.1").host("mx2.example.com", "127.0.0.1");
            scene.services.put(
                    "_smtp._tcp.example.com",
                    new ServiceAnswer.Hosts(List.of(
                            new ServiceHost(10, 0, dead.port(), "mx1.example.com"),
                            new ServiceHost(20, 0, good.port(), "mx2.example.com"))));
            RemoteHost remote = host(
                    "relay", "example.com", 25, new Manner.Selection(-1, Optional.of("_smtp._tcp")), Optional.empty());
            health.serve(Map.of("relay", List.of(remote)), _ -> {});
            for (int i = 0; i < 5; i++) {
                assertThat(send(remote)).containsExactly(DONE);
            }
            assertThat(dead.connections()).isEqualTo(2);
            assertThat(health.isUp("relay")).isTrue();
            assertThat(health.all())
                    .filteredOn(host -> !host.up())
                    .extracting(HopHealth.Status::address)
                    .containsExactly("mx1.example.com");
        }
    }

    /** Probes whose time comes when a test says so. */
    private final Deque<Runnable> timers = new ArrayDeque<>();

    private HopProbes probing(RemoteHost... hosts) {
        HopProbes probes = new HopProbes(health, scene.delivery()::probe, (wait, task) -> {
            assertThat(wait).isEqualTo(PROBE);
            timers.add(task);
        });
        health.serve(Map.of("relay", List.of(hosts)), probes::watch);
        return probes;
    }

    @Test
    void aProbeBringsAHostBackWithoutMailOrLogin() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING,AUTH PLAIN")) {
            Login login = new Login("user", "pass", false, true);
            RemoteHost relay =
                    host("relay", "gone.example", server.port(), Manner.Selection.IN_ORDER, Optional.of(login));
            HopProbes probes = probing(relay);
            fell(relay);
            probes.watch(relay);
            assertThat(timers).as("one for each host").hasSize(1);
            later(PAUSE.minusSeconds(1));
            timers.remove().run();
            assertThat(timers).as("goes on while it fails").hasSize(1);
            later(Duration.ofSeconds(2));
            assertThat(health.isUp("relay"))
                    .as("a probe that fails does not put mail off")
                    .isTrue();
            assertThat(health.all().getFirst().failures()).isEqualTo(2);
            assertThat(health.all().getFirst().error()).contains("connection refused");
            scene.host("gone.example", "127.0.0.1");
            timers.remove().run();
            assertThat(health.isUp("relay")).isTrue();
            assertThat(scene.turns).hasSize(2).last().asString().startsWith("up relay");
            assertThat(timers).isEmpty();
            await(() -> server.commands().contains("QUIT"));
            assertThat(server.commands()).containsExactly("EHLO us.example", "QUIT");
            fell(relay);
            assertThat(timers).as("again when it is down again").hasSize(1);
        }
    }

    @Test
    void aBusyHostIsNotBackAndTroubleBehindTlsIsNotProbed() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "greeting=421 4.3.2 busy")) {
            RemoteHost relay = host("relay", "127.0.0.1", server.port());
            HopProbes probes = probing(relay);
            fell(relay);
            timers.remove().run();
            assertThat(health.isUp("relay")).isFalse();
            assertThat(server.connections()).isEqualTo(1);
            health.lost(relay, trouble(Step.AUTH));
            timers.remove().run();
            assertThat(server.connections()).isEqualTo(1);
            assertThat(timers).hasSize(1);
            probes.close();
            health.lost(relay, REFUSED);
            timers.remove().run();
            assertThat(server.connections()).as("closed").isEqualTo(1);
            assertThat(timers).isEmpty();
        }
    }

    @Test
    void aReloadForgetsWhatChangedAndGoesOnProbingWhatDidNot() {
        RemoteHost same = host("same", "gone.example", 25);
        RemoteHost old = host("relay", "gone.example", 25);
        RemoteHost mended = host("relay", "gone.example", 26);
        HopProbes before = probing(same, old);
        health.serve(Map.of("same", List.of(same), "relay", List.of(old)), before::watch);
        fell(same);
        fell(old);
        assertThat(timers).hasSize(2);
        before.close();
        health.forget(Set.of("relay"), Map.of("same", List.of(same), "relay", List.of(mended)));
        HopProbes after = new HopProbes(health, _ -> Optional.empty(), (_, task) -> timers.add(task));
        health.serve(Map.of("same", List.of(same), "relay", List.of(mended)), after::watch);
        assertThat(timers).as("one goes on").hasSize(3);
        assertThat(health.isUp("relay")).isTrue();
        fell(old);
        assertThat(health.isUp("relay")).isTrue();
        assertThat(timers).hasSize(3);
        while (!timers.isEmpty()) {
            timers.remove().run();
        }
        assertThat(health.isUp("same")).isTrue();
        assertThat(scene.turns).hasSize(3);
    }

    @Test
    void aProbeOfAServiceCountsAgainstNoPlace() throws Exception {
        try (FaultServer dead = FaultServer.start(FaultServer.Way.SMTP, "greeting=554 closed")) {
            scene.host("mx1.example.com", "127.0.0.1");
            scene.services.put(
                    "_smtp._tcp.example.com",
                    new ServiceAnswer.Hosts(List.of(new ServiceHost(10, 0, dead.port(), "mx1.example.com"))));
            RemoteHost remote = host(
                    "relay", "example.com", 25, new Manner.Selection(-1, Optional.of("_smtp._tcp")), Optional.empty());
            probing(remote);
            send(remote);
            send(remote);
            timers.remove().run();
            assertThat(dead.connections()).isEqualTo(3);
            assertThat(health.all()).extracting(HopHealth.Status::failures).containsExactly(2, 2);
        }
    }

    @Test
    void aProbeThatFailsBecauseTheServerStopsIsNoError() {
        Logger logger = (Logger) LoggerFactory.getLogger(HopProbes.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            RemoteHost relay = host("relay", "gone.example", 25);
            AtomicReference<HopProbes> own = new AtomicReference<>();
            HopProbes probes = new HopProbes(
                    health,
                    _ -> {
                        if (lines.list.size() == 1) {
                            own.get().close();
                        }
                        throw new IllegalStateException("the store is closed");
                    },
                    (_, task) -> timers.add(task));
            own.set(probes);
            health.serve(Map.of("relay", List.of(relay)), probes::watch);
            fell(relay);
            timers.remove().run();
            assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR);
            timers.remove().run();
            assertThat(lines.list).as("closed while it was asked").hasSize(1);
            assertThat(timers).isEmpty();
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void aHopThatIsNoLongerDefinedLeavesNothing() {
        RemoteHost relay = host("relay", "a.example", 25);
        health.serve(Map.of("relay", List.of(relay)), _ -> {});
        health.forget(Set.of("relay"), Map.of());
        fell(relay);
        assertThat(scene.turns).isEmpty();
        assertThat(health.all()).isEmpty();
    }

    /** What the clock does when it is asked next: just before an attempt books what it learned. */
    private Runnable meanwhile = () -> {};

    @Test
    void whatIsForgottenWhileAnAttemptEndsDoesNotComeBack() {
        RemoteHost old = host("relay", "a.example", 25);
        RemoteHost mended = new RemoteHost(
                "relay", "a.example", 25, Dialect.LMTP, Scene.CLEAR, Optional.empty(), old.limits(), old.manner());
        HopHealth books = new HopHealth(() -> {
            Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
            return Instant.EPOCH;
        });
        books.serve(Map.of("relay", List.of(old)), _ -> {});
        books.lost(old, REFUSED);
        meanwhile = () -> books.forget(Set.of("relay"), Map.of("relay", List.of(mended)));
        books.lost(old, REFUSED);
        assertThat(books.all()).extracting(HopHealth.Status::failures).containsExactly(0);
        books.serve(Map.of("relay", List.of(old)), _ -> {});
        books.lost(old, REFUSED);
        meanwhile = () -> {
            books.forget(Set.of("relay"), Map.of("relay", List.of(mended)));
            books.lost(mended, REFUSED);
        };
        books.heard(old);
        assertThat(books.all()).extracting(HopHealth.Status::failures).containsExactly(1);
    }

    @Test
    void theUsualCaseCopiesNothing() {
        RemoteHost a = host("a", "a.example", 25);
        List<RemoteHost> one = List.of(a);
        List<RemoteHost> two = List.of(a, host("b", "b.example", 25));
        assertThat(health.turn(one).order()).isSameAs(one);
        assertThat(health.turn(two).order()).isSameAs(two);
        health.lost(a, REFUSED);
        assertThat(health.turn(one).order()).as("not yet down").isSameAs(one);
        assertThat(order(a)).containsExactly(a);
    }
}
