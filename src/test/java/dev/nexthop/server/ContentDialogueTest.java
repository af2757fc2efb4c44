package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.flight.FlightRecord;
import dev.nexthop.queue.SpoolFullException;
import dev.nexthop.smtp.LineEnds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes after DATA. */
@Isolated // the flight recorder hears the whole process
final class ContentDialogueTest {
    private static final String BEGUN = """
            S: 220 *
            C: HELO client.example
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@example.org>
            C: DATA
            S: 250 *
            S: 250 *
            S: 250 *
            S: 354 *
            """;
    private static final String ALIVE = "C: NOOP\nS: 250 2.0.0 OK\n";

    /** SMTP smuggling: the message is refused whole and nothing in it becomes a command. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'\\n.\\n'",
        "'\\n.\\r\\n'",
        "'\\r\\n.\\n'",
        "'\\r.\\r'",
        "'\\r\\n.\\r'",
        "'\\r.\\r\\n'",
        "'\\r\\r\\n.\\r\\r\\n'"
    })
    void smuggling(String sequence) throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(BEGUN + "C| one" + sequence
                    + "MAIL FROM:<evil@b.example>\\r\\nRCPT TO:<bob@example.org>\\r\\nDATA\\r\\ntwo\\r\\n.\\r\\n\n"
                    + "S: 554 5.6.11 *\n" + ALIVE);
            assertThat(server.spool.messages).isEmpty();
            assertThat(server.spool.openDrafts.get()).isZero();
        }
    }

    @Test
    void theFlightRecorderIsToldOfEachMessage() throws Exception {
        try (TestServer server = new TestServer().start()) {
            FlightRecord record = FlightRecord.of(() -> {
                server.play(BEGUN + "C: text\nC: .\nS: 250 *\n");
                server.play(BEGUN + "C| bare\\nline\\r\\n.\\r\\n\nS: 554 *\n");
            });
            RecordedEvent taken = record.of("Reception").getFirst();
            assertThat(taken.getString("id")).isEqualTo(server.message(1).id().toString());
            assertThat(taken.getString("listener")).isNotEmpty();
            assertThat(taken.getLong("octets")).isEqualTo(server.text(1).getBytes(StandardCharsets.UTF_8).length);
            assertThat(taken.getInt("recipients")).isEqualTo(1);
            assertThat(taken.getInt("code")).isEqualTo(250);
            assertThat(taken.getDuration("answering")).isPositive().isLessThan(taken.getDuration());
            assertThat(record.of("Reception"))
                    .extracting(event -> event.getInt("code"))
                    .containsExactly(250, 554);
            assertThat(record.of("Reception").toString()).as("no address").doesNotContain("@");
        }
    }

    /** Settings of the schedule may ask for the id and the size of what was just received. */
    @Test
    void theScheduleIsToldIdAndSize() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(BEGUN + "C: text\nC: .\nS: 250 *\n");
            int octets = server.text(1).getBytes(StandardCharsets.UTF_8).length;
            assertThat(octets).isPositive();
            assertThat(server.scheduled).containsExactly(server.message(1).id() + " " + octets);
        }
    }

    @Test
    void bareEndsCanBeNormalised() throws IOException {
        try (TestServer server = new TestServer()) {
            server.limits = new SessionLimits(1000, 10, 50, 10, 10, 10, 3, 2048, 1000, LineEnds.NORMALISE);
            server.start().play(BEGUN + "C| a\\n.\\nb\\rc\\r\\n.\\r\\n\nS: 250 *\n" + ALIVE);
            assertThat(server.text(1)).endsWith("+0000\r\na\r\n.\r\nb\r\nc\r\n");
        }
    }

    /** RFC 1870 §6.1 and §6.3: told at MAIL, or after the dot, and the session lives on. */
    @Test
    void tooBig() throws IOException {
        try (TestServer server = new TestServer()) {
            server.limits = SessionLimits.DEFAULT.withMessageSize(1_000);
            server.start()
                    .play("""
                    S: 220 *
                    C: EHLO client.example
                    S: 250-mx.example.org
                    S: 250-PIPELINING
                    S: 250-SIZE 1000
                    S: 250-8BITMIME
                    S: 250-SMTPUTF8
                    S: 250-ENHANCEDSTATUSCODES
                    S: 250-LIMITS *
                    S: 250-AUTH PLAIN LOGIN
                    S: 250-VRFY
                    S: 250 HELP
                    C: MAIL FROM:<a@b.example> SIZE=1001
                    S: 552 5.3.4 *
                    C: MAIL FROM:<a@b.example> SIZE=1000
                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    """ + ("C: " + "x".repeat(98) + "\n").repeat(10) + "C: x\nC: .\nS: 552 5.3.4 *\n" + ALIVE
                            + """
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    """ + ("C: " + "x".repeat(98) + "\n").repeat(10) + "C: .\nS: 250 *\n");
            assertThat(server.spool.messages).hasSize(1);
        }
    }

    @Test
    void aFloodIsCutOff() throws IOException {
        try (TestServer server = new TestServer()) {
            server.limits = SessionLimits.DEFAULT.withMessageSize(1_000);
            server.start();
            try (Dialogue dialogue = new Dialogue(server.port())) {
                dialogue.play(BEGUN);
                byte[] line = ("x".repeat(998) + "\r\n").getBytes(StandardCharsets.US_ASCII);
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 1_000_000; i++) {
                                dialogue.send(line);
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            assertThat(server.spool.messages).isEmpty();
        }
    }

    @Test
    void longLines() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(BEGUN + "C: " + "x".repeat(65_536) + "\nC: .\nS: 250 *\n"
                    + "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<alice@example.org>\nC: DATA\nS: 250 *\nS: 250 *\nS: 354 *\n"
                    + "C: " + "x".repeat(65_537) + "\nC: .\nS: 554 5.6.0 *\n" + ALIVE);
        }
    }

    /** RFC 5321 §6.3. */
    @Test
    void aLoopIsBroken() throws IOException {
        try (TestServer server = new TestServer().start()) {
            String field = "C: rEceived: from a by b;\nC:  Sun, 22 Nov 2026 16:00:05 +0000\n";
            String again = """
                    C: MAIL FROM:<a@b.example>
                    C: RCPT TO:<alice@example.org>
                    C: DATA
                    S: 250 *
                    S: 250 *
                    S: 354 *
                    """;
            server.play(BEGUN + field.repeat(50) + "C: X-Received: no\nC:\n" + field.repeat(3) + "C: .\nS: 250 *\n"
                    + again + field.repeat(51) + "C:\nC: .\nS: 554 5.4.6 *\n" + ALIVE);
            assertThat(server.spool.messages).hasSize(1);
        }
    }

    @Test
    void aFullSpool() throws IOException {
        try (TestServer server = new TestServer().start()) {
            String begun = "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<alice@example.org>\nC: DATA\nS: 250 *\nS: 250 *\n";
            try (Dialogue dialogue = new Dialogue(server.port())) {
                dialogue.play("S: 220 *\nC: HELO client.example\nS: 250 *\n");
                server.spool.failBegin = new SpoolFullException("no room");
                dialogue.play(begun + "S: 452 4.3.1 *\n" + ALIVE);
                server.spool.failBegin = null;
                server.spool.failWrite = new SpoolFullException("no room");
                dialogue.play(begun + "S: 354 *\nC: x\nC: .\nS: 452 4.3.1 *\n" + ALIVE);
                server.spool.failWrite = null;
                server.spool.failCommit = new IOException("disk on fire");
                dialogue.play(begun + "S: 354 *\nC: x\nC: .\nS: 451 4.3.0 *\n" + ALIVE);
                server.spool.failCommit = null;
                dialogue.play(begun + "S: 354 *\nC: x\nC: .\nS: 250 *\n" + ALIVE);
            }
            assertThat(server.spool.messages).hasSize(1);
            assertThat(server.spool.openDrafts.get()).isZero();
            assertThat(server.events.alarms).contains("spool: messages are put off: disk on fire");
        }
    }

    @Test
    void aClientThatVanishesLeavesNothing() throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(BEGUN + "C: half a mess\n");
            server.server().stop(Duration.ofSeconds(10));
            assertThat(server.spool.messages).isEmpty();
            assertThat(server.spool.openDrafts.get()).isZero();
            assertThat(server.server().connections()).isZero();
        }
    }

    @Test
    void aLargeMessageArrivesWhole() throws IOException {
        try (TestServer server = new TestServer().start()) {
            String body = ("C: ..dots and " + "words ".repeat(12) + "\n").repeat(20_000);
            server.play(BEGUN + body + "C: .\nS: 250 *\n" + ALIVE);
            String expected = (".dots and " + "words ".repeat(12) + "\r\n").repeat(20_000);
            assertThat(server.text(1).endsWith("+0000\r\n" + expected)).isTrue();
        }
    }
}
