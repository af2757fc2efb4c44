package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole conversations over RFC 5321. */
final class SmtpDialogueTest {
    private static final String HELLO = """
            S: 220 mx.example.org ESMTP Nexthop
            C: EHLO client.example
            S: 250-mx.example.org
            S: 250-PIPELINING
            S: 250-SIZE 104857600
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250-ENHANCEDSTATUSCODES
            S: 250-LIMITS *
            S: 250-AUTH PLAIN LOGIN
            S: 250-VRFY
            S: 250 HELP
            """;

    @Test
    void aMessageFromGreetingToQuit() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELLO + """
                    C: MAIL FROM:<sender@client.example> SIZE=50 BODY=8BITMIME
                    S: 250 2.1.0 sender OK
                    C: RCPT TO:<alice@example.org>
                    S: 250 2.1.5 recipient OK
                    C: DATA
                    S: 354 send the message, end it with CRLF.CRLF
                    C: Subject: hello
                    C:
                    C: ..one dot stays
                    C: .
                    S: 250 2.0.0 queued as 0000000000001
                    C: QUIT
                    S: 221 2.0.0 bye
                    S END
                    """);
            assertThat(server.message(1).envelope())
                    .isEqualTo(new Envelope(
                            ReversePath.of("sender@client.example"),
                            List.of(Mailbox.parse("alice@example.org")),
                            BodyType.EIGHT_BIT_MIME,
                            false,
                            new Reception("test", server.port(), "127.0.0.1", "client.example", "", 0)));
            assertThat(server.text(1)).isEqualTo("""
                    Received: from client.example ([127.0.0.1])
                    \tby mx.example.org (Nexthop) with ESMTP id 0000000000001
                    \tfor <alice@example.org>;
                    \tSun, 22 Nov 2026 16:00:05 +0000
                    Subject: hello

                    .one dot stays
                    """.replace("\n", "\r\n"));
            RecipientState state = server.message(1).recipients().getFirst();
            assertThat(state.due()).isEqualTo(TestServer.NOW);
            assertThat(state.attempts()).isZero();
            assertThat(server.events.accepted).singleElement().satisfies(event -> {
                assertThat(event.size()).isEqualTo(server.text(1).length());
                assertThat(event.recipients()).isEqualTo(1);
                assertThat(event.listener()).isEqualTo("test");
            });
            assertThat(server.spool.openDrafts.get()).isZero();
        }
    }

    /** RFC 2920 §3.1: one write, replies in order; DATA ends the group. */
    @Test
    void pipelinedTransactions() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELLO + """
                    C: MAIL FROM:<>
                    C: RCPT TO:<alice@example.org>
                    C: RCPT TO:<nobody@example.org>
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 2.1.0 sender OK
                    S: 250 2.1.5 recipient OK
                    S: 550 5.1.1 no such user here
                    S: 250 2.1.5 recipient OK
                    S: 354 *
                    C: first
                    C: .
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<carla@example.org>
                    C: RSET
                    C: MAIL FROM:<c@d.example>
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 2.0.0 queued as 0000000000001
                    S: 250 2.1.0 *
                    S: 250 2.1.5 *
                    S: 250 2.0.0 OK
                    S: 250 2.1.0 *
                    S: 250 2.1.5 *
                    S: 354 *
                    C: second
                    C: .
                    C: QUIT
                    S: 250 2.0.0 queued as 0000000000002
                    S: 221 *
                    S END
                    """);
            assertThat(server.message(1).envelope().sender()).isEqualTo(ReversePath.NULL);
            assertThat(server.message(1).envelope().recipients()).hasSize(2);
            // RFC 5321 §4.4, §7.2: no "for" that would tell one about the other
            assertThat(server.text(1)).doesNotContain("for <").endsWith("first\r\n");
            assertThat(server.message(2).envelope().recipients()).containsExactly(Mailbox.parse("bob@example.org"));
        }
    }

    /** RFC 5321 §4.1.4: each command out of its place gets 503 and the session lives on. */
    @Test
    void everythingOutOfSequence() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play("""
                    S: 220 *
                    C: MAIL FROM:<a@b.example>
                    S: 503 5.5.1 send HELO or EHLO first
                    C: RCPT TO:<alice@example.org>
                    S: 503 5.5.1 send HELO or EHLO first
                    C: DATA
                    S: 503 5.5.1 send HELO or EHLO first
                    C: AUTH PLAIN AGEAYg==
                    S: 503 5.5.1 send HELO or EHLO first
                    C: LHLO client.example
                    S: 500 5.5.1 this port speaks SMTP; send EHLO
                    C: RSET
                    S: 250 2.0.0 OK
                    C: NOOP
                    S: 250 2.0.0 OK
                    C: HELO client.example
                    S: 250 mx.example.org
                    C: RCPT TO:<alice@example.org>
                    S: 503 5.5.1 send MAIL first
                    C: DATA
                    S: 503 5.5.1 send MAIL first
                    C: MAIL FROM:<a@b.example> SIZE=1
                    S: 555 5.5.4 *
                    C: MAIL FROM:<a@b.example>
                    S: 250 *
                    C: DATA
                    S: 503 5.5.1 send RCPT first
                    C: MAIL FROM:<a@b.example>
                    S: 503 5.5.1 a transaction is open; send RSET to drop it
                    C: RCPT TO:<alice@example.org>
                    S: 250 *
                    C: HELO again.example
                    S: 250 mx.example.org
                    C: DATA
                    S: 421 4.7.0 too many errors; closing
                    S END
                    """);
        }
    }

    @Test
    void aSenderThatLosesAllRecipientsHearsSo() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play("""
                    S: 220 *
                    C: HELO client.example
                    S: 250 *
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<x@elsewhere.example>
                    C: DATA
                    S: 250 *
                    S: 550 5.7.1 relaying to that domain is not permitted for you
                    S: 554 5.5.1 no valid recipients
                    C: RCPT TO:<Postmaster>
                    C: DATA
                    S: 250 2.1.5 *
                    S: 354 *
                    C: .
                    S: 250 *
                    """);
            assertThat(server.message(1).envelope().recipients())
                    .containsExactly(Mailbox.parse("postmaster@example.org"));
            assertThat(server.text(1)).contains("with SMTP id");
        }
    }

    @Test
    void smallCommands() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELLO + """
                    C: VRFY alice
                    S: 252 2.0.0 *
                    C: EXPN list
                    S: 502 5.5.1 *
                    C: HELP
                    S: 214 2.0.0 *
                    C: NOOP noop
                    S: 250 2.0.0 OK
                    C: BDAT 3 LAST
                    S: 502 5.5.1 command not implemented here
                    C: STARTTLS
                    S: 502 5.5.1 command not implemented here
                    C: FOO
                    S: 500 5.5.1 command not recognised
                    C:
                    S: 500 5.5.1 command not recognised
                    C| NO\\nOP\\r\\n
                    S: 500 5.5.2 a bare CR or LF *
                    C: QUIT
                    S: 221 *
                    """);
        }
    }

    @Test
    void aLineThatIsTooLongIsRefusedAndTheNextOneIsRead() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELLO + "C: NOOP " + "x".repeat(3_000) + "\nS: 500 5.5.6 *\nC: NOOP " + "x".repeat(30_000)
                    + "\nC: NOOP\nS: 500 5.5.6 *\nS: 250 2.0.0 OK\n");
        }
    }

    @Test
    void aClientThatEndsLinesWithLfIsToldAndCutOff() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play("S: 220 *\nC| EHLO client.example\\n\nS: 421 4.5.2 command lines end with CR LF*\nS END\n");
        }
    }

    @Test
    void aWebBrowserIsSentAway() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play("""
                    S: 220 *
                    C: POST / HTTP/1.1
                    C: Host: mx.example.org
                    C:
                    C: EHLO evil.example
                    S: 421 4.7.0 this is a mail server*
                    """);
        }
    }

    @Test
    void duplicatesAreTakenOnceAndAnsweredTwice() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(HELLO + """
                    C: MAIL FROM:<>
                    C: RCPT TO:<bob@example.org>
                    C: RCPT TO:<bob@EXAMPLE.org>
                    C: DATA
                    S: 250 *
                    S: 250 2.1.5 *
                    S: 250 2.1.5 *
                    S: 354 *
                    C: .
                    S: 250 *
                    """);
            assertThat(server.message(1).envelope().recipients()).hasSize(1);
        }
    }

    /** RFC 6531 §3.4, §3.5. */
    @Test
    void addressesBeyondAscii() throws IOException {
        try (TestServer server = new TestServer()) {
            server.relay = (reception, sender, recipient) -> true;
            server.start().play(HELLO + """
                    C: MAIL FROM:<jürgen@example.net>
                    S: 553 5.6.7 *
                    C: MAIL FROM:<>
                    C: RCPT TO:<jürgen@example.net>
                    C: RSET
                    S: 250 *
                    S: 553 5.6.7 *
                    S: 250 *
                    C: MAIL FROM:<jürgen@bücher.example> SMTPUTF8
                    C: RCPT TO:<пример@example.net>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    C: Subject: ü
                    C: .
                    S: 250 *
                    """);
            assertThat(server.message(1).envelope().smtpUtf8()).isTrue();
            assertThat(server.text(1)).contains("with UTF8SMTP id", "for <пример@example.net>", "Subject: ü");
            assertThat(server.message(1).body().eightBit()).isTrue();
        }
    }
}
