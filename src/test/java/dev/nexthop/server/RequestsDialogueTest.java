package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.SpoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client asks about its message: RFC 3461, RFC 6533, RFC 8689, RFC 6710, RFC 2852, RFC 4865; RFC 9422. */
final class RequestsDialogueTest {
    /** All but REQUIRETLS, which needs TLS. */
    static final Offers ALL = new Offers(
            true,
            true,
            Optional.of(Offers.Priorities.MIXER),
            Optional.of(Duration.ofHours(4)),
            Optional.of(Duration.ofDays(7)));

    static final String HELLO = """
            S: 220 *
            C: EHLO client.example
            S: 250-mx.example.org
            S: 250-PIPELINING
            S: 250-SIZE 104857600
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250-ENHANCEDSTATUSCODES
            S: 250-LIMITS MAILMAX=10000 RCPTMAX=100
            S: 250-DSN
            S: 250-MT-PRIORITY MIXER
            S: 250-DELIVERBY
            S: 250-FUTURERELEASE 604800 2026-11-29T16:00:05Z
            S: 250-AUTH PLAIN LOGIN
            S: 250-VRFY
            S: 250 HELP
            """;

    /** As {@link #HELLO}, whatever is offered. */
    private static final String ANY_HELLO =
            "S: 220 *\nC: EHLO client.example\n" + "S: 250-*\n".repeat(9) + "S: 250 HELP\n";

    private final TestCertificate certificate = TestCertificate.make();

    RequestsDialogueTest() throws Exception {}

    static TestServer offering(OfferPolicy policy) {
        TestServer server = new TestServer();
        server.extensions = Extensions.DEFAULT.offering(policy);
        return server;
    }

    /** RFC 5321 §4.1.1.11: right or wrong, what is not offered is not known. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "RET=FULL",
                "ENVID=a",
                "REQUIRETLS",
                "MT-PRIORITY=1",
                "BY=1;R",
                "HOLDFOR=1",
                "HOLDUNTIL=x",
                "RET=x",
            })
    void whatIsNotOfferedIsRefused(String parameter) throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(ANY_HELLO + "C: MAIL FROM:<> " + parameter + """

                    S: 555 5.5.4 a parameter is not recognised or not implemented
                    C: MAIL FROM:<>
                    S: 250 *
                    C: RCPT TO:<alice@example.org> NOTIFY=NEVER
                    S: 555 5.5.4 *
                    C: RCPT TO:<alice@example.org> ORCPT=rfc822;a@b
                    S: 555 5.5.4 *
                    """);
        }
    }

    /** RFC 5321 §4.1.1.1. */
    @Test
    void thereAreNoExtensionsAfterHelo() throws IOException {
        try (TestServer server = offering(_ -> ALL).start()) {
            server.play("""
                    S: 220 *
                    C: HELO client.example
                    S: 250 mx.example.org
                    C: MAIL FROM:<> RET=FULL
                    S: 555 5.5.4 *
                    C: MAIL FROM:<>
                    S: 250 *
                    C: RCPT TO:<alice@example.org> NOTIFY=NEVER
                    S: 555 5.5.4 *
                    """);
        }
    }

