package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Step;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whatever octets a server sends, and whenever: each recipient gets one answer, and it is a delivery exactly when the
 * server said so, in sequence and after it had the whole message. {@link Protocol} judges by the two streams alone.
 */
class SessionFuzzTest {
    private static final TlsDemand CLEAR =
            new TlsDemand(false, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
    private static final Watchdog WATCHDOG = new Watchdog();
    private static final TlsClient TLS = new TlsClient(Optional.empty());
    private static final String[] OFFERS = {
        "PIPELINING", "CHUNKING", "8BITMIME", "SIZE 100000", "AUTH PLAIN LOGIN", "LIMITS MAILMAX=1", "DSN"
    };

    @FuzzTest(maxDuration = "10s")
    void noRepliesMakeAMessageBothDeliveredAndRetriedOrLost(FuzzedDataProvider data) {
        Dialect dialect = data.consumeBoolean() ? Dialect.SMTP : Dialect.LMTP;
        Optional<Login> login =
                data.consumeInt(0, 3) == 0 ? Optional.of(new Login("u", "p", true, false)) : Optional.empty();
        ScriptedLink link = new ScriptedLink(data, data.consumeInt(0, 7) == 0 ? "" : opening(data));
        Target target = new Target(
                "hop",
                "h.example",
                new InetSocketAddress("127.0.0.1", 25),
                Optional.empty(),
                dialect,
                CLEAR,
                login,
                "us");
        List<String> answers = new ArrayList<>();
        List<Protocol.Heard> heard = new ArrayList<>();
        try {
            Connection connection = new Connection(link, WATCHDOG);
            link.onSilence(() -> {
                connection.expireIfDue(System.nanoTime() + Duration.ofDays(20).toNanos());
                assertThat(connection.expired())
                        .as("somebody waits without a deadline")
                        .isTrue();
            });
            ClientSession session = Opening.over(connection, target, StepTimeouts.DEFAULT, TLS);
            int messages = data.consumeInt(1, 2);
            Extras extras =
                    new Extras(Requests.NONE, 0, data.consumeBoolean(), SevenBit.Policy.UNLESS_SIGNED, Instant.EPOCH);
            for (int i = 0; i < messages && session.usable(); i++) {
                transact(session, extras, i, new Notes(heard, answers));
            }
            session.abandon();
        } catch (SessionException e) {
            assertThat(e.answer().step()).isIn(Step.CONNECT, Step.GREETING, Step.EHLO, Step.AUTH);
        }
        List<Protocol.Truth> truths = new Protocol(link, dialect).truths();
        for (Protocol.Heard one : heard) {
            Protocol.Truth truth = truths.stream()
                    .filter(candidate -> candidate.recipient().equals(one.recipient()))
                    .findFirst()
                    .orElse(new Protocol.Truth(one.recipient(), false, false, false));
            if (truth.muddled()) {
                assertThat(one.movedOn())
                        .as(one + " moves on, and nobody knows what was answered")
                        .isFalse();
                continue;
            }
            assertThat(one.delivered())
                    .as(one + " of " + answers + " in " + new String(link.said(), StandardCharsets.ISO_8859_1))
                    .isEqualTo(truth.delivered());
            if (one.movedOn()) {
                // Another host would get it at once: then this one can't have had it all without saying no.
                assertThat(truth.inDoubt())
                        .as(one + " moves on, and this host may have it")
                        .isFalse();
            }
        }
    }

    private static String opening(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder("220 ready\r\n250-us\r\n");
        for (String offer : OFFERS) {
            if (data.consumeBoolean()) {
                text.append("250-").append(offer).append("\r\n");
            }
        }
        return text.append("250 HELP\r\n").toString();
    }

    private record Notes(List<Protocol.Heard> heard, List<String> answers) {}

    private static void transact(ClientSession session, Extras extras, int number, Notes notes) {
        List<Mailbox> recipients = List.of(
                Mailbox.parse("a" + number + "@x.example"),
                Mailbox.parse("b" + number + "@x.example"),
                Mailbox.parse("c" + number + "@x.example"));
        byte[] content = "Subject: x\r\n\r\n.dot\r\nend\r\n".getBytes(StandardCharsets.US_ASCII);
        Transfer transfer = new Transfer(ReversePath.NULL, recipients, MessageBody.of(content), false, extras);
        int[] times = new int[recipients.size()];
        ClientSession.End end = session.transact(transfer, StepTimeouts.DEFAULT, (i, answer) -> {
            times[i]++;
            notes.answers().add(i + " " + answer);
            notes.heard().add(Protocol.Heard.of(recipients.get(i).toString(), answer));
        });
        int wanted = end == ClientSession.End.STALE ? 0 : 1;
        assertThat(times).as("answers of %s", end).containsOnly(wanted);
        if (end == ClientSession.End.STALE) {
            recipients.forEach(one -> notes.heard().add(new Protocol.Heard(one.toString(), false, true)));
        }
    }
}
