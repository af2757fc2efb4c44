package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsStrength;
import dev.nexthop.tls.TlsVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdleSessionsTest {
    private static final TlsDemand CLEAR =
            new TlsDemand(false, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
    private static final IdleSessions.Keep KEEP = new IdleSessions.Keep(2, 100, Duration.ofMinutes(1));

    private final Watchdog watchdog = new Watchdog();
    private final IdleSessions idle = new IdleSessions(3, watchdog);
    private final Sessions sessions = new Sessions(new Connector(watchdog), new TlsClient(Optional.empty()), idle);

    @AfterEach
    void close() {
        idle.close();
        watchdog.close();
    }

    private static Target target(FaultServer server, String hop) {
        return new Target(
                hop, "h.example", server.address(), Optional.empty(), Dialect.SMTP, CLEAR, Optional.empty(), "us");
    }

    private ClientSession open(Target target) throws SessionException {
        return sessions.open(target, StepTimeouts.DEFAULT);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static ClientSession.End send(ClientSession session, List<String> heard) {
        Transfer transfer = new Transfer(
                ReversePath.NULL, List.of(Mailbox.parse("a@x.example")), MessageBody.of(new byte[] {'a'}), false);
        return session.transact(transfer, StepTimeouts.DEFAULT, (i, answer) -> heard.add(answer.toString()));
    }

    @Test
    void aSessionWaitsForItsOwnTargetOnly() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            ClientSession session = open(target(server, "one"));
            idle.give(session, KEEP);
            assertThat(idle.take(target(server, "other"), "")).isEmpty();
            assertThat(idle.take(target(server, "one"), "")).containsSame(session);
            assertThat(idle.take(target(server, "one"), "")).isEmpty();
        }
    }

    /** A connection that was made where TLS 1.2 is good enough serves nobody who wants TLS 1.3. */
    @Test
    void aSessionServesNobodyWhoWantsStrongerEncryption() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            Target target = target(server, "one");
            idle.give(open(target), KEEP);
            TlsDemand strict = CLEAR.encrypted(new TlsStrength(TlsVersion.V1_3, List.of()));
            TlsDemand chosen = CLEAR.encrypted(new TlsStrength(TlsVersion.V1_2, List.of("TLS_AES_256_GCM_SHA384")));
            for (TlsDemand other : List.of(strict, chosen)) {
                Target same = new Target(
                        "one",
                        "h.example",
                        server.address(),
                        Optional.empty(),
                        Dialect.SMTP,
                        other,
                        Optional.empty(),
                        "us");
                assertThat(idle.take(same, "")).isEmpty();
            }
            assertThat(idle.size()).isEqualTo(1);
        }
    }

    /** The same demand under other trust anchors is another one: the certificate was judged by somebody else. */
    @Test
    void aSessionServesNobodyWhoBelievesOthers() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            idle.give(open(target(server, "one")), KEEP);
            assertThat(idle.take(target(server, "one"), "another authority")).isEmpty();
            assertThat(idle.size()).isEqualTo(1);
        }
    }

    @Test
    void aHopThatMeansSomethingElseNowIsForgotten() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            sessions.give(open(target(server, "one")), KEEP);
            sessions.give(open(target(server, "two")), KEEP);
            ClientSession inUse = open(target(server, "one"));
            sessions.retire(Set.of("one"));
            assertThat(idle.size()).isEqualTo(1);
            await(() -> server.commands().contains("QUIT"));
            assertThat(inUse.usable()).as("nothing is closed under a user").isTrue();
            sessions.give(inUse, KEEP);
            assertThat(idle.size()).isEqualTo(1);
            assertThat(idle.take(target(server, "two"), "")).isPresent();
        }
    }

    @Test
    void theNumberIsBoundedByTargetAndInAll() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            for (int i = 0; i < 3; i++) {
                idle.give(open(target(server, "one")), KEEP);
            }
            assertThat(idle.size()).isEqualTo(2);
            idle.give(open(target(server, "two")), KEEP);
            idle.give(open(target(server, "three")), KEEP);
            assertThat(idle.size()).isEqualTo(3);
            await(() -> server.commands().stream().filter("QUIT"::equals).count() == 2);
        }
    }

    @Test
    void idleSessionsAreClosedPolitelyWhenTheirTimeIsOver() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            idle.give(open(target(server, "one")), new IdleSessions.Keep(2, 100, Duration.ofMillis(1)));
            await(() -> server.commands().contains("QUIT"));
            assertThat(idle.size()).isZero();
        }
    }

    @Test
    void aSessionIsUsedForSoManyMessagesAndNoMore() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            ClientSession session = open(target(server, "one"));
            assertThat(send(session, new ArrayList<>())).isEqualTo(ClientSession.End.ANSWERED);
            idle.give(session, new IdleSessions.Keep(2, 1, Duration.ofMinutes(1)));
            assertThat(idle.size()).isZero();
            await(() -> server.commands().contains("QUIT"));
        }
    }

    @Test
    void aGoodbyeWhileWaitingIsNoticedBeforeUse() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "rset=250 ok\\n421 4.4.2 idle too long")) {
            ClientSession session = open(target(server, "one"));
            session.connection().ask("RSET", dev.nexthop.mail.Step.MAIL, Duration.ofSeconds(5));
            idle.give(session, KEEP);
            await(() -> session.disturbed());
            assertThat(idle.take(target(server, "one"), "")).isEmpty();
        }
    }

    @Test
    void aDeadSessionIsStaleAndAnswersNobody() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            ClientSession session = open(target(server, "one"));
            List<String> heard = new ArrayList<>();
            send(session, heard);
            assertThat(heard).hasSize(1);
            server.hangUp();
            assertThat(send(session, heard)).isEqualTo(ClientSession.End.STALE);
            assertThat(heard).hasSize(1);
            assertThat(session.usable()).isFalse();
        }
    }

    @Test
    void closingSaysGoodbyeToAllAndTakesNoMore() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            idle.give(open(target(server, "one")), KEEP);
            ClientSession late = open(target(server, "one"));
            idle.close();
            idle.give(late, KEEP);
            assertThat(idle.size()).isZero();
            await(() -> server.commands().stream().filter("QUIT"::equals).count() == 2);
        }
    }
}
