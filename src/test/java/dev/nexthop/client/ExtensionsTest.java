package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said because a server offers an extension, and what is not. */
class ExtensionsTest {
    private static final TlsDemand CLEAR =
            new TlsDemand(false, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
    private static final Extras ONE_FLIGHT =
            new Extras(Requests.NONE, 0, true, SevenBit.Policy.UNLESS_SIGNED, Instant.EPOCH);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Watchdog watchdog = new Watchdog();
    private final IdleSessions idle = new IdleSessions(10, watchdog);
    private final Sessions sessions = new Sessions(new Connector(watchdog), new TlsClient(Optional.empty()), idle);
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void close() {
        idle.close();
        watchdog.close();
    }

    private ClientSession open(FaultServer server, Dialect dialect) throws SessionException {
        Target target = new Target(
                "hop", "h.example", server.address(), Optional.empty(), dialect, CLEAR, Optional.empty(), "us");
        return sessions.open(target, StepTimeouts.DEFAULT);
    }

    private ClientSession.End send(ClientSession session, String content, Extras extras, String... recipients) {
        Transfer transfer = new Transfer(
                ReversePath.of("from@example.org"),
                List.of(recipients).stream().map(Mailbox::parse).toList(),
                MessageBody.of(content.getBytes(StandardCharsets.UTF_8)),
                false,
                extras);
        return session.transact(transfer, StepTimeouts.DEFAULT, (i, answer) -> {
            String what = answer.response() instanceof Response.Replied(Reply reply)
                    ? Integer.toString(reply.code())
                    : answer.response().getClass().getSimpleName()
                            + (answer.response() instanceof Response.Unable unable ? " " + unable.status() : "");
            heard.add(i + " " + answer.step() + " " + what);
        });
    }

    @Test
    void aSmallMessageGoesWithItsEnvelopeAsOneChunk() throws Exception {
        try (FaultServer server =
                FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING,CHUNKING", "rcpt=250 a|550 b|250 c")) {
            ClientSession session = open(server, Dialect.SMTP);
            send(session, ".a\r\n", ONE_FLIGHT, "a@x.example", "b@x.example");
            assertThat(heard).containsExactly("1 RCPT 550", "0 END_OF_DATA 250");
            assertThat(server.commands()).contains("BDAT 4 LAST").doesNotContain("DATA");
            assertThat(server.taken().getFirst().text()).isEqualTo(".a\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SMTP, 'a\r\n',      false, DATA", // not allowed
        "SMTP, 'a\nb\r\n',   true , DATA", // to be mended on the way
        "SMTP, 'a\rb\r\n',   true , DATA",
        "SMTP, 'a',          true , DATA",
        "SMTP, large,        true , DATA",
        "LMTP, 'a\r\n',      true , DATA",
        "SMTP, 'a\r\n',      true,  BDAT 3 LAST"
    })
    void whereAChunkCouldCostMoreThanItGainsTheContentWaits(
            Dialect dialect, String content, boolean allowed, String command) throws Exception {
        FaultServer.Way way = dialect == Dialect.SMTP ? FaultServer.Way.SMTP : FaultServer.Way.LMTP;
        try (FaultServer server = FaultServer.start(way, "extensions=PIPELINING,CHUNKING")) {
            String text =
                    content.equals("large") ? "x".repeat(70).concat("\r\n").repeat(1_000) : content;
            send(open(server, dialect), text, allowed ? ONE_FLIGHT : Extras.NONE, "a@x.example");
            assertThat(server.commands()).last().isEqualTo(command);
            assertThat(heard).containsExactly("0 END_OF_DATA 250");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "mail=550 no         ; 0 MAIL 550, 1 MAIL 550",
                "mail=drop           ; 0 END_OF_DATA Lost, 1 END_OF_DATA Lost",
                "mail=garbage        ; 0 END_OF_DATA Nonsense, 1 END_OF_DATA Nonsense",
                "mail=421 bye        ; 0 MAIL 421, 1 MAIL 421",
                "rcpt=550 no|drop    ; 0 RCPT 550, 1 END_OF_DATA Lost",
                "rcpt=550 no         ; 0 RCPT 550, 1 RCPT 550",
                "rcpt=250 ok\\n250 x  ; 0 END_OF_DATA Nonsense, 1 END_OF_DATA Nonsense",
                "bdat=250 ok\\n421 x  ; 0 END_OF_DATA 250, 1 END_OF_DATA 250",
                "bdat=drop           ; 0 END_OF_DATA Lost, 1 END_OF_DATA Lost",
                "bdat=354 what       ; 0 END_OF_DATA Nonsense, 1 END_OF_DATA Nonsense",
                "bdat=554 5.7.1 spam ; 0 END_OF_DATA 554, 1 END_OF_DATA 554"
            })
    void behindAChunkSilenceLeavesEverythingOpen(String script, String answers) throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING,CHUNKING", script)) {
            send(open(server, Dialect.SMTP), "a\r\n", ONE_FLIGHT, "a@x.example", "b@x.example");
            assertThat(heard).containsExactly(answers.split(", "));
        }
    }

