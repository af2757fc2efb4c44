package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Reception;
import dev.nexthop.queue.QuotaException;
import dev.nexthop.queue.QuotaGate;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a client hears when a quota is full. */
class QuotaDialogueTest {
    private static final QuotaGate GATE = new QuotaGate() {
        @Override
        public Optional<String> refusesSender(Reception reception, ReversePath sender, long size) {
            return sender.address().startsWith("full") || size > 500
                    ? Optional.of("the queue holds 7 messages, and quota 'x' has no room for more")
                    : Optional.empty();
        }

        @Override
        public Optional<String> refusesRecipient(
                Reception reception, ReversePath sender, Mailbox recipient, long size) {
            return recipient.localPart().equals("alice") ? Optional.of("quota 'ännä' is full") : Optional.empty();
        }
    };

    @Test
    void mailRcptAndTheEndOfDataAreAnswered452() throws Exception {
        try (TestServer server = new TestServer()) {
            server.quotas = GATE;
            server.start().play("""
                    S: 220 *
                    C: EHLO client.example
                    S: 250-mx.example.org
                    S: 250-PIPELINING
                    S: 250-SIZE *
                    S: 250-8BITMIME
                    S: 250-SMTPUTF8
                    S: 250-ENHANCEDSTATUSCODES
                    S: 250-LIMITS *
                    S: 250-AUTH PLAIN LOGIN
                    S: 250-VRFY
                    S: 250 HELP
                    C: MAIL FROM:<full@client.example>
                    S: 452 4.3.1 the queue holds 7 messages, and quota 'x' has no room for more; try again later
                    C: MAIL FROM:<a@client.example> SIZE=501
                    S: 452 4.3.1 the queue holds 7 messages, and quota 'x' has no room for more; try again later
                    C: MAIL FROM:<a@client.example> SIZE=500
                    S: 250 2.1.0 sender OK
                    C: RCPT TO:<alice@example.org>
                    S: 452 4.3.1 quota '?nn?' is full; try again later
                    C: DATA
                    S: 554 5.5.1 no valid recipients
                    """);
            assertThat(server.spool.messages).isEmpty();
        }
    }

    @Test
    void whatIsTooMuchInTheEndIsNotHalfAccepted() throws Exception {
        try (TestServer server = new TestServer()) {
            server.spool.failCommit =
                    new QuotaException("the queue holds 9 octets, and quota 'x' has no room for 5 more");
            server.start().play("""
                    S: 220 *
                    C: HELO client.example
                    S: 250 *
                    C: MAIL FROM:<a@client.example>
                    S: 250 2.1.0 sender OK
                    C: RCPT TO:<bob@example.org>
                    S: 250 2.1.5 recipient OK
                    C: DATA
                    S: 354 send the message, end it with CRLF.CRLF
                    C: x
                    C: .
                    S: 452 4.3.1 the queue holds 9 octets, and quota 'x' has no room for 5 more; try again later
                    C: MAIL FROM:<a@client.example>
                    S: 250 2.1.0 sender OK
                    """);
            assertThat(server.spool.messages).isEmpty();
            assertThat(server.spool.openDrafts).hasValue(0);
            assertThat(server.events.alarms).isEmpty();
        }
    }
}
