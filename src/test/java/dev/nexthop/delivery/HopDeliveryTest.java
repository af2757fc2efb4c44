package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.BrokenBody;
import dev.nexthop.client.FaultServer;
import dev.nexthop.client.Login;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Step;
import dev.nexthop.route.Manner.Health;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.RemoteHost.Limits;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Reply;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TlsDemand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configured hops, the local store, and decisions that need no host. */
class HopDeliveryTest {
    private static final TestCertificates CA = new TestCertificates();
    private static final Login USER = new Login("user", "pass", false, false);

    private final Scene scene = new Scene();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        scene.close();
    }

    private static NextHop relay(RemoteHost... hosts) {
        return new NextHop.Relay(List.of(hosts));
    }

    private static RemoteHost with(RemoteHost host, TlsDemand tls, Optional<Login> credentials) {
        return new RemoteHost(host.id(), host.address(), host.port(), host.dialect(), tls, credentials, host.limits());
    }

    private static RemoteHost limited(RemoteHost host, int maxRecipients) {
        Limits limits = new Limits(20, maxRecipients, 1000, Duration.ofSeconds(30));
        return new RemoteHost(host.id(), host.address(), host.port(), host.dialect(), host.tls(), host.login(), limits);
    }

    private static RemoteHost at(FaultServer server, Dialect dialect) {
        return Scene.remote("relay", "127.0.0.1", server.port(), dialect);
    }

    private Attempt send(NextHop hop, String... recipients) {
        return scene.delivery()
                .attempt(Scene.job(hop, recipients.length == 0 ? new String[] {"a@x.example"} : recipients));
    }

    private static String reason(Attempt attempt) {
        return attempt.outcomes().getFirst().diagnosis().reason();
    }

    @Test
    void theMessageArrivesByteForByte() throws Exception {
        String content = "Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n\r\nend with no line end";
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            Attempt attempt = scene.delivery()
                    .attempt(Scene.jobWith(relay(at(server, Dialect.SMTP)), content, "a@x.example", "b@y.example"));
            assertThat(Scene.words(attempt)).containsExactly("delivered 2.0.0", "delivered 2.0.0");
            assertThat(server.taken()).hasSize(1); // one transaction, whatever the domains
            assertThat(server.taken().getFirst().text()).isEqualTo(content + "\r\n");
            assertThat(attempt.outcomes().getFirst().diagnosis().ip()).isEqualTo("127.0.0.1");
            assertThat(attempt.delays().send()).isPositive();
            assertThat(attempt.delays().connect()).isPositive();
        }
    }

    @Test
    void aHopThatDnsDoesNotKnowIsTemporary() {
        RemoteHost gone = Scene.remote("relay", "gone.example", 25, Dialect.SMTP);
        RemoteHost later = Scene.remote("relay", "later.example", 25, Dialect.SMTP);
        scene.addresses.put("later.example", new AddressAnswer.TryLater("SERVFAIL"));
        assertThat(Scene.words(send(relay(gone)))).containsExactly("deferred 4.4.4");
        assertThat(reason(send(relay(gone)))).contains("hop 'relay'");
        assertThat(Scene.words(send(relay(later)))).containsExactly("deferred 4.4.3");
    }

    @Test
    void aHostThatFailsThreeTimesIsDownUntilAMinuteHasPassedOrItSpeaks() throws Exception {
        FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
        NextHop hop = relay(Scene.remote("relay", "gone.example", server.port(), Dialect.SMTP));
        for (int i = 1; i < Health.DEFAULT.failures(); i++) {
            send(hop);
            assertThat(scene.health.isUp("relay")).isTrue();
        }
        send(hop);
        assertThat(scene.health.isUp("relay")).isFalse();
        scene.now = scene.now.plus(Health.DEFAULT.pause());
        assertThat(scene.health.isUp("relay")).isTrue();
        send(hop);
        assertThat(scene.health.isUp("relay")).isFalse();
        try (server) {
            scene.host("gone.example", "127.0.0.1");
            send(hop);
        }
        assertThat(scene.health.isUp("relay")).isTrue();
    }

    @Test
    void whatAnAttemptUnderAnOlderDefinitionMetSaysNothingOfTheHost() {
        RemoteHost old = Scene.remote("relay", "gone.example", 25, Dialect.SMTP);
        RemoteHost mended = Scene.remote("relay", "lost.example", 25, Dialect.SMTP);
        send(relay(old));
        scene.health.forget(Set.of("relay"), Map.of("relay", List.of(mended)));
        for (int i = 0; i < Health.DEFAULT.failures(); i++) {
            send(relay(old));
        }
        assertThat(scene.health.isUp("relay")).isTrue();
        for (int i = 0; i < Health.DEFAULT.failures(); i++) {
            send(relay(mended));
        }
        assertThat(scene.health.isUp("relay")).isFalse();
    }

    @Test
    void ofAListOnlyTheHostsThatWereTriedAreJudged() throws Exception {
        RemoteHost gone = Scene.remote("first", "gone.example", 25, Dialect.SMTP);
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost good = Scene.remote("second", "127.0.0.1", server.port(), Dialect.SMTP);
            RemoteHost spare = Scene.remote("third", "gone.example", 25, Dialect.SMTP);
            for (int i = 0; i < Health.DEFAULT.failures(); i++) {
                assertThat(Scene.words(send(relay(gone, good, spare)))).containsExactly("delivered 2.0.0");
            }
        }
        assertThat(scene.health.isUp("first")).isFalse();
        assertThat(scene.health.isUp("second")).isTrue();
        assertThat(scene.health.isUp("third")).isTrue();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        // dialect, what EHLO offers, reply to AUTH, outcome, alarms
        "SMTP, AUTH PLAIN,   235 ok,           delivered 2.0.0, 0",
        "SMTP, AUTH LOGIN,   235 ok,           delivered 2.0.0, 0",
        "SMTP, AUTH PLAIN,   535 5.7.8 no,     deferred 4.7.8,  1",
        "SMTP, AUTH PLAIN,   535 no,           deferred 4.7.8,  1",
        "SMTP, AUTH PLAIN,   454 4.7.0 later,  deferred 4.7.0,  1",
        "SMTP, AUTH PLAIN,   421 bye,          deferred 4.3.2,  0",
        "SMTP, AUTH PLAIN,   drop,             deferred 4.4.2,  0",
        "SMTP, AUTH PLAIN,   garbage,          deferred 4.5.0,  0",
        "SMTP, AUTH GSSAPI,  235 ok,           deferred 4.7.8,  1",
        "SMTP, PIPELINING,   235 ok,           deferred 4.7.8,  1",
        "LMTP, PIPELINING,   235 ok,           delivered 2.0.0, 1",
        "LMTP, AUTH PLAIN,   535 5.7.8 no,     deferred 4.7.8,  1"
    })
    void authTroubleIsTemporaryAndRaisesAnAlarm(Dialect dialect, String offer, String reply, String outcome, int alarms)
            throws Exception {
        FaultServer.Way way = dialect == Dialect.SMTP ? FaultServer.Way.SMTP : FaultServer.Way.LMTP;
        try (FaultServer server = FaultServer.start(way, "extensions=" + offer, "auth=" + reply);
                FaultServer second = FaultServer.start(way)) {
            RemoteHost host = with(at(server, dialect), Scene.CLEAR, Optional.of(USER));
            Attempt attempt = send(relay(host));
            assertThat(Scene.words(attempt)).containsExactly(outcome);
            assertThat(scene.alarms).hasSize(alarms).allMatch(alarm -> alarm.startsWith("auth: "));
            assertThat(scene.alarms.toString() + attempt).doesNotContain("pass\"", "AHVzZXIAcGFzcw==");
            assertThat(Scene.words(send(relay(host, at(second, dialect))))).containsExactly("delivered 2.0.0");
        }
    }

    @Test
    void anLmtpServerWithoutAuthIsWarnedAboutOnceUnlessItIsRequired() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.LMTP)) {
            Delivery delivery = scene.delivery();
            RemoteHost host = with(at(server, Dialect.LMTP), Scene.CLEAR, Optional.of(USER));
            for (int i = 0; i < 3; i++) {
                delivery.attempt(Scene.job(relay(host), "a@x.example"));
                server.hangUp();
            }
            assertThat(server.connections()).isGreaterThan(1);
            assertThat(scene.alarms).hasSize(1);
            Login strict = new Login("user", "pass", false, true);
            assertThat(Scene.words(send(relay(with(host, Scene.CLEAR, Optional.of(strict))))))
                    .containsExactly("deferred 4.7.8");
        }
    }

    @Test
    void aHopThatWantsALoginAtMailDefersInsteadOfBouncing() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "mail=530 5.7.0 authentication required")) {
            assertThat(Scene.words(send(relay(at(server, Dialect.SMTP))))).containsExactly("deferred 4.7.0");
            assertThat(scene.alarms).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // certificate for, check, trusted, server name, outcome, verdict
        "127.0.0.1,       REQUIRE,       true,  '',              delivered 2.0.0, verified",
        "other.example,   REQUIRE,       true,  '',              deferred 4.7.5,  none",
        "other.example,   REQUIRE,       true,  other.example,   delivered 2.0.0, verified",
        "127.0.0.1,       REQUIRE,       false, '',              deferred 4.7.5,  none",
        "127.0.0.1,       NEVER,         false, '',              delivered 2.0.0, unverified",
        "other.example,   OPPORTUNISTIC, true,  '',              delivered 2.0.0, unverified",
        "127.0.0.1,       OPPORTUNISTIC, true,  '',              delivered 2.0.0, verified"
    })
    void certificatesCountAsTheDemandSays(
            String named, CertificateCheck check, boolean trusted, String name, String outcome, String verdict)
            throws Exception {
        for (boolean implicit : new boolean[] {true, false}) {
            FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, CA.server(named), implicit);
            try (FaultServer server = FaultServer.start(way)) {
                TlsDemand demand = new TlsDemand(
                        implicit,
                        StartTls.OPTIONAL,
                        check,
                        name.isEmpty() ? Optional.empty() : Optional.of(name),
                        trusted ? Optional.of(CA.pem(directory)) : Optional.empty());
                Attempt attempt = send(relay(with(at(server, Dialect.SMTP), demand, Optional.empty())));
                assertThat(Scene.words(attempt)).containsExactly(outcome);
                assertThat(server.taken()).hasSize(attempt.outcomes().getFirst() instanceof Outcome.Delivered ? 1 : 0);
                if (check == CertificateCheck.REQUIRE && outcome.startsWith("deferred")) {
                    assertThat(reason(attempt)).contains("is refused", "CN=server", named);
                }
                assertThat(attempt.tls().word()).isEqualTo(verdict);
            }
        }
    }

    @Test
    void startTlsThatIsRequiredAndNotOfferedDefers() throws Exception {
        TlsDemand demand =
                new TlsDemand(false, StartTls.REQUIRE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            Attempt attempt = send(relay(with(at(server, Dialect.SMTP), demand, Optional.empty())));
            assertThat(Scene.words(attempt)).containsExactly("deferred 4.7.4");
            assertThat(server.commands()).doesNotContain("DATA");
        }
    }

    @Test
    void implicitTlsTowardsAPlainServerDefersWithinItsTime() throws Exception {
        scene.timeout = Duration.ofMillis(300);
        TlsDemand demand =
                new TlsDemand(true, StartTls.OPTIONAL, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                FaultServer silent = FaultServer.start(FaultServer.Way.SMTP, "greeting=stall")) {
            assertThat(Scene.words(send(relay(with(at(server, Dialect.SMTP), demand, Optional.empty())))))
                    .containsExactly("deferred 4.7.5");
            assertThat(Scene.words(send(relay(with(at(silent, Dialect.SMTP), demand, Optional.empty())))))
                    .containsExactly("deferred 4.4.2");
        }
    }

    @Test
    void moreRecipientsThanAHopTakesGoInSeveralTransactionsOfOneSession() throws Exception {
        String[] many =
                IntStream.range(0, 7).mapToObj(i -> "r" + i + "@x.example").toArray(String[]::new);
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            Attempt attempt = send(relay(limited(at(server, Dialect.SMTP), 3)), many);
            assertThat(Scene.words(attempt)).hasSize(7).containsOnly("delivered 2.0.0");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.taken())
                    .extracting(taken -> taken.recipients().size())
                    .containsExactly(3, 3, 1);
        }
    }

    @Test
    void recipientsBeyondTheServersLimitGoInAnotherTransaction() throws Exception { // RFC 5321 §4.5.3.1.10
        for (String words : List.of("452 4.5.3 too many recipients", "452 too many", "552 5.5.3 too many")) {
            try (FaultServer server = FaultServer.start(
                    FaultServer.Way.SMTP, "rcpt=250 a|250 b|" + words + "|" + words + "|250 c|250 d")) {
                Attempt attempt = send(
                        relay(at(server, Dialect.SMTP)), "a@x.example", "b@x.example", "c@x.example", "d@x.example");
                assertThat(Scene.words(attempt)).hasSize(4).containsOnly("delivered 2.0.0");
                assertThat(server.taken()).hasSize(2);
                assertThat(server.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void aSessionThatDiesBetweenGroupsLeavesTheRestWithAReason() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "dot=drop")) {
            Attempt attempt = send(relay(limited(at(server, Dialect.SMTP), 1)), "a@x.example", "b@x.example");
            assertThat(Scene.words(attempt)).containsOnly("deferred 4.4.2");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(reason(attempt)).contains("whether it has taken the message is not known");
        }
    }

    @Test
    void utf8IsAskedForOnlyWhereItIsNeeded() throws Exception {
        String[] plain = {"extensions=PIPELINING,8BITMIME"};
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, plain)) {
            NextHop hop = relay(at(server, Dialect.SMTP));
            Delivery delivery = scene.delivery();
            String body = "Subject: plain\r\n\r\n\u00e4\r\n";
            String header = "Subject: \u00e4\r\n\r\nplain\r\n";
            assertThat(Scene.words(delivery.attempt(Scene.jobWith(hop, body, "a@x.example"))))
                    .containsExactly("delivered 2.0.0");
            assertThat(Scene.words(delivery.attempt(Scene.jobWith(hop, header, "a@x.example"))))
                    .containsExactly("failed 5.6.7");
            assertThat(Scene.words(delivery.attempt(Scene.job(hop, "\u00e4@x.example", "b@x.example"))))
                    .containsExactly("failed 5.6.7", "delivered 2.0.0");
        }
    }

    @Test
    void eightBitMailIsConvertedForAHostThatCannotTakeItUnlessASignatureWouldBreak() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING")) {
            NextHop hop = relay(at(server, Dialect.SMTP));
            Delivery delivery = scene.delivery();
            assertThat(Scene.words(delivery.attempt(Scene.jobWith(hop, "a: b\r\n\r\n\u00e4\r\n", "a@x.example"))))
                    .containsExactly("delivered 2.0.0");
            assertThat(server.taken().getFirst().text())
                    .contains("Content-Transfer-Encoding: quoted-printable\r\n", "\r\n\r\n=C3=A4\r\n");
            Attempt attempt =
                    delivery.attempt(Scene.jobWith(hop, "DKIM-Signature: v=1\r\n\r\n\u00e4\r\n", "a@x.example"));
            assertThat(Scene.words(attempt)).containsExactly("failed 5.6.3");
            assertThat(reason(attempt)).contains("8BITMIME", "DKIM");
            assertThat(attempt.verdict()).isInstanceOf(HopVerdict.Healthy.class);
        }
    }

    @Test
    void aHostThatLacksWhatTheMessageNeedsIsNoReasonToFailWhileABetterOneIsOnlyAway() throws Exception {
        String header = "Subject: \u00e4\r\n\r\nplain\r\n";
        try (FaultServer lacking = FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING,8BITMIME");
                FaultServer down = FaultServer.start(FaultServer.Way.SMTP, "greeting=554 5.3.2 later");
                FaultServer able = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost backup = at(lacking, Dialect.SMTP);
            assertThat(Scene.words(scene.delivery()
                            .attempt(Scene.jobWith(relay(at(down, Dialect.SMTP), backup), header, "a@x.example"))))
                    .containsExactly("deferred 4.3.2");
            assertThat(Scene.words(
                            scene.delivery().attempt(Scene.jobWith(relay(backup, backup), header, "a@x.example"))))
                    .containsExactly("failed 5.6.7");
            assertThat(Scene.words(scene.delivery()
                            .attempt(Scene.jobWith(relay(backup, at(able, Dialect.SMTP)), header, "a@x.example"))))
                    .containsExactly("delivered 2.0.0");
        }
    }

    @Test
    void aSettingWithoutAValueDefersAndIsTold() throws Exception {
        scene.hostname = Conditional.constant("two words");
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            assertThat(Scene.words(send(relay(at(server, Dialect.SMTP))))).containsExactly("deferred 4.3.5");
            List<RuleSource> asksDirectory =
                    List.of(new RuleSource(null, "key_get('default', 'hostname')", "test:1:1"));
            scene.hostname = switch (Conditional.compile(asksDirectory, Scope.of(Variable.MX_SCOPE), Conversion.TEXT)) {
                case Compilation.Ok<Conditional<String>> ok -> ok.result();
                case Compilation.Failed<Conditional<String>> failed ->
                    throw new IllegalStateException(failed.toString());
            };
            assertThat(Scene.words(send(relay(at(server, Dialect.SMTP))))).containsExactly("deferred 4.3.5");
            assertThat(scene.alarms).hasSize(2).allMatch(alarm -> alarm.startsWith("settings: "));
            assertThat(scene.alarms.getLast()).contains("test:1:1");
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void anAddressThatStandsForSeveralIsExpanded() { // RFC 3461 §5.2.7
        Attempt attempt = send(new NextHop.Local(), "jane@example.org", "all@example.org");
        assertThat(attempt.outcomes().stream().map(outcome -> ((Outcome.Delivered) outcome).handover()))
                .containsExactly(Handover.FINAL, Handover.EXPANDED);
        assertThat(scene.stored.getLast()).startsWith("[jane, john]|");
    }

    @Test
    void theLocalStoreGetsTheMessageUnderItsReturnPath() { // RFC 5321 §4.4
        Attempt attempt = send(new NextHop.Local(), "jane@example.org", "nobody@example.org");
        assertThat(Scene.words(attempt)).containsExactly("delivered 2.1.5", "failed 5.1.1");
        assertThat(scene.stored)
                .containsExactly(String.join(
                        "\r\n",
                        "[jane]|Return-Path: <from@example.org>",
                        "Delivered-To: jane@example.org",
                        "Subject: test",
                        "",
                        "hello",
                        ""));
        scene.directoryDown = true;
        assertThat(Scene.words(send(new NextHop.Local(), "jane@example.org"))).containsExactly("deferred 4.3.0");
        scene.directoryDown = false;
        scene.storeDown = true;
        assertThat(Scene.words(send(new NextHop.Local(), "jane@example.org"))).containsExactly("deferred 4.3.0");
    }

    @Test
    void whatRulesDecideNeedsNoHost() {
        Attempt rejected = send(new NextHop.Reject(Reply.plain(554, "not from here")));
        assertThat(Scene.words(rejected)).containsExactly("failed 5.7.1");
        assertThat(reason(rejected)).contains("not from here");
        assertThat(Scene.words(send(new NextHop.Defer("greylisted", false)))).containsExactly("deferred 4.7.1");
        assertThat(Scene.words(send(new NextHop.Defer("no such hop", true)))).containsExactly("deferred 4.3.5");
        assertThat(Scene.words(send(new NextHop.Discard()))).containsExactly("delivered 2.0.0");
    }

    /** Our own disk: the host is neither better nor worse for it. */
    @Test
    void aMessageThatCannotBeReadSaysNothingOfTheHost() throws Exception {
        MessageBody broken = new BrokenBody(1000, "a: b\r\n\r\nhalf\r\n");
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost relay = at(server, Dialect.SMTP);
            Job whole = Scene.job(relay(relay), "a@x.example");
            Job job = new Job(whole.id(), whole.envelope(), broken, whole.hop(), whole.recipients());
            Diagnosis trouble =
                    Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, "refused", Step.CONNECT);
            for (int i = 0; i < Health.DEFAULT.failures(); i++) {
                scene.health.lost(relay, trouble);
            }
            Attempt attempt = scene.delivery().attempt(job);
            assertThat(Scene.words(attempt)).containsExactly("deferred 4.3.0");
            assertThat(attempt.outcomes().getFirst().diagnosis().reason()).contains("disk on fire");
            assertThat(server.commands()).contains("DATA");
            assertThat(attempt.verdict()).isInstanceOf(HopVerdict.Healthy.class);
            assertThat(scene.turns).as("down, and no word of up").hasSize(1);
            assertThat(scene.health.all())
                    .extracting(HopHealth.Status::failures)
                    .containsExactly(Health.DEFAULT.failures());
        }
    }
}