    @Test
    void aRefusedChunkIsFollowedByRset() throws Exception { // RFC 3030 §2
        try (FaultServer server = FaultServer.start(
                FaultServer.Way.SMTP, "extensions=PIPELINING,CHUNKING", "bdat=451 4.3.0 later|250 ok")) {
            ClientSession session = open(server, Dialect.SMTP);
            send(session, "a\r\n", ONE_FLIGHT, "a@x.example");
            send(session, "b\r\n", ONE_FLIGHT, "b@x.example");
            assertThat(heard).containsExactly("0 END_OF_DATA 451", "0 END_OF_DATA 250");
            assertThat(server.commands()).contains("RSET");
        }
    }

    @Test
    void whatTheSenderAskedForTravelsOn() throws Exception {
        Requests requests = new Requests(
                Optional.of(Requests.Returned.HDRS),
                "id+1 x",
                List.of(
                        new Requests.Recipient(
                                Set.of(Notify.DELAY, Notify.SUCCESS),
                                Optional.of(new Requests.Original("rfc822", "a+b@x.example"))),
                        new Requests.Recipient(
                                Set.of(Notify.NEVER), Optional.of(new Requests.Original("utf-8", "\u00e4@x.example"))),
                        Requests.Recipient.NONE),
                false,
                Optional.of(new Requests.DeliverBy(NOW.plusSeconds(90), Requests.Mode.NOTIFY, true)),
                Optional.of(NOW.plusSeconds(60)));
        Extras extras = new Extras(requests, 3, false, SevenBit.Policy.UNLESS_SIGNED, NOW);
        String[] recipients = {"a@x.example", "b@x.example", "c@x.example"};
        try (FaultServer server = FaultServer.start(
                FaultServer.Way.SMTP,
                "extensions=PIPELINING,DSN,MT-PRIORITY MIXER,DELIVERBY 10,FUTURERELEASE 86400 x")) {
            send(open(server, Dialect.SMTP), "a\r\n", extras, recipients);
            assertThat(server.commands().subList(1, 5))
                    .containsExactly(
                            "MAIL FROM:<from@example.org> MT-PRIORITY=3 RET=HDRS ENVID=id+2B1+20x BY=90;NT"
                                    + " HOLDUNTIL=2026-01-01T00:01:00Z",
                            "RCPT TO:<a@x.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@x.example",
                            "RCPT TO:<b@x.example> NOTIFY=NEVER ORCPT=utf-8;\\x{E4}@x.example",
                            "RCPT TO:<c@x.example>");
        }
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING")) {
            send(open(server, Dialect.SMTP), "a\r\n", extras, recipients);
            assertThat(server.commands().subList(1, 3))
                    .containsExactly("MAIL FROM:<from@example.org>", "RCPT TO:<a@x.example>");
        }
    }

    @Test
    void whatTheSenderInsistsOnIsNotDropped() throws Exception {
        Requests tls = new Requests(Optional.empty(), "", List.of(), true, Optional.empty(), Optional.empty());
        Requests late = new Requests(
                Optional.empty(),
                "",
                List.of(),
                false,
                Optional.of(new Requests.DeliverBy(NOW.minusSeconds(1), Requests.Mode.RETURN, false)),
                Optional.empty());
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=DELIVERBY,REQUIRETLS");
                FaultServer none = FaultServer.start(FaultServer.Way.SMTP)) {
            for (Requests requests : List.of(tls, late)) {
                Extras extras = new Extras(requests, 0, false, SevenBit.Policy.UNLESS_SIGNED, NOW);
                send(open(server, Dialect.SMTP), "a\r\n", extras, "a@x.example");
                send(open(none, Dialect.SMTP), "a\r\n", extras, "a@x.example");
            }
            assertThat(heard)
                    .containsExactly(
                            "0 MAIL Unable 5.7.10",
                            "0 MAIL Unable 5.7.10",
                            "0 MAIL Unable 5.4.7",
                            "0 MAIL Unable 5.3.3");
            assertThat(server.taken()).isEmpty();
        }
    }

    /** RFC 8689, RFC 2852: an LMTP server on this machine relays nothing, and nothing crosses a wire. */
    @Test
    void whatTheSenderInsistsOnEndsAtTheMailbox() throws Exception {
        Requests insists = new Requests(
                Optional.empty(),
                "",
                List.of(),
                true,
                Optional.of(new Requests.DeliverBy(NOW.plusSeconds(90), Requests.Mode.RETURN, false)),
                Optional.empty());
        try (FaultServer server = FaultServer.start(FaultServer.Way.LMTP)) {
            Extras extras = new Extras(insists, 0, false, SevenBit.Policy.UNLESS_SIGNED, NOW);
            send(open(server, Dialect.LMTP), "a\r\n", extras, "a@x.example");
            assertThat(heard).containsExactly("0 END_OF_DATA 250");
            assertThat(server.commands()).anyMatch(command -> command.startsWith("MAIL FROM:<from@example.org>"));
            assertThat(server.commands())
                    .noneMatch(command -> command.contains("REQUIRETLS") || command.contains("BY="));
        }
    }

    @Test
    void aDomainInULabelsTravelsInALabelsWhereUtf8IsNotOffered() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "extensions=PIPELINING")) {
            send(open(server, Dialect.SMTP), "a\r\n", Extras.NONE, "a@stra\u00dfe.example", "\u00e4@x.example");
            assertThat(server.commands()).contains("RCPT TO:<a@xn--strae-oqa.example>");
            assertThat(heard).containsExactly("0 END_OF_DATA 250", "1 MAIL Unable 5.6.7");
        }
    }

    @Test
    void aServersLimitsAreRead() { // RFC 9422 §3
        Capabilities offered = Capabilities.of(
                new Reply(250, Optional.empty(), List.of("us", "LIMITS MAILMAX=20 RCPTMAX=x OTHER=3 RCPTDOMAINMAX=1")));
        assertThat(offered.limits()).isEqualTo(new Capabilities.Limits(20, 0, 1));
    }

    @Test
    void aReplyToNothingIsNoAnswer() throws Exception {
        try (FaultServer surplus = FaultServer.start(FaultServer.Way.SMTP, "data=354 go\\n250 2.0.0 already");
                FaultServer early = FaultServer.start(FaultServer.Way.SMTP, "data=354 go\\n552 5.3.4 too big");
                FaultServer twice = FaultServer.start(FaultServer.Way.SMTP, "dot=250 ok\\n250 2.0.0 more|250 ok")) {
            send(open(surplus, Dialect.SMTP), "a\r\n", Extras.NONE, "a@x.example");
            send(open(early, Dialect.SMTP), "a\r\n", Extras.NONE, "a@x.example");
            assertThat(heard).containsExactly("0 DATA Nonsense", "0 DATA 552");
            assertThat(surplus.taken()).isEmpty();
            assertThat(early.taken()).isEmpty();
            ClientSession session = open(twice, Dialect.SMTP);
            send(session, "a\r\n", Extras.NONE, "a@x.example");
            assertThat(send(session, "b\r\n", Extras.NONE, "a@x.example")).isEqualTo(ClientSession.End.STALE);
            assertThat(twice.taken()).hasSize(1);
        }
    }
}
