package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import tools.jackson.databind.JsonNode;

/**
 * Cells of one real server, run with one server of ours: every message is sent at once, then each test looks for its own.
 *
 * @param peer the real server
 * @param server ours
 */
record Interop(Peer peer, NexthopProcess server) {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Starts a server of ours with a hop for each cell, sends the messages, and gives a test for each. */
    static Stream<DynamicTest> run(Scenario scenario, Peer peer, Places places, List<Cell> all) throws IOException {
        return run(scenario, peer, places, all, "");
    }

    /** The same, with more in our configuration. */
    static Stream<DynamicTest> run(Scenario scenario, Peer peer, Places places, List<Cell> all, String more)
            throws IOException {
        List<Cell> cells = all.stream().filter(cell -> cell.feature().built()).toList();
        NexthopProcess server = scenario.closing(NexthopProcess.start(ServerFile.in(scenario.home())
                .routing(places.fill(routing(cells)))
                .part("more", places.fill(more))
                .part("offers", "[session.extensions]\ndsn = true\n")));
        try (SmtpClient client = server.client()) {
            for (Cell cell : cells) {
                send(client, cell);
            }
        }
        Interop interop = new Interop(peer, server);
        return cells.stream()
                .map(cell -> dynamicTest(cell.feature().words() + " (" + cell.id() + ")", () -> interop.check(cell)));
    }

    private static String routing(List<Cell> cells) {
        String rules = cells.stream()
                .map(cell -> "{ if = \"rcpt_domain = '%1$s.example'\", then = \"'%1$s'\" },\n".formatted(cell.id()))
                .collect(Collectors.joining());
        String hops = cells.stream()
                .map(cell -> "[remote." + cell.id() + "]\n" + cell.hop())
                .collect(Collectors.joining());
        return """
                [queue.outbound]
                conversion = [ { if = "rcpt_domain = 'always.example'", then = "always" }, { else = "unsigned" } ]
                next-hop = [ { if = "sender = ''", then = "'local'" },
                """ + rules + "{ else = false } ]\n" + hops;
    }

    private static void send(SmtpClient client, Cell cell) throws IOException {
        List<String> envelope = new ArrayList<>(List.of(
                "MAIL FROM:<jane@example.org>" + cell.mailParameters(),
                "RCPT TO:<" + cell.recipient() + ">" + cell.rcptParameters()));
        if (cell.kind() == Cell.Kind.MIXED) {
            envelope.add("RCPT TO:<" + cell.blocked() + ">");
        }
        for (String line : envelope) {
            assertThat(client.say(line).code()).as(line).isEqualTo(250);
        }
        assertThat(client.say("DATA").code()).isEqualTo(354);
        assertThat(client.content(cell.message()).code()).as(cell.id()).isEqualTo(250);
    }

    private void check(Cell cell) throws IOException, InterruptedException {
        try {
            switch (cell.end()) {
                case Cell.End.Delivered() -> assertDelivered(cell);
                case Cell.End.Converted() -> assertConverted(cell);
                case Cell.End.Failed(String status) -> {
                    assertThat(logged(cell, "status=failed")).contains("enhanced=" + status);
                    assertNothingSaid(cell);
                    if (cell.kind() == Cell.Kind.SIGNED) {
                        assertBounced(cell, status);
                    }
                }
                case Cell.End.Waits(String why) -> {
                    assertThat(logged(cell, "status=deferred")).containsPattern(why);
                    assertNothingSaid(cell);
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "\nthe session:\n" + peer.session(cell.id() + ".example") + "\nour log:\n"
                            + lines(cell),
                    e);
        }
    }

    private void assertNothingSaid(Cell cell) throws IOException {
        assertThat(peer.session(cell.id() + ".example"))
                .as("who heard of the recipient")
                .isEmpty();
        assertThat(copies(cell)).isEmpty();
    }

    private void assertDelivered(Cell cell) throws IOException {
        logged(cell, "status=delivered");
        if (cell.kind() == Cell.Kind.MIXED) {
            logged(cell, "status=deferred");
            assertThat(lines(cell)).containsPattern("rcpt=" + cell.recipient() + " .*status=delivered");
            assertThat(lines(cell)).containsPattern("rcpt=" + cell.blocked() + " .*status=deferred");
        }
        byte[] copy = only(cell);
        byte[] sent = peer.bareLines() ? Mail.bareLines(cell.message()) : cell.message();
        Mail.assertSameBehindTrace(copy, sent);
        String message = new String(copy, StandardCharsets.ISO_8859_1);
        // Folded fields on one line each.
        String trace = message.substring(0, message.length() - sent.length).replaceAll("\r?\n[ \t]+", " ");
        cell.trace().forEach(proof -> assertThat(trace).containsPattern(proof));
        assertNoted(cell);
    }

    private void assertConverted(Cell cell) throws IOException, InterruptedException {
        logged(cell, "status=delivered");
        byte[] copy = only(cell);
        for (byte octet : copy) {
            assertThat(octet).isNotNegative();
        }
        MailReader.assertSame(server.home(), copy, cell.message());
        assertNoted(cell);
    }

    private byte[] only(Cell cell) {
        List<byte[]> copies =
                Await.value(cell.id() + " at the server", LIMIT, () -> copies(cell), found -> !found.isEmpty());
        assertThat(copies).hasSize(1);
        return copies.getFirst();
    }

    private void assertNoted(Cell cell) throws IOException {
        String session = peer.session(cell.id() + ".example");
        cell.session().forEach(proof -> assertThat(session).containsPattern(Pattern.compile(proof, Pattern.MULTILINE)));
    }

    /** The sender is told, and why (RFC 3464). */
    private void assertBounced(Cell cell, String status) throws IOException, InterruptedException {
        server.arrived("jane", 1, LIMIT);
        JsonNode box = server.json("mailbox", "list", "jane");
        assertThat(box).hasSize(1);
        String notification = server.cli(
                        "mailbox", "show", "jane", box.get(0).path("id").asString())
                .orFail()
                .text();
        assertThat(notification)
                .contains("Final-Recipient: rfc822; " + cell.recipient(), "Action: failed", "Status: " + status);
    }

    private List<byte[]> copies(Cell cell) throws IOException {
        Pattern subject = Pattern.compile("(?m)^Subject: " + cell.id() + "\r?$");
        return peer.kept().stream()
                .filter(message -> subject.matcher(header(message)).find())
                .toList();
    }

    /** Without the body, where a notification quotes the subject. */
    private static String header(byte[] message) {
        return new String(message, StandardCharsets.ISO_8859_1).split("\r?\n\r?\n", 2)[0];
    }

    /** Waits for the line of our log that has the words, and returns it. */
    private String logged(Cell cell, String words) {
        return Await.value("our log says " + words, LIMIT, () -> lines(cell), lines -> lines.contains(words));
    }

    private String lines(Cell cell) throws IOException {
        return Stream.of(server.log(), server.output())
                .flatMap(String::lines)
                .filter(line -> line.contains("event=delivery") && line.contains("@" + cell.id() + ".example"))
                .collect(Collectors.joining("\n"));
    }
}
