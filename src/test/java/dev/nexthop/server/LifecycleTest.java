package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.smtp.Domain;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time, numbers and the end. */
final class LifecycleTest {
    private static final String HELO = "S: 220 *\nC: HELO client.example\nS: 250 *\n";
    private static final String BEGUN = "C: MAIL FROM:<>\nC: RCPT TO:<alice@example.org>\nS: 250 *\nS: 250 *\n";
    private static final String MESSAGE = BEGUN + "C: DATA\nS: 354 *\nC: text\nC: .\nS: 250 *\n";

    /** Only the age of a session counts. */
    private static final Timeouts PATIENT = new Timeouts(
            Duration.ofHours(9), Duration.ofHours(9), Duration.ofHours(9), Duration.ofHours(9), Duration.ofMinutes(10));

    /** RFC 5321 §4.5.3.2.7: five minutes for the whole line, however many pieces it comes in. */
    @Test
    void aSlowLineTimesOut() throws IOException {
        try (TestServer server = new TestServer().start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.play(HELO);
            awaitReading(server);
            dialogue.play("C| NO\n");
            server.pass(Duration.ofMinutes(4));
            dialogue.play("C| O\n");
            server.pass(Duration.ofSeconds(59));
            dialogue.play("C: P\nS: 250 *\n");
            awaitReading(server);
            server.pass(Duration.ofMinutes(4));
            dialogue.play("C| NO\n");
            server.pass(Duration.ofSeconds(61));
            dialogue.play("S: 421 4.4.2 timed out*\nS END\n");
        }
    }

    @Test
    void contentThatStopsTimesOutAndLeavesNothing() throws IOException {
        try (TestServer server = new TestServer().start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.play(HELO + BEGUN + "C: DATA\nS: 354 *\n");
            awaitReading(server);
            server.pass(Duration.ofMinutes(4));
            dialogue.play("S: 421 4.4.2 *\nS END\n");
            assertThat(server.spool.messages).isEmpty();
            assertThat(server.spool.openDrafts.get()).isZero();
        }
    }

    /** A session that delivers is not cut off by its age; one that only asks is. */
    @Test
    void ageCountsFromTheLastMessage() throws IOException {
        try (TestServer server = new TestServer()) {
            server.timeouts = PATIENT;
            try (Dialogue dialogue = new Dialogue(server.start().port())) {
                dialogue.play(HELO);
                for (int i = 0; i < 5; i++) {
                    server.nanos.addAndGet(Duration.ofMinutes(9).toNanos());
                    dialogue.play(MESSAGE);
                }
            }
            assertThat(server.spool.messages).hasSize(5);
        }
    }

    @Test
    void anOldSessionMayNotBeginAnotherTransaction() throws IOException {
        try (TestServer server = new TestServer()) {
            server.timeouts = PATIENT;
            try (Dialogue dialogue = new Dialogue(server.start().port())) {
                dialogue.play(HELO + BEGUN);
                server.nanos.addAndGet(Duration.ofMinutes(11).toNanos());
                // the transaction under way is not disturbed, and its success makes the session young again
                dialogue.play("C: DATA\nS: 354 *\nC: text\nC: .\nS: 250 *\n");
                server.nanos.addAndGet(Duration.ofMinutes(11).toNanos());
                dialogue.play("C: MAIL FROM:<>\nS: 421 4.4.2 *\nS END\n");
            }
        }
    }

