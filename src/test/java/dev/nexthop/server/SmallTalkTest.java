package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.smtp.LineEnds;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A session is for mail: one that brings none ends, however polite it is. */
final class SmallTalkTest {
    private static final String HELO = "S: 220 *\nC: HELO client.example\nS: 250 *\n";
    private static final String MESSAGE = """
            C: MAIL FROM:<>
            C: RCPT TO:<alice@example.org>
            C: DATA
            S: 250 *
            S: 250 *
            S: 354 *
            C: .
            S: 250 *
            """;
    private static final String ENOUGH = "S: 421 4.7.0 too many commands that bring no message; closing\nS END\n";

    /** The greeting was one of them. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "NOOP, 250 2.0.0 OK",
        "RSET, 250 2.0.0 OK",
        "HELP, 214 2.0.0 *",
        "VRFY alice, 252 2.0.0 *",
        "HELO client.example, 250 *"
    })
    void commandsThatBringNothingAreCounted(String command, String reply) throws IOException {
        try (TestServer server = new TestServer().start()) {
            server.play(
                    HELO + exchange(command, reply).repeat(Conduct.SMALL_TALK - 1) + "C: " + command + "\n" + ENOUGH);
        }
    }

    /** A transaction that is dropped again and again brings nothing either. */
    @Test
    void droppedTransactionsAreNoMail() throws IOException {
        try (TestServer server = new TestServer().start()) {
            String dropped = "C: MAIL FROM:<>\nS: 250 *\nC: RSET\nS: 250 *\n";
            server.play(
                    HELO + dropped.repeat(Conduct.SMALL_TALK - 1) + "C: MAIL FROM:<>\nS: 250 *\nC: RSET\n" + ENOUGH);
        }
    }

    /** Who keeps a connection for the next message asks now and then whether it is still there. */
    @Test
    void eachMessageBeginsTheCountAnew() throws IOException {
        try (TestServer server = new TestServer().start()) {
            String kept = exchange("NOOP", "250 *").repeat(Conduct.SMALL_TALK - 1) + MESSAGE;
            server.play(HELO + kept.repeat(3) + "C: QUIT\nS: 221 *\nS END\n");
            assertThat(server.spool.messages).hasSize(3);
        }
    }

    @Test
    void anAcceptedLoginBeginsItAnewOnce() throws IOException {
        try (TestServer server = new TestServer().start()) {
            String noops = exchange("NOOP", "250 *").repeat(Conduct.SMALL_TALK - 1);
            server.play(HELO + noops + "C: AUTH PLAIN " + AccessDialogueTest.base64("^alice^secret of alice")
                    + "\nS: 235 *\n" + noops + "C: NOOP\nS: 250 *\nC: NOOP\n" + ENOUGH);
        }
    }

    /** Each is answered, also those that are too many; but not for ever. */
    @Test
    void aTransactionDoesNotGoOnForEver() throws IOException {
        try (TestServer server = new TestServer()) {
            server.limits = new SessionLimits(1000, 1, 50, 10, 10, 10, 3, 2048, 1000, LineEnds.REFUSE);
            String rcpt = "C: RCPT TO:<alice@example.org>\n";
            server.start()
                    .play(HELO + "C: MAIL FROM:<>\nS: 250 *\n" + rcpt + "S: 250 *\n"
                            + (rcpt + "S: 452 *\n").repeat(Conduct.OVERSHOOT) + rcpt
                            + "S: 421 4.7.0 far too many recipients for one message; closing\nS END\n");
        }
    }

    private static String exchange(String command, String reply) {
        return "C: " + command + "\nS: " + reply + "\n";
    }
}
