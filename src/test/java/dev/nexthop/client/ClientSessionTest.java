package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The conversation itself, against servers that follow a script. */
class ClientSessionTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final StepTimeouts TIMES =
            new StepTimeouts(SHORT, SHORT, SHORT, Duration.ofSeconds(5), SHORT, SHORT, SHORT);
    private static final StepTimeouts PATIENT = StepTimeouts.DEFAULT;
    private static final TlsDemand CLEAR =
            new TlsDemand(false, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());

    private final Watchdog watchdog = new Watchdog();
    private final IdleSessions idle = new IdleSessions(10, watchdog);
    private final Sessions sessions = new Sessions(new Connector(watchdog), new TlsClient(Optional.empty()), idle);
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void close() {
        idle.close();
        watchdog.close();
    }

    private static Target target(FaultServer server, Dialect dialect, TlsDemand tls, Optional<Login> login) {
        return new Target(
                "hop", "fault.example", server.address(), Optional.empty(), dialect, tls, login, "us.example");
    }

    private ClientSession open(FaultServer server) throws SessionException {
        return sessions.open(target(server, Dialect.SMTP, CLEAR, Optional.empty()), PATIENT);
    }

    private static Transfer transfer(String content, String... recipients) {
        return new Transfer(
                ReversePath.of("from@example.org"),
                List.of(recipients).stream().map(Mailbox::parse).toList(),
                MessageBody.of(content.getBytes(StandardCharsets.UTF_8)),
                false);
    }

    private ClientSession.End send(ClientSession session, Transfer transfer) {
        return session.transact(transfer, PATIENT, (i, answer) -> heard.add(i + " " + words(answer)));
    }

    private static String words(Answer answer) {
        String what = answer.response() instanceof Response.Replied replied
                ? Integer.toString(replied.reply().code())
                : answer.response().getClass().getSimpleName();
        return answer.step() + " " + what;
    }

    @Test
    void theWholeEnvelopeGoesOutAtOnceAndTheAnswersComeInOrder() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "rcpt=250 ok|550 no|450 later|250 ok")) {
            ClientSession session = open(server);
            send(session, transfer("a\r\n.b\r\n", "a@x.example", "b@x.example", "c@x.example", "d@x.example"));
            assertThat(heard).containsExactly("1 RCPT 550", "2 RCPT 450", "0 END_OF_DATA 250", "3 END_OF_DATA 250");
            assertThat(server.commands())
                    .containsExactly(
                            "EHLO us.example",
                            "MAIL FROM:<from@example.org> SIZE=7",
                            "RCPT TO:<a@x.example>",
                            "RCPT TO:<b@x.example>",
                            "RCPT TO:<c@x.example>",
                            "RCPT TO:<d@x.example>",
                            "DATA");
            assertThat(server.taken()).hasSize(1);
            assertThat(server.taken().getFirst().recipients()).containsExactly("a@x.example", "d@x.example");
            assertThat(server.taken().getFirst().text()).isEqualTo("a\r\n.b\r\n");
        }
    }

    @Test
    void aServerWithoutPipeliningIsAskedStepByStep() throws Exception {
        try (FaultServer server =
                FaultServer.start(FaultServer.Way.SMTP, "extensions=8BITMIME", "rcpt=550 no|550 no|250 ok")) {
            ClientSession session = open(server);
            send(session, transfer("a\r\n", "a@x.example", "b@x.example"));
            assertThat(heard).containsExactly("0 RCPT 550", "1 RCPT 550");
            assertThat(server.commands()).doesNotContain("DATA");
            send(session, transfer("b\r\n", "c@x.example"));
            assertThat(heard).last().isEqualTo("0 END_OF_DATA 250");
            assertThat(server.commands()).contains("RSET", "MAIL FROM:<from@example.org>");
        }
    }

    @Test
    void goAheadWithoutARecipientIsAnsweredWithALoneDot() throws Exception { // RFC 2920 §3.1
        try (FaultServer server = FaultServer.start(
                FaultServer.Way.SMTP, "rcpt=550 no|550 no|250 ok", "data=354 go", "dot=554 nobody|250 ok")) {
            ClientSession session = open(server);
            send(session, transfer("secret\r\n", "a@x.example", "b@x.example"));
            assertThat(heard).containsExactly("0 RCPT 550", "1 RCPT 550");
            assertThat(session.usable()).isTrue();
            send(session, transfer("next\r\n", "c@x.example"));
            assertThat(heard).last().isEqualTo("0 END_OF_DATA 250");
            assertThat(server.taken()).hasSize(1);
            assertThat(server.taken().getFirst().text()).isEqualTo("next\r\n");
        }
    }

    @Test
    void manyRecipientsAreSentInGroups() throws Exception {
        String[] many =
                IntStream.range(0, 250).mapToObj(i -> "r" + i + "@x.example").toArray(String[]::new);
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            send(open(server), transfer("a\r\n", many));
            assertThat(heard).hasSize(250).allMatch(line -> line.endsWith("END_OF_DATA 250"));
            assertThat(server.taken().getFirst().recipients()).containsExactly(many);
        }
    }

    @Test
    void lmtpAnswersEachAcceptedRecipientAndALossLeavesTheRest() throws Exception { // RFC 2033 §4.2
        try (FaultServer server =
                FaultServer.start(FaultServer.Way.LMTP, "rcpt=250 a|550 no|250 c|250 d", "dot=250 taken|drop")) {
            ClientSession session = sessions.open(target(server, Dialect.LMTP, CLEAR, Optional.empty()), PATIENT);
            send(session, transfer("a\r\n", "a@x.example", "b@x.example", "c@x.example", "d@x.example"));
            assertThat(heard)
                    .containsExactly("1 RCPT 550", "0 END_OF_DATA 250", "2 END_OF_DATA Lost", "3 END_OF_DATA Lost");
            assertThat(session.usable()).isFalse();
            assertThat(server.commands()).contains("LHLO us.example");
        }
    }

    @Test
    void aServerThatKnowsNoEhloIsGreetedWithHelo() throws Exception { // RFC 5321 §3.2
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "ehlo=502 what")) {
            ClientSession session = open(server);
            assertThat(session.capabilities()).isEqualTo(Capabilities.NONE);
            send(session, transfer("a\r\n", "a@x.example"));
            assertThat(heard).containsExactly("0 END_OF_DATA 250");
        }
    }

    @Test
    void whatTheServerCannotTakeIsNotSent() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING,SIZE 10")) {
            ClientSession session = open(server);
            send(session, transfer("more than ten octets\r\n", "a@x.example"));
            send(session, transfer("\u00e4\r\n", "a@x.example"));
            send(session, transfer("a\r\n", "\u00e4@x.example", "b@x.example"));
            assertThat(heard).containsExactly("0 MAIL Unable", "0 MAIL Unable", "1 END_OF_DATA 250", "0 MAIL Unable");
            assertThat(server.taken()).hasSize(1);
        }
    }

    @Test
    void eightBitAndUtf8AreDeclaredWhenTheyAreNeeded() throws Exception { // RFC 6152 §3, RFC 6531 §3.4
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            ClientSession session = open(server);
            send(session, transfer("\u00e4\r\n", "\u00e4@x.example"));
            assertThat(server.commands()).contains("MAIL FROM:<from@example.org> SIZE=4 BODY=8BITMIME SMTPUTF8");
            assertThat(server.taken().getFirst().recipients()).containsExactly("\u00e4@x.example");
        }
    }

    /** Where the conversation stands then nobody knows: not even QUIT may follow. */
    @Test
    void anErrorInTheProgramEndsTheSession() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            ClientSession session = open(server);
            assertThatThrownBy(() -> session.transact(transfer("a\r\n", "a@x.example"), PATIENT, (_, _) -> {
                        throw new IllegalStateException("a bug");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(session.usable()).isFalse();
            session.close();
            assertThat(server.commands()).doesNotContain("QUIT");
        }
    }

    @Test
    void aServerThatDripsDoesNotLiveForEver() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "mail=stall")) {
            ClientSession session = open(server);
            session.transact(transfer("a\r\n", "a@x.example"), TIMES, (i, answer) -> heard.add(words(answer)));
            assertThat(heard).containsExactly("MAIL TimedOut");
        }
    }

    @Test
    void aServerThatStopsReadingDoesNotBlockAWriteForEver() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "content=stall")) {
            ClientSession session = open(server);
            Transfer large = transfer("x".repeat(78).concat("\r\n").repeat(300_000), "a@x.example");
            session.transact(large, TIMES, (i, answer) -> heard.add(words(answer)));
            assertThat(heard).containsExactly("DATA TimedOut");
        }
    }

    @Test
    void aRefusalInTheMiddleOfTheContentIsHeard() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "content=552 5.3.4 too big")) {
            ClientSession session = open(server);
            send(session, transfer("x".repeat(78).concat("\r\n").repeat(300_000), "a@x.example"));
            assertThat(heard).containsExactly("0 DATA 552");
        }
    }

    @Test
    void aBodyThatCannotBeReadNeverEndsInADot() throws Exception {
        MessageBody broken = new BrokenBody(100_000, "half\r\n");
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            ClientSession session = open(server);
            send(session, new Transfer(ReversePath.NULL, List.of(Mailbox.parse("a@x.example")), broken, false));
            assertThat(heard).containsExactly("0 DATA Unreadable");
            assertThat(session.usable()).isFalse();
            assertThat(server.taken()).isEmpty();
        }
    }

    @Test
    void plainIsPreferredAndLoginIsSpoken() throws Exception {
        Login login = new Login("user", "pass", false, false);
        for (String offered : List.of("AUTH LOGIN PLAIN", "AUTH LOGIN", "AUTH=PLAIN")) {
            try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=" + offered)) {
                sessions.open(target(server, Dialect.SMTP, CLEAR, Optional.of(login)), PATIENT);
                assertThat(server.commands().subList(1, server.commands().size()))
                        .isEqualTo(
                                offered.contains("PLAIN")
                                        ? List.of("AUTH PLAIN AHVzZXIAcGFzcw==")
                                        : List.of("AUTH LOGIN", "dXNlcg==", "cGFzcw=="));
            }
        }
    }

    @Test
    void noPasswordIsRepeatedInAFailure() throws Exception {
        Login login = new Login("user", "hunter2secret", false, false);
        try (FaultServer server = FaultServer.start(
                FaultServer.Way.SMTP,
                "extensions=AUTH PLAIN",
                "auth=535 5.7.8 AUTH PLAIN AHVzZXIAaHVudGVyMnNlY3JldA== hunter2secret")) {
            assertThatThrownBy(() -> sessions.open(target(server, Dialect.SMTP, CLEAR, Optional.of(login)), PATIENT))
                    .isInstanceOf(SessionException.class)
                    .satisfies(e ->
                            assertThat(((SessionException) e).answer().step()).isEqualTo(Step.AUTH))
                    .message()
                    .contains("535")
                    .doesNotContain("hunter2secret", "AHVzZXIAaHVudGVyMnNlY3JldA==");
        }
        assertThat(login.toString()).doesNotContain("hunter2secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth=535-AUTH PLAIN AHVzZXIAaHVudGVyMnNlY3JldA==\\nAUTH PLAIN AHVzZXIAaHVudGVyMnNlY3JldA==",
                "auth=000 AUTH PLAIN AHVzZXIAaHVudGVyMnNlY3JldA== hunter2secret"
            })
    void noPasswordIsRepeatedInWhatIsNoReply(String script) throws Exception {
        Login login = new Login("user", "hunter2secret", false, false);
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=AUTH PLAIN", script)) {
            assertThatThrownBy(() -> sessions.open(target(server, Dialect.SMTP, CLEAR, Optional.of(login)), PATIENT))
                    .hasNoCause()
                    .asInstanceOf(type(SessionException.class))
                    .extracting(SessionException::answer)
                    .isEqualTo(new Answer(Step.AUTH, new Response.Nonsense("no SMTP reply to AUTH (words withheld)")));
        }
    }

    @Test
    void plaintextBehindTheReplyToStartTlsIsAFault() throws Exception { // RFC 3207 §4.2, CVE-2011-0411
        TestCertificates ca = new TestCertificates();
        FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, ca.server("fault.example"), false);
        TlsDemand demand =
                new TlsDemand(false, StartTls.OPTIONAL, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
        try (FaultServer server = FaultServer.start(way, "starttls=220 go\\n250 injected")) {
            assertThatThrownBy(() -> sessions.open(target(server, Dialect.SMTP, demand, Optional.empty()), PATIENT))
                    .hasMessageContaining("more in clear");
        }
    }

    @Test
    void ehloIsSaidAgainBehindStartTlsAndTheFirstAnswerForgotten() throws Exception {
        TestCertificates ca = new TestCertificates();
        FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, ca.server("fault.example"), false);
        TlsDemand demand =
                new TlsDemand(false, StartTls.REQUIRE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
        try (FaultServer server = FaultServer.start(way)) {
            ClientSession session = sessions.open(target(server, Dialect.SMTP, demand, Optional.empty()), PATIENT);
            assertThat(session.capabilities().has(Capabilities.Extension.STARTTLS))
                    .isFalse();
            assertThat(session.tls().word()).isEqualTo("unverified");
            send(session, transfer("a\r\n", "a@x.example"));
            assertThat(server.commands())
                    .startsWith(
                            "EHLO us.example", "STARTTLS", "EHLO us.example", "MAIL FROM:<from@example.org> SIZE=3");
        }
    }

    @Test
    void aCommandIsOneLine() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            ClientSession session = open(server);
            assertThatThrownBy(() -> session.connection().queue("RSET\r\nQUIT"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Target.speakable("us.example\r\nQUIT")).isFalse();
    }
}
