package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** RFC 2033. */
final class LmtpDialogueTest {
    private static final String HELLO = """
            S: 220 mx.example.org LMTP Nexthop
            C: LHLO client.example
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

    /** RFC 2033 §4.2: a reply for each accepted RCPT, the repeated one included, none for the refused one. */
    @Test
    void oneReplyForEachAcceptedRecipient() throws IOException {
        try (TestServer server = new TestServer().lmtp().start()) {
            server.play(HELLO + """
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<alice@example.org>
                    C: RCPT TO:<nobody@example.org>
                    C: RCPT TO:<bob@example.org>
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 2.1.0 *
                    S: 250 2.1.5 *
                    S: 550 5.1.1 *
                    S: 250 2.1.5 *
                    S: 250 2.1.5 *
                    S: 354 *
                    C: text
                    C: .
                    C: NOOP
                    S: 250 2.0.0 queued as 0000000000001
                    S: 250 2.0.0 queued as 0000000000001
                    S: 250 2.0.0 queued as 0000000000001
                    S: 250 2.0.0 OK
                    C: QUIT
                    S: 221 *
                    S END
                    """);
            assertThat(server.message(1).envelope().recipients()).hasSize(2);
            assertThat(server.text(1)).contains("with LMTP id");
        }
    }

    @Test
    void failuresAfterTheDotAreRepeatedTooThoseBeforeItAreNot() throws IOException {
        try (TestServer server = new TestServer().lmtp().start();
                Dialogue dialogue = new Dialogue(server.port())) {
            String begun = """
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<alice@example.org>
                    C: RCPT TO:<bob@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 250 *
                    """;
            dialogue.play(HELLO);
            server.spool.failCommit = new IOException("disk on fire");
            dialogue.play(begun + "S: 354 *\nC: .\nC: NOOP\nS: 451 4.3.0 *\nS: 451 4.3.0 *\nS: 250 2.0.0 OK\n");
            server.spool.failBegin = new IOException("disk on fire");
            dialogue.play(begun + "C: NOOP\nS: 451 4.3.0 *\nS: 250 2.0.0 OK\n");
        }
    }

    @Test
    void speaksNoSmtp() throws IOException {
        try (TestServer server = new TestServer().lmtp().start()) {
            server.play("""
                    S: 220 *
                    C: EHLO client.example
                    S: 500 5.5.1 this port speaks LMTP; send LHLO
                    C: HELO client.example
                    S: 500 5.5.1 this port speaks LMTP; send LHLO
                    C: MAIL FROM:<>
                    S: 503 5.5.1 send LHLO first
                    """);
        }
    }

    /** RFC 2033 §4.2: 503 where SMTP would say 554. */
    @Test
    void dataWithoutARecipient() throws IOException {
        try (TestServer server = new TestServer().lmtp().start()) {
            server.play(HELLO + """
                    C: MAIL FROM:<>
                    C: RCPT TO:<nobody@example.org>
                    C: DATA
                    S: 250 *
                    S: 550 5.1.1 *
                    S: 503 5.5.1 send RCPT first
                    """);
        }
    }
}
