package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.directory.DirectoryOptions;
import dev.nexthop.directory.MemoryDirectory;
import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.LineEnds;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may send what to whom; AUTH (RFC 4954). */
final class AccessDialogueTest {
    private static final String HELO = "S: 220 *\nC: HELO client.example\nS: 250 *\n";

    /** Says nothing but that it can't. */
    static final Directory DOWN = new Directory() {
        @Override
        public boolean isLocalDomain(Domain domain) throws DirectoryException {
            throw new DirectoryException("the directory is down");
        }

        @Override
        public List<Account> recipients(Mailbox address) throws DirectoryException {
            throw new DirectoryException("the directory is down");
        }

        @Override
        public boolean isWritten(Mailbox address) throws DirectoryException {
            throw new DirectoryException("the directory is down");
        }

        @Override
        public Optional<Account> authenticate(String user, char[] password) throws DirectoryException {
            throw new DirectoryException("the directory is down");
        }

        @Override
        public List<Account> accounts() throws DirectoryException {
            throw new DirectoryException("the directory is down");
        }
    };

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.replace("^", "\0").getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "alice@example.org, 250 2.1.5",
        "ALICE@EXAMPLE.ORG, 250 2.1.5",
        "alice+tag@example.org, 250 2.1.5",
        "\"alice\"@example.org, 250 2.1.5",
        "@relay.example:alice@example.org, 250 2.1.5",
        "nobody@example.org, 550 5.1.1",
        "alice%other.example@example.org, 550 5.1.1",
        "\"alice@other.example\"@example.org, 550 5.1.1",
        "other.example!alice@example.org, 550 5.1.1",
        "alice@other.example, 550 5.7.1",
        "@example.org:alice@other.example, 550 5.7.1",
        "alice@sub.example.org, 550 5.7.1",
        "alice@[127.0.0.1], 550 5.7.1",
    })
    void isNoOpenRelay(String recipient, String reply) throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELO + "C: MAIL FROM:<alice@example.org>\nS: 250 *\nC: RCPT TO:<" + recipient + ">\nS: " + reply
                    + " *\n");
        }
    }

    /** Who lives elsewhere is at a server that trusts us, and must not be made to send mail on. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "nobody@example.org, 250 2.1.5, 250 2.1.5",
        "no+body=x@example.org, 250 2.1.5, 250 2.1.5",
        "alice@example.org, 250 2.1.5, 250 2.1.5",
        "victim%target.example@example.org, 550 5.1.1, 250 2.1.5",
        "target.example!victim@example.org, 550 5.1.1, 250 2.1.5",
        "\"victim%target.example\"@example.org, 550 5.1.1, 250 2.1.5",
        "\"target.example!victim\"@example.org, 550 5.1.1, 250 2.1.5",
        "\"victim@target.example\"@example.org, 550 5.1.1, 250 2.1.5",
        "\"victim\\@target.example\"@example.org, 550 5.1.1, 250 2.1.5",
        "\"@a.example:victim\"@example.org, 550 5.1.1, 250 2.1.5",
    })
    void whoLivesElsewhereIsNoWayToOthers(String recipient, String reply, String toRelayed) throws IOException {
        for (String sender : List.of("a@b.example", "friend@b.example")) {
            try (TestServer server = new TestServer()) {
                server.relay = new RelayPolicy() {
                    @Override
                    public boolean mayRelay(Reception reception, ReversePath from, Mailbox to) {
                        return from.address().equals("friend@b.example");
                    }

                    @Override
                    public boolean livesElsewhere(Reception reception, ReversePath from, Mailbox to) {
                        return to.domain().name().equals("example.org");
                    }
                };
                server.start()
                        .play(HELO + "C: MAIL FROM:<" + sender + ">\nS: 250 *\nC: RCPT TO:<" + recipient + ">\nS: "
                                + (sender.startsWith("friend") ? toRelayed : reply) + " *\n");
            }
        }
    }

    /** A host behind this one trusts it: what only a catch-all or a sub-address takes must not lead on from there. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "anybody@catch.example, 250 2.1.5, 250 2.1.5",
        "victim%target.example@catch.example, 550 5.1.1, 250 2.1.5",
        "target.example!victim@catch.example, 550 5.1.1, 250 2.1.5",
        "\"victim@target.example\"@catch.example, 550 5.1.1, 250 2.1.5",
        "\"vic\\%tim\"@catch.example, 550 5.1.1, 250 2.1.5",
        "dora+tag@example.org, 250 2.1.5, 250 2.1.5",
        "dora+x%target.example@example.org, 550 5.1.1, 250 2.1.5",
        "\"dora+x@target.example\"@example.org, 550 5.1.1, 250 2.1.5",
        "dora+target.example!x@example.org, 550 5.1.1, 250 2.1.5",
        "50%off@example.org, 250 2.1.5, 250 2.1.5",
        "\"50\\%OFF\"@example.org, 250 2.1.5, 250 2.1.5",
        "50%off+tag@example.org, 550 5.1.1, 250 2.1.5",
    })
    void whatTheDirectoryOnlyGuessesIsNoWayToOthers(String recipient, String reply, String toRelayed)
            throws IOException {
        for (String sender : List.of("a@b.example", "friend@b.example")) {
            try (TestServer server = new TestServer()) {
                server.directory = new MemoryDirectory(
                        List.of(TestServer.person("dora", "dora@example.org", "50%off@example.org", "@catch.example")),
                        List.of(),
                        DirectoryOptions.DEFAULT);
                server.relay = (_, from, _) -> from.address().equals("friend@b.example");
                server.start()
                        .play(HELO + "C: MAIL FROM:<" + sender + ">\nS: 250 *\nC: RCPT TO:<" + recipient + ">\nS: "
                                + (sender.startsWith("friend") ? toRelayed : reply) + " *\n");
            }
        }
    }

    @Test
    void thePolicyDecidesOnRelaying() throws IOException {
        try (TestServer server = new TestServer()) {
            server.relay = (reception, sender, recipient) -> {
                if (recipient.domain().name().equals("broken.example")) {
                    throw new PolicyException("rule 2 failed");
                }
                return reception.remoteIp().equals("127.0.0.1")
                        && reception.listener().equals("test")
                        && sender.address().equals("a@b.example");
            };
            server.start().play(HELO + """
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<x@elsewhere.example>
                    C: RCPT TO:<x@broken.example>
                    C: RCPT TO:<nobody@example.org>
                    C: RSET
                    C: MAIL FROM:<other@b.example>
                    C: RCPT TO:<x@elsewhere.example>
                    S: 250 2.1.0 *
                    S: 250 2.1.5 *
                    S: 451 4.3.0 *
                    S: 550 5.1.1 *
                    S: 250 *
                    S: 250 *
                    S: 550 5.7.1 *
                    """);
            assertThat(server.events.alarms).containsExactly("relay-policy: recipients are put off: rule 2 failed");
        }
    }

    @Test
    void aDirectoryThatCannotSayPutsOff() throws IOException {
        try (TestServer server = new TestServer()) {
            server.directory = DOWN;
            server.relay = (reception, sender, recipient) -> true;
            server.start().play("""
                    S: 220 *
                    C: HELO client.example
                    C: MAIL FROM:<>
                    C: RCPT TO:<alice@example.org>
                    C: RCPT TO:<x@elsewhere.example>
                    C: RSET
                    S: 250 *
                    S: 250 *
                    S: 451 4.3.0 *
                    S: 451 4.3.0 *
                    S: 250 *
                    """ + "C: AUTH PLAIN " + base64("^alice^x") + "\nS: 454 4.7.0 *\n");
        }
    }

    /** Who is put off again and again keeps others waiting: it counts like a wrong password. */
    @Test
    void whoIsPutOffDoesNotAskForEver() throws IOException {
        try (TestServer server = new TestServer()) {
            server.directory = DOWN;
            String auth = "C: AUTH PLAIN " + base64("^alice^x") + "\nS: 454 4.7.0 *\n";
            server.start().play(HELO + auth.repeat(3) + "S: 421 4.7.0 *\nS END\n");
        }
    }

    /** RFC 5321 §4.5.3.1.10: 452, and those before it stay. */
    @Test
    void tooManyRecipients() throws IOException {
        try (TestServer server = new TestServer()) {
            server.limits = new SessionLimits(1000, 2, 50, 10, 10, 10, 3, 2048, 1000, LineEnds.REFUSE);
            server.start().play(HELO + """
                    C: MAIL FROM:<>
                    C: RCPT TO:<alice@example.org>
                    C: RCPT TO:<bob@example.org>
                    C: RCPT TO:<carla@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 250 *
                    S: 452 4.5.3 *
                    S: 354 *
                    C: .
                    S: 250 *
                    """);
            assertThat(server.message(1).envelope().recipients()).hasSize(2);
        }
    }

    @Test
    void whoGuessesRecipientsIsSentAway() throws IOException {
        try (TestServer server = new TestServer()) {
            server.limits = new SessionLimits(1000, 100, 50, 10, 2, 3, 3, 2048, 1000, LineEnds.REFUSE);
            server.start().play(HELO + """
                    C: MAIL FROM:<>
                    C: RCPT TO:<a1@example.org>
                    C: RCPT TO:<a2@example.org>
                    C: RCPT TO:<a3@example.org>
                    C: RCPT TO:<a4@example.org>
                    C: RCPT TO:<alice@example.org>
                    S: 250 *
                    S: 550 5.1.1 *
                    S: 550 5.1.1 *
                    S: 550 5.1.1 *
                    S: 421 4.7.0 *
                    S END
                    """);
        }
    }

    @Test
    void enoughMessages() throws IOException {
        try (TestServer server = new TestServer()) {
            server.limits = new SessionLimits(1000, 100, 50, 1, 2, 3, 3, 2048, 1000, LineEnds.REFUSE);
            server.start().play(HELO + """
                    C: MAIL FROM:<>
                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    C: MAIL FROM:<>
                    S: 250 *
                    S: 421 4.7.0 enough messages*
                    S END
                    """);
        }
    }

    @Test
    void authPlainLetsTheUserRelay() throws IOException {
        try (TestServer server = new TestServer()) {
            server.relay = (reception, sender, recipient) ->
                    reception.authenticatedAs().equals("alice");
            server.start()
                    .play("S: 220 *\nC: EHLO client.example\n" + "S: 250-*\n".repeat(9) + "S: 250 HELP\n"
                            + "C: AUTH PLAIN " + base64("^alice^secret of alice") + "\n" + """
                    C: AUTH PLAIN AGEAYg==
                    C: EHLO client.example
                    C: MAIL FROM:<alice@example.org> AUTH=<>
                    C: RCPT TO:<x@elsewhere.example>
                    C: DATA
                    S: 235 2.7.0 authenticated
                    S: 503 5.5.1 already authenticated
                    S: 250-mx.example.org
                    S: 250-PIPELINING
                    S: 250-SIZE *
                    S: 250-8BITMIME
                    S: 250-SMTPUTF8
                    S: 250-ENHANCEDSTATUSCODES
                    S: 250-LIMITS *
                    S: 250-VRFY
                    S: 250 HELP
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: .
                    S: 250 *
                    """);
            assertThat(server.message(1).envelope().reception().authenticatedAs())
                    .isEqualTo("alice");
            assertThat(server.text(1)).contains("with ESMTPA id").doesNotContain("alice");
        }
    }

    @Test
    void authInSteps() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(
                    HELO + "C: AUTH PLAIN\nS: 334 \nC: " + base64("^bob@example.org^secret of bob") + "\nS: 235 *\n");
            server.play(HELO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + base64("bob") + "\nS: 334 UGFzc3dvcmQ6\nC: "
                    + base64("secret of bob") + "\nS: 235 *\n");
            server.play(HELO + "C: AUTH LOGIN " + base64("bob") + "\nS: 334 UGFzc3dvcmQ6\nC: " + base64("secret of bob")
                    + "\nS: 235 *\n");
            server.play(HELO + "C: AUTH PLAIN " + base64("bob^bob^secret of bob") + "\nS: 235 *\n");
        }
    }

    @Test
    void authGoneWrong() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELO + """
                    C: AUTH PLAIN
                    S: 334 *
                    C: *
                    S: 501 5.7.0 authentication cancelled
                    C: AUTH LOGIN
                    S: 334 *
                    C: not base64!
                    S: 501 5.5.2 that is not base64
                    C: AUTH CRAM-MD5
                    S: 504 5.5.4 *
                    C: MAIL FROM:<>
                    C: AUTH PLAIN AGEAYg==
                    C: RSET
                    S: 250 *
                    S: 503 5.5.1 not while a transaction is open; send RSET first
                    S: 250 *
                    """ + "C: AUTH PLAIN " + base64("^alice^secret of bob") + "\nS: 535 5.7.8 *\n"
                    + "C: AUTH PLAIN " + base64("bob^alice^secret of alice") + "\nS: 535 5.7.8 *\n"
                    + "C: AUTH PLAIN " + base64("no zeros") + "\nS: 535 5.7.8 *\nS: 421 4.7.0 *\nS END\n");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"'^^secret'", "'^alice^'", "'^alice^secret of alice^'", "'^nobody^x'", "'^alice^\u00fc'", "'^^'"})
    void credentialsThatAreNone(String credentials) throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELO + "C: AUTH PLAIN " + base64(credentials) + "\nS: 535 5.7.8 *\n");
        }
    }

    @Test
    void withoutMechanismsThereIsNoAuth() throws IOException {
        try (TestServer server = new TestServer()) {
            server.extensions = new Extensions(false, false, true, List.of(), false);
            server.start().play("""
                    S: 220 *
                    C: EHLO client.example
                    S: 250-mx.example.org
                    S: 250-SIZE 104857600
                    S: 250-8BITMIME
                    S: 250-SMTPUTF8
                    S: 250-ENHANCEDSTATUSCODES
                    S: 250-LIMITS *
                    S: 250-EXPN
                    S: 250 HELP
                    C: AUTH PLAIN AGEAYg==
                    S: 502 5.5.1 *
                    C: MAIL FROM:<> AUTH=<>
                    S: 555 5.5.4 *
                    C: VRFY a
                    S: 502 5.5.1 *
                    C: EXPN a
                    S: 252 2.0.0 *
                    """);
        }
    }
}