    /** Also one that only says NOOP now and then, and so never times out. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"NOOP", "RSET", "EHLO client.example", "VRFY a", "HELP", "AUTH PLAIN AGEAYg==", "FOO"})
    void anOldSessionIsToldSoWhateverItAsksFor(String command) throws IOException {
        try (TestServer server = new TestServer()) {
            server.timeouts = PATIENT;
            try (Dialogue dialogue = new Dialogue(server.start().port())) {
                dialogue.play(HELO);
                server.nanos.addAndGet(Duration.ofMinutes(9).toNanos());
                dialogue.play("C: NOOP\nS: 250 *\n");
                server.nanos.addAndGet(Duration.ofMinutes(2).toNanos());
                dialogue.play("C: " + command + "\nS: 421 4.4.2 the session has lasted long enough*\nS END\n");
            }
        }
    }

    @Test
    void whoGoesMayGoPolitelyAtAnyAge() throws IOException {
        try (TestServer server = new TestServer()) {
            server.timeouts = PATIENT;
            try (Dialogue dialogue = new Dialogue(server.start().port())) {
                dialogue.play(HELO);
                server.nanos.addAndGet(Duration.ofMinutes(11).toNanos());
                dialogue.play("C: QUIT\nS: 221 *\nS END\n");
            }
        }
    }

    @Test
    void capOnAllConnections() throws IOException {
        try (TestServer server = new TestServer()) {
            server.connections = new ConnectionLimits(2, 10);
            capped(server.start());
        }
    }

    @Test
    void capOnOneAddress() throws IOException {
        try (TestServer server = new TestServer()) {
            server.connections = new ConnectionLimits(10, 2);
            capped(server.start());
        }
    }

    private static void capped(TestServer server) throws IOException {
        try (Dialogue first = new Dialogue(server.port());
                Dialogue second = new Dialogue(server.port())) {
            first.play(HELO);
            second.play(HELO);
            server.play("S: 421 4.7.0 too many connections; try again later\nS END\n");
            first.play("C: QUIT\nS: 221 *\nS END\n");
            await(() -> server.server().connections() == 1);
            server.play(HELO);
        }
    }

    /** RFC 5321 §3.8: 421 to those that wait, time for those that are in the middle. */
    @Test
    void shutDown() throws Exception {
        try (TestServer server = new TestServer().start();
                Dialogue idle = new Dialogue(server.port());
                Dialogue fresh = new Dialogue(server.port());
                Dialogue busy = new Dialogue(server.port())) {
            idle.play(HELO);
            fresh.play("S: 220 *\n");
            busy.play(HELO + BEGUN);
            CompletableFuture<Void> stop =
                    CompletableFuture.runAsync(() -> server.server().stop(Duration.ofSeconds(30)));
            idle.play("S: 421 4.3.2 *\nS END\n");
            fresh.play("S: 421 4.3.2 *\nS END\n");
            busy.play("C: DATA\nS: 354 *\nC: text\nC: .\nS: 250 *\nS: 421 4.3.2 *\nS END\n");
            stop.get();
            assertThat(server.spool.messages).hasSize(1);
            assertThat(server.server().connections()).isZero();
            int port = server.port();
            assertThatThrownBy(() -> new Dialogue(port)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void graceEnds() throws IOException {
        try (TestServer server = new TestServer().start();
                Dialogue busy = new Dialogue(server.port())) {
            busy.play(HELO + BEGUN + "C: DATA\nS: 354 *\nC: half\n");
            server.server().stop(Duration.ofMillis(50));
            assertThat(server.server().connections()).isZero();
            assertThat(server.spool.messages).isEmpty();
            assertThat(server.spool.openDrafts.get()).isZero();
        }
    }

    @Test
    void anAddressThatCannotBeOpenedIsNamed() throws IOException {
        try (TestServer server = new TestServer().start()) {
            InetSocketAddress taken = server.server().listening().getFirst().address();
            ServerSettings settings = new ServerSettings(
                    "mx.example.org",
                    "x",
                    new Domain("example.org"),
                    List.of(new ListenerSettings(
                            "second",
                            List.of(new InetSocketAddress(taken.getAddress(), 0), taken),
                            Protocol.SMTP,
                            Optional.empty(),
                            Extensions.DEFAULT)),
                    SessionLimits.DEFAULT,
                    Timeouts.DEFAULT,
                    ConnectionLimits.DEFAULT);
            Services services = new Services(
                    server.spool,
                    server.directory,
                    RelayPolicy.NOBODY,
                    (_, _, _, recipient, now) -> {
                        throw new IllegalStateException();
                    },
                    server.events);
            assertThatThrownBy(() -> new Server(settings, services, InstantSource.system()).start())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("listener \"second\"")
                    .hasMessageContaining(":" + taken.getPort());
        }
    }

    @Test
    void manySessionsAtOnce() throws Exception {
        try (TestServer server = new TestServer().start()) {
            List<CompletableFuture<Void>> clients = java.util.stream.IntStream.range(0, 40)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> {
                        try {
                            server.play(HELO + MESSAGE.repeat(5) + "C: QUIT\nS: 221 *\n");
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }))
                    .toList();
            for (CompletableFuture<Void> client : clients) {
                client.get();
            }
            assertThat(server.spool.messages).hasSize(200);
        }
    }

    /** A bug in a policy must not take the session's thread without a word. */
    @Test
    void anInternalErrorIsSaid() throws IOException {
        try (TestServer server = new TestServer()) {
            server.relay = (reception, sender, recipient) -> {
                throw new IllegalStateException("a bug, thrown by the test");
            };
            server.start().play(HELO + "C: MAIL FROM:<>\nS: 250 *\nC: RCPT TO:<x@y.example>\nS: 421 4.3.0 *\nS END\n");
        }
    }

    @Test
    void octetsOfAnyKindDoNoHarm() throws IOException {
        java.util.Random random = new java.util.Random(99);
        try (TestServer server = new TestServer().start()) {
            for (int round = 0; round < 50; round++) {
                byte[] noise = new byte[random.nextInt(5_000)];
                random.nextBytes(noise);
                try (Dialogue dialogue = new Dialogue(server.port())) {
                    dialogue.send("EHLO a\r\n".getBytes(StandardCharsets.US_ASCII));
                    dialogue.send(noise);
                    dialogue.play("S: 220 *\n");
                }
            }
            server.play(HELO);
            assertThat(server.spool.messages).isEmpty();
        }
    }

    /** The server has sent its last reply just before it waits again; this sees it waiting. */
    static void awaitReading(TestServer server) {
        await(() -> server.server().sessions().waiting() > 0);
    }

    static void await(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time to wait in").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