    @Test
    void allOfItIsInTheEnvelopeAndSurvivesARestart(@TempDir Path folder) throws Exception {
        try (TestServer server =
                        offering(_ -> ALL).tls(certificate::server, true).start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.startTls(certificate.client());
            dialogue.play(HELLO.replace("S: 250-MT-PRIORITY", "S: 250-REQUIRETLS\nS: 250-MT-PRIORITY") + """
                    C: MAIL FROM:<a@b.example> RET=HDRS ENVID=QQ+20314159 REQUIRETLS MT-PRIORITY=-3 BY=125;NT HOLDFOR=60
                    C: RCPT TO:<alice@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;A+2Bl@elsewhere.example
                    C: RCPT TO:<bob@example.org>
                    C: RCPT TO:<carla@example.org> NOTIFY=NEVER ORCPT=utf-8;b\\x{FC}cher@elsewhere.example
                    C: DATA
                    S: 250 2.1.0 *
                    S: 250 2.1.5 *
                    S: 250 2.1.5 *
                    S: 250 2.1.5 *
                    S: 354 *
                    C: .
                    S: 250 2.0.0 queued as *
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 2.1.0 *
                    S: 250 2.1.5 *
                    S: 354 *
                    C: .
                    S: 250 2.0.0 queued as *
                    """);
            Envelope envelope = server.message(1).envelope();
            assertThat(envelope.reception().priority()).isEqualTo(-3);
            assertThat(envelope.requests())
                    .isEqualTo(new Requests(
                            Optional.of(Requests.Returned.HDRS),
                            "QQ 314159",
                            List.of(
                                    new Requests.Recipient(
                                            Set.of(Notify.SUCCESS, Notify.DELAY),
                                            Optional.of(new Requests.Original("rfc822", "A+l@elsewhere.example"))),
                                    Requests.Recipient.NONE,
                                    new Requests.Recipient(
                                            Set.of(Notify.NEVER),
                                            Optional.of(
                                                    new Requests.Original("utf-8", "b\u00fccher@elsewhere.example")))),
                            true,
                            Optional.of(new Requests.DeliverBy(
                                    TestServer.NOW.plusSeconds(125), Requests.Mode.NOTIFY, true)),
                            Optional.of(TestServer.NOW.plusSeconds(60))));
            assertThat(server.message(2).envelope().requests()).isEqualTo(Requests.NONE);
            assertThat(server.message(2).envelope().reception().priority()).isZero();
            assertThat(restarted(folder, server.message(1))).isEqualTo(envelope);
        }
    }

    /** What a spool on disk has of a message after its end and a new start. */
    private static Envelope restarted(Path folder, QueuedMessage message) throws IOException {
        SpoolSettings settings = new SpoolSettings(folder, 65_536, 1_000);
        Clock clock = Clock.fixed(TestServer.NOW, ZoneOffset.UTC);
        QueuedMessage kept;
        try (RocksSpool spool = RocksSpool.open(settings, clock, _ -> {});
                Draft draft = spool.begin()) {
            draft.write(new byte[] {'x', '\r', '\n'}, 0, 3);
            kept = draft.commit(message.envelope(), message.recipients(), List.of());
        }
        try (RocksSpool spool = RocksSpool.open(settings, clock, _ -> {})) {
            return spool.read(kept.id()).orElseThrow().envelope();
        }
    }

    /** RFC 8689 §2: only under TLS. */
    @Test
    void requireTlsIsOfferedAfterStartTls() throws Exception {
        Offers only = new Offers(false, true, Optional.empty(), Optional.empty(), Optional.empty());
        try (TestServer server =
                        offering(_ -> only).tls(certificate::server, false).start();
                Dialogue dialogue = new Dialogue(server.port())) {
            dialogue.play("S: 220 *\nC: EHLO client.example\n" + "S: 250-*\n".repeat(6) + """
                    S: 250-LIMITS *
                    S: 250-STARTTLS
                    S: 250-AUTH *
                    S: 250-VRFY
                    S: 250 HELP
                    C: MAIL FROM:<> REQUIRETLS
                    S: 555 5.5.4 *
                    C: STARTTLS
                    S: 220 *
                    """);
            dialogue.startTls(certificate.client());
            dialogue.play("C: EHLO client.example\n" + "S: 250-*\n".repeat(6) + """
                    S: 250-LIMITS *
                    S: 250-REQUIRETLS
                    S: 250-AUTH *
                    S: 250-VRFY
                    S: 250 HELP
                    C: MAIL FROM:<> REQUIRETLS=1
                    S: 501 5.5.4 REQUIRETLS takes no value
                    C: MAIL FROM:<> REQUIRETLS REQUIRETLS
                    S: 501 5.5.4 *twice
                    C: MAIL FROM:<> REQUIRETLS
                    S: 250 *
                    """);
        }
    }

