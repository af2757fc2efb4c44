package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Envelope;
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
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client asks about its message: RFC 3461, RFC 6533, RFC 8689, RFC 6710, RFC 2852, RFC 4865; RFC 9422. */
final class RequestsDialogueTest {
    /** All but REQUIRETLS, which needs TLS. */
    private static final Offers ALL = new Offers(
            true,
            true,
            Optional.of(Offers.Priorities.MIXER),
            Optional.of(Duration.ofHours(4)),
            Optional.of(Duration.ofDays(7)));

    private static final String HELLO = """
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
    private static final String ANY_HELLO = "S: 220 *\nC: EHLO client.example\n" + "S: 250-*\n".repeat(9) + "S: 250 HELP\n";

    private static final String LONGEST_ID = "i".repeat(100);

    /** Parameters of MAIL, then what is answered. */
    static final List<String> MAIL = List.of(
            "RET=FULL -> 250 2.1.0 sender OK",
            "ret=hdrs envid=QQ314159 -> 250 2.1.0 sender OK",
            "RET=BODY -> 501 5.5.4 RET is FULL or HDRS",
            "RET= -> 501 5.5.4 RET is *",
            "RET -> 501 5.5.4 RET is *",
            "RET=FULL RET=FULL -> 501 5.5.4 a parameter is given twice",
            "ENVID=" + LONGEST_ID + " -> 250 *",
            "ENVID=" + "+41".repeat(100) + " -> 250 *",
            "ENVID=" + LONGEST_ID + "i -> 501 5.5.4 ENVID is *",
            "ENVID= -> 501 5.5.4 ENVID is *",
            "ENVID -> 501 5.5.4 ENVID is *",
            "ENVID=a+2 -> 501 5.5.4 ENVID is *",
            "ENVID=a+2G -> 501 5.5.4 ENVID is *",
            "ENVID=a+ -> 501 5.5.4 ENVID is *",
            "ENVID=a=b -> 501 5.5.4 ENVID is *",
            "ENVID=a+0D+0AX -> 501 5.5.4 ENVID is *",
            "ENVID=a+7F -> 501 5.5.4 ENVID is *",
            "ENVID=a+C3+BC -> 501 5.5.4 ENVID is *",
            "ENVID=\u00fc -> 501 5.5.4 ENVID is *",
            "ENVID=a ENVID=a -> 501 5.5.4 *twice",
            "REQUIRETLS -> 555 5.5.4 *",
            "MT-PRIORITY=9 -> 250 *",
            "mt-priority=-9 -> 250 *",
            "MT-PRIORITY=0 -> 250 *",
            "MT-PRIORITY=10 -> 501 5.5.4 MT-PRIORITY is a whole number from -9 to 9",
            "MT-PRIORITY=-0 -> 501 5.5.4 *",
            "MT-PRIORITY=+3 -> 501 5.5.4 *",
            "MT-PRIORITY=03 -> 501 5.5.4 *",
            "MT-PRIORITY=high -> 501 5.5.4 *",
            "MT-PRIORITY= -> 501 5.5.4 *",
            "MT-PRIORITY -> 501 5.5.4 *",
            "MT-PRIORITY=1 MT-PRIORITY=2 -> 501 5.5.4 *twice",
            "BY=120;R -> 250 *",
            "BY=+14400;nt -> 250 *",
            "BY=-5;N -> 250 *",
            "BY=0;N -> 250 *",
            "BY=0;R -> 501 5.5.4 BY with R is a time to come",
            "BY=-1;RT -> 501 5.5.4 BY with R *",
            "BY=14401;R -> 501 5.5.4 BY is at most 14400 seconds here",
            "BY=1234567890;N -> 501 5.5.4 BY is a number of seconds, *",
            "BY=120 -> 501 5.5.4 BY is a number *",
            "BY=120; -> 501 5.5.4 *",
            "BY=120;X -> 501 5.5.4 *",
            "BY=120;TR -> 501 5.5.4 *",
            "BY=120;RTT -> 501 5.5.4 *",
            "BY=;R -> 501 5.5.4 *",
            "BY=--1;N -> 501 5.5.4 *",
            "BY= -> 501 5.5.4 *",
            "BY -> 501 5.5.4 *",
            "BY=1;R BY=1;R -> 501 5.5.4 *twice",
            "HOLDFOR=604800 -> 250 *",
            "HOLDFOR=604801 -> 501 5.5.4 HOLDFOR is at most 604800 seconds here",
            "HOLDFOR=0 -> 501 5.5.4 HOLDFOR is a number of seconds",
            "HOLDFOR=-1 -> 501 5.5.4 *",
            "HOLDFOR=1234567890 -> 501 5.5.4 HOLDFOR is a number *",
            "HOLDFOR=1h -> 501 5.5.4 *",
            "HOLDFOR= -> 501 5.5.4 *",
            "HOLDFOR -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-29T16:00:05Z -> 250 *",
            "HOLDUNTIL=2026-11-29t17:00:05.5+01:30 -> 250 *",
            "HOLDUNTIL=2020-01-01T00:00:00Z -> 250 *",
            "HOLDUNTIL=2026-11-29T16:00:06Z -> 501 5.5.4 HOLDUNTIL is at most 604800 seconds away here",
            "HOLDUNTIL=2026-11-31T16:00:05Z -> 501 5.5.4 HOLDUNTIL is a date and time of RFC 3339, *",
            "HOLDUNTIL=2026-11-23T16:00Z -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-23T16:00:05 -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-23 -> 501 5.5.4 *",
            "HOLDUNTIL=1795363205 -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-23T16:00:05+25:00 -> 501 5.5.4 *",
            "HOLDUNTIL -> 501 5.5.4 *",
            "HOLDFOR=1 HOLDFOR=1 -> 501 5.5.4 *twice",
            "HOLDFOR=1 HOLDUNTIL=2026-11-23T16:00:05Z -> 501 5.5.4 HOLDFOR and HOLDUNTIL exclude each other",
            "HOLDFOR=60 BY=61;R -> 250 *",
            "HOLDFOR=60 BY=60;N -> 250 *",
            "HOLDFOR=60 BY=60;R -> 501 5.5.4 the message would be released after its time to return",
            "NOTIFY=NEVER -> 555 5.5.4 *");

    /** Parameters of RCPT, then what is answered. */
    static final List<String> RCPT = List.of(
            "NOTIFY=NEVER -> 250 2.1.5 *",
            "notify=success,Failure,DELAY -> 250 2.1.5 *",
            "NOTIFY=SUCCESS,SUCCESS -> 250 2.1.5 *",
            "NOTIFY=NEVER,SUCCESS -> 501 5.5.4 NOTIFY=NEVER stands alone",
            "NOTIFY=SUCCESS, -> 501 5.5.4 NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY",
            "NOTIFY=,SUCCESS -> 501 5.5.4 *",
            "NOTIFY=ALWAYS -> 501 5.5.4 *",
            "NOTIFY=\u017fUCCESS -> 501 5.5.4 *",
            "NOTIFY= -> 501 5.5.4 *",
            "NOTIFY -> 501 5.5.4 *",
            "NOTIFY=NEVER NOTIFY=NEVER -> 501 5.5.4 *twice",
            "ORCPT=rfc822;Bob@example.com -> 250 *",
            "ORCPT=rfc822;a+2Bb+3Dc@example.com -> 250 *",
            "ORCPT=x400;+20/c+3Dde/ -> 250 *",
            "ORCPT=utf-8;b\\x{FC}cher@example.com -> 250 *",
            "ORCPT=UTF-8;b\u00fccher\\x{1F600}@example.com -> 250 *",
            "ORCPT=rfc822 -> 501 5.5.4 ORCPT is a type, *",
            "ORCPT=;a@b -> 501 5.5.4 ORCPT is a type, *",
            "ORCPT=rf(c;a@b -> 501 5.5.4 ORCPT is a type, *",
            "ORCPT=rfc822; -> 501 5.5.4 the address of ORCPT is not the xtext *",
            "ORCPT=rfc822;a+b@c -> 501 5.5.4 the address of ORCPT is not the xtext *",
            "ORCPT=rfc822;a=b@c -> 501 5.5.4 *",
            "ORCPT=rfc822;a+0Ab@c -> 501 5.5.4 *",
            "ORCPT=rfc822;b\u00fccher@c -> 501 5.5.4 *",
            "ORCPT=utf-8; -> 501 5.5.4 the address of ORCPT is neither *",
            "ORCPT=utf-8;a+41@c -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x41@c -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{4} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{41 -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{GG} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{0A} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{85} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{D800} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{110000} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{0000041} -> 501 5.5.4 *",
            "ORCPT= -> 501 5.5.4 *",
            "ORCPT -> 501 5.5.4 *",
            "ORCPT=rfc822;a@b ORCPT=rfc822;a@b -> 501 5.5.4 *twice",
            "RET=FULL -> 555 5.5.4 *",
            "FOO=1 -> 555 5.5.4 *");

    private final TestCertificate certificate = TestCertificate.make();

    RequestsDialogueTest() throws Exception {}

    private static TestServer offering(OfferPolicy policy) {
        TestServer server = new TestServer();
        server.extensions = Extensions.DEFAULT.offering(policy);
        return server;
    }

    private static String[] split(String row) {
        int arrow = row.lastIndexOf(" -> ");
        return new String[] {row.substring(0, arrow), row.substring(arrow + 4)};
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("MAIL")
    void parametersOfMail(String row) throws IOException {
        try (TestServer server = offering(_ -> ALL).start()) {
            server.play(HELLO + "C: MAIL FROM:<a@b.example> " + split(row)[0] + "\nS: " + split(row)[1]
                    + "\nC: NOOP\nS: 250 *\n");
        }
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("RCPT")
    void parametersOfRcpt(String row) throws IOException {
        try (TestServer server = offering(_ -> ALL).start()) {
            server.play(HELLO + "C: MAIL FROM:<>\nS: 250 *\nC: RCPT TO:<alice@example.org> " + split(row)[0] + "\nS: "
                    + split(row)[1] + "\nC: NOOP\nS: 250 *\n");
        }
    }

    /** RFC 5321 §4.1.1.11: right or wrong, what is not offered is not known. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "RET=FULL", "ENVID=a", "REQUIRETLS", "MT-PRIORITY=1", "BY=1;R", "HOLDFOR=1", "HOLDUNTIL=x", "RET=x",
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
        try (TestServer server = offering(_ -> ALL).tls(certificate::server, true).start();
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
                    """ + HELLO.substring(HELLO.indexOf("C: EHLO")).replace("S: 250-AUTH PLAIN LOGIN\n", ""));
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

    /** RFC 9422 §4: six digits. */
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