    /** A client need not say EHLO again after AUTH to use what it may use now. */
    @Test
    void loggingInChangesWhatIsOffered() throws IOException {
        try (TestServer server = offering(
                        reception -> reception.authenticatedAs().equals("alice") ? ALL : Offers.NOTHING)
                .start()) {
            server.play(ANY_HELLO + "C: MAIL FROM:<> RET=FULL\nS: 555 5.5.4 *\nC: AUTH PLAIN "
                    + AccessDialogueTest.base64("^alice^secret of alice") + """

                    S: 235 *
                    C: MAIL FROM:<> RET=FULL MT-PRIORITY=5
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 2.0.0 queued as *
                    """
                    + HELLO.substring(HELLO.indexOf("C: EHLO")).replace("S: 250-AUTH PLAIN LOGIN\n", ""));
            assertThat(server.message(1).envelope().reception().priority()).isEqualTo(5);
            assertThat(server.message(1).envelope().requests().returned()).contains(Requests.Returned.FULL);
        }
    }

    /** RFC 6710 §5: priority is for those who may send elsewhere. */
    @ParameterizedTest
    @CsvSource({
        "5, true, 5, 250 2.0.0 queued as *",
        "5, false, 0, 250 2.3.6 0 is the priority given; queued as *",
        "-5, false, -5, 250 2.0.0 queued as *",
    })
    void aStrangersPriorityIsLowered(int asked, boolean mayRelay, int given, String reply) throws IOException {
        try (TestServer server = offering(_ -> ALL)) {
            server.relay = (reception, _, _) -> {
                assertThat(reception.priority()).isEqualTo(asked);
                return mayRelay;
            };
            server.start().play(HELLO + "C: MAIL FROM:<> MT-PRIORITY=" + asked + """

                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    """ + "S: " + reply + "\n");
            assertThat(server.message(1).envelope().reception().priority()).isEqualTo(given);
        }
    }

    /** Who logs in or may relay gets what he asks for up to his ceiling, and hears what he got. */
    @ParameterizedTest
    @CsvSource({
        "9, true, 4, 250 2.3.6 4 is the priority given; queued as *",
        "9, false, 4, 250 2.3.6 4 is the priority given; queued as *",
        "4, true, 4, 250 2.0.0 queued as *",
        "-9, true, -9, 250 2.0.0 queued as *",
    })
    void thereIsACeiling(int asked, boolean login, int given, String reply) throws IOException {
        OfferPolicy limited = new OfferPolicy() {
            @Override
            public Offers to(Reception reception) {
                return ALL;
            }

            @Override
            public int highestPriority(Reception reception) {
                assertThat(reception.authenticatedAs()).isEqualTo(login ? "alice" : "");
                return 4;
            }
        };
        try (TestServer server = offering(limited)) {
            server.relay = (_, _, _) -> !login;
            String auth = "C: AUTH PLAIN " + AccessDialogueTest.base64("^alice^secret of alice") + "\nS: 235 *\n";
            server.start()
                    .play(HELLO + (login ? auth : "") + "C: MAIL FROM:<> MT-PRIORITY=" + asked + """

                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    """ + "S: " + reply
                            + "\n");
            assertThat(server.message(1).envelope().reception().priority()).isEqualTo(given);
            assertThat(server.text(1).replace("\r\n\t", " ")).contains(" priority " + given + ";");
        }
    }

    /** RFC 6710: nothing is said of the usual priority. */
    @Test
    void theUsualPriorityIsNotTraced() throws IOException {
        try (TestServer server = offering(_ -> ALL).start()) {
            server.play(HELLO + """
                    C: MAIL FROM:<> MT-PRIORITY=3
                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 2.3.6 0 is *
                    """);
            assertThat(server.text(1)).doesNotContain("priority");
        }
    }

    @Test
    void aPolicyThatCanNotSayGivesNoPriority() throws IOException {
        try (TestServer server = offering(_ -> ALL)) {
            server.relay = (_, _, _) -> {
                throw new PolicyException("rule 1 failed");
            };
            server.start().play(HELLO + """
                    C: MAIL FROM:<> MT-PRIORITY=1
                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 2.3.6 0 is *
                    """);
        }
    }

    /** One recipient named twice gets one message; what its sender hears is what both RCPT asked for. */
    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "NOTIFY=NEVER | NOTIFY=NEVER | NEVER",
                "NOTIFY=NEVER | NOTIFY=SUCCESS | SUCCESS",
                "NOTIFY=SUCCESS | NOTIFY=DELAY | SUCCESS DELAY",
                "NOTIFY=SUCCESS | '' | SUCCESS FAILURE DELAY",
                "'' | NOTIFY=NEVER | FAILURE DELAY",
                "ORCPT=rfc822;a@b | ORCPT=rfc822;c@d | ''",
            })
    void aRecipientTwice(String one, String other, String notices) throws IOException {
        try (TestServer server = offering(_ -> ALL).start()) {
            server.play(HELLO + "C: MAIL FROM:<>\nC: RCPT TO:<bob@example.org> " + one
                    + "\nC: RCPT TO:<bob@example.org> " + other + """

                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 *
                    """);
            Requests.Recipient asked =
                    server.message(1).envelope().requests().recipients().getFirst();
            assertThat(asked.notices().stream().map(Enum::name))
                    .containsExactlyInAnyOrder(notices.isEmpty() ? new String[0] : notices.split(" "));
            assertThat(asked.original().map(Requests.Original::address))
                    .isEqualTo(one.startsWith("ORCPT") ? Optional.of("a@b") : Optional.empty());
        }
    }

    /** RFC 4865: what should have been released already is not held. */
    @Test
    void aReleaseInThePastHoldsNothing() throws IOException {
        try (TestServer server = offering(_ -> ALL).start()) {
            server.play(HELLO + """
                    C: MAIL FROM:<> HOLDUNTIL=2026-11-22T16:00:05Z
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 *
                    C: MAIL FROM:<> HOLDUNTIL=2026-11-22T17:00:06+01:00
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 *
                    """);
            assertThat(server.message(1).envelope().requests()).isEqualTo(Requests.NONE);
            assertThat(server.message(2).envelope().requests().holdUntil())
                    .contains(Instant.parse("2026-11-22T16:00:06Z"));
        }
    }

    @Test
    void lmtpTakesThemToo() throws IOException {
        try (TestServer server = offering(_ -> ALL).lmtp().start()) {
            server.play(HELLO.replace("EHLO", "LHLO") + """
                    C: MAIL FROM:<a@b.example> RET=FULL MT-PRIORITY=9
                    C: RCPT TO:<alice@example.org> NOTIFY=NEVER
                    C: RCPT TO:<bob@example.org> NOTIFY=NEVER,DELAY
                    C: RCPT TO:<carla@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 501 5.5.4 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 2.3.6 0 is *
                    S: 250 2.3.6 0 is *
                    """);
            Envelope envelope = server.message(1).envelope();
            assertThat(envelope.recipients()).hasSize(2);
            assertThat(envelope.requests().recipients().getFirst().notices()).containsExactly(Notify.NEVER);
            assertThat(envelope.requests().returned()).contains(Requests.Returned.FULL);
        }
    }

    /** RFC 9422: six digits. */
    @Test
    void limitsAreSaid() throws IOException {
        try (TestServer server = new TestServer()) {
            SessionLimits usual = SessionLimits.DEFAULT;
            server.limits = new SessionLimits(
                    1, 1_000_000, 1, 3, 1, 1, 1, usual.commandLine(), usual.contentLine(), usual.lineEnds());
            server.start().play("S: 220 *\nC: EHLO client.example\n" + "S: 250-*\n".repeat(6) + """
                    S: 250-LIMITS MAILMAX=3 RCPTMAX=999999
                    """);
        }
    }
}
