package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Next hops that are down, slow, or talk nonsense: the message waits, goes when they are well again, and goes once. */
class BadHopIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void aHopThatIsDownGetsTheMessageWhenItIsBack() throws Exception {
        int port = Ports.free();
        NexthopProcess server = serve(port, "smtp");
        server.take("jane@example.org", List.of("a@example.net", "b@example.com"), Mail.simple("down"));

        JsonNode waiting = deferred(server, "a@example.net");
        assertThat(waiting.path("last").path("error").asString()).isEqualTo("connection");
        assertThat(waiting.path("last").path("host").asString()).contains("127.0.0.1");
        Sink sink = scenario.closing(Sink.on(Network.ours(), new InetSocketAddress("127.0.0.1", port), false));
        server.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("a@example.net", "b@example.com");
        assertThat(sink.received())
                .as("one transaction for one hop, whatever the domains")
                .hasSize(1);
    }

    /** How a hop misbehaves: from the first line that begins so, greeting and dot whole, with that reply. */
    private record Fault(String name, String line, String reply) {
        boolean matches(String said) {
            return line.isEmpty() || line.equals(".") ? said.equals(line) : said.startsWith(line);
        }
    }

    private static final List<Fault> FAULTS = Stream.of("""
                    greeting that never comes      |      | (silence)
                    greeting that says no          |      | 554 5.3.2 not today
                    greeting that says later       |      | 421 4.3.2 later
                    greeting of another language   |      | SSH-2.0-OpenSSH_9.2
                    greeting without a code        |      | hello there
                    EHLO never answered            | EHLO | (silence)
                    EHLO answered by hanging up    | EHLO | (hang up)
                    MAIL answered with nonsense    | MAIL | 9999999999999999999999
                    MAIL answered too early        | MAIL | 354 go on
                    RCPT never answered            | RCPT | (silence)
                    RCPT deferred                  | RCPT | 450 4.2.0 greylisted
                    DATA deferred                  | DATA | 451 4.3.0 busy
                    DATA answered by hanging up    | DATA | (hang up)
                    the dot deferred               | .    | 452 4.3.1 full
                    the dot answered by hanging up | .    | (hang up)
                    the dot never answered         | .    | (silence)
                    """.split("\n"))
            .map(row -> row.split("\\|"))
            .map(cells -> new Fault(cells[0].strip(), cells[1].strip(), cells[2].strip()))
            .toList();

    /** All at once, each with a domain and a hop of its own, at one server. */
    @TestFactory
    Stream<DynamicTest> hopsThatMisbehaveGetTheMessageOnceWhenTheyAreWell() throws Exception {
        List<Sink> sinks = new ArrayList<>();
        StringBuilder hops = new StringBuilder();
        for (Fault fault : FAULTS) {
            Sink sink = scenario.closing(Sink.smtp());
            sink.behave(line -> fault.matches(line) ? fault.reply() : null);
            hops.append(hop("hop" + sinks.size(), sink.port(), "smtp"));
            sinks.add(sink);
        }
        NexthopProcess server =
                serve("[queue.outbound]\nnext-hop = \"strip_suffix(rcpt_domain, '.example')\"\n" + hops);
        for (int i = 0; i < FAULTS.size(); i++) {
            server.take("jane@example.org", List.of(recipient(i)), Mail.simple("bad hop"));
        }
        Stream<DynamicTest> ill = IntStream.range(0, FAULTS.size())
                .mapToObj(i -> dynamicTest(FAULTS.get(i).name() + ": it waits", () -> {
                    JsonNode waiting = deferred(server, recipient(i));
                    assertThat(waiting.path("last").path("reason").asString()).isNotBlank();
                    assertThat(sinks.get(i).received()).isEmpty();
                    sinks.get(i).behave(line -> null);
                }));
        Stream<DynamicTest> well = IntStream.range(0, FAULTS.size())
                .mapToObj(i -> dynamicTest(FAULTS.get(i).name() + ": it goes once", () -> {
                    server.gone(recipient(i), LIMIT);
                    assertThat(sinks.get(i).recipients()).containsExactly(recipient(i));
                }));
        return Stream.concat(ill, well);
    }

    private static String recipient(int fault) {
        return "somebody@hop" + fault + ".example";
    }

    @Test
    void aReplyWithoutEndIsCutOffAndTheServerLives() throws Exception {
        Sink sink = scenario.closing(Sink.smtp());
        sink.behave(line -> line.isEmpty() ? "220-" + "x".repeat(4 * 1024 * 1024) : null);
        NexthopProcess server = serve(sink.port(), "smtp");
        server.take("jane@example.org", List.of("somebody@example.net"), Mail.simple("endless"));

        deferred(server, "somebody@example.net");
        sink.behave(line -> null);
        server.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("somebody@example.net");
    }

    /** RFC 2033 §4.2: each recipient has an answer of its own; only those without a final one are sent again. */
    @Test
    void anLmtpHopThatHangsUpHalfWayGetsOnlyTheRestAgain() throws Exception {
        Sink sink = scenario.closing(Sink.lmtp());
        AtomicInteger answered = new AtomicInteger();
        sink.behave(line -> line.startsWith(". ") && answered.incrementAndGet() > 2 ? Sink.HANG_UP : null);
        NexthopProcess server = serve(sink.port(), "lmtp");
        List<String> all = List.of("a@example.net", "b@example.net", "c@example.net", "d@example.net");
        server.take("jane@example.org", all, Mail.simple("half way"));

        Await.until("two have answered", LIMIT, () -> sink.received().size() == 2);
        Await.until("the others wait", LIMIT, () -> statuses(server, "deferred") == 2);
        sink.behave(line -> null);
        server.drained(LIMIT);
        assertThat(sink.recipients()).containsExactlyElementsOf(all);
    }

    @Test
    void anLmtpRecipientThatFailsDoesNotHoldTheOthers() throws Exception {
        Sink sink = scenario.closing(Sink.lmtp());
        sink.behave(line -> switch (line) {
            case ". b@example.net" -> "552 5.2.2 over quota";
            case ". c@example.net" -> "452 4.2.2 nearly full";
            default -> null;
        });
        NexthopProcess server = serve(sink.port(), "lmtp");
        server.take(
                "", List.of("a@example.net", "b@example.net", "c@example.net", "d@example.net"), Mail.simple("mixed"));

        JsonNode waiting = deferred(server, "c@example.net");
        assertThat(waiting.path("last").path("enhanced").asString()).isEqualTo("4.2.2");
        sink.behave(line -> null);
        // The null reverse-path gets no bounce (RFC 5321 §6.1): b is in the log, and held for the postmaster.
        Await.until("the others have it", LIMIT, () -> statuses(server, "delivered") == 3);
        assertThat(statuses(server, "held")).isEqualTo(1);
        assertThat(sink.recipients()).containsExactly("a@example.net", "c@example.net", "d@example.net");
        server.logged("b@example.net", "over quota");
    }

    @Test
    void oneSlowHopDoesNotDelayAnother() throws Exception {
        Sink slow = scenario.closing(Sink.smtp());
        Sink quick = scenario.closing(Sink.smtp());
        slow.behave(line -> line.equals(".") ? Sink.SILENCE : null);
        NexthopProcess server = serve("""
                [queue.outbound]
                next-hop = [ { if = "rcpt_domain = 'slow.example'", then = "'slow'" }, { else = "'quick'" } ]
                """ + hop("slow", slow.port(), "smtp") + hop("quick", quick.port(), "smtp"));
        for (int i = 0; i < 60; i++) {
            server.take("jane@example.org", List.of("n" + i + "@slow.example"), Mail.simple("slow " + i));
        }
        server.take("jane@example.org", List.of("n@quick.example"), Mail.simple("quick"));
        Await.until(
                "the quick one has it",
                Duration.ofSeconds(5),
                () -> quick.received().size() == 1);
        slow.behave(line -> null);
        server.drained(LIMIT);
        assertThat(slow.recipients()).doesNotHaveDuplicates().hasSize(60);
    }

    private static JsonNode deferred(NexthopProcess server, String address) {
        return server.recipient(
                address, LIMIT, it -> it.path("status").asString().equals("deferred"));
    }

    private static long statuses(NexthopProcess server, String status) throws IOException {
        return server.queue()
                .get(0)
                .path("recipients")
                .valueStream()
                .filter(it -> it.path("status").asString().equals(status))
                .count();
    }

    /** The pause is longer than the test: only a probe can find out, and it brings no mail. */
    @Test
    void aProbeFindsOutThatAHostIsBack() throws Exception {
        int port = Ports.free();
        Sink second = scenario.closing(Sink.smtp());
        NexthopProcess server = serve("""
                [queue.outbound]
                next-hop = "['bad', 'second']"
                """ + hop("bad", port, "smtp") + """
                health.failures = 1
                health.pause = "1h"
                health.probe = "1s"
                """ + hop("second", second.port(), "smtp"));
        server.take("jane@example.org", List.of("a@example.net"), Mail.simple("one"));
        Await.until("the second has it", LIMIT, () -> second.received().size() == 1);
        server.logged("event=alarm subject=hop");

        Sink first = scenario.closing(Sink.on(Network.ours(), new InetSocketAddress("127.0.0.1", port), false));
        server.logged("event=relief subject=hop");
        assertThat(first.received()).isEmpty();
        server.take("jane@example.org", List.of("b@example.net"), Mail.simple("two"));
        server.drained(LIMIT);
        assertThat(first.recipients()).containsExactly("b@example.net");
        assertThat(second.recipients()).containsExactly("a@example.net");
    }

    private NexthopProcess serve(int port, String protocol) throws IOException {
        return serve("""
                [queue.outbound]
                next-hop = "'bad'"
                """ + hop("bad", port, protocol));
    }

    private NexthopProcess serve(String routing) throws IOException {
        ServerFile file =
                ServerFile.in(scenario.home()).retryEvery(1).routing(routing).part("timeouts", """
                [queue.outbound.timeouts]
                connect = "2s"
                greeting = "1s"
                ehlo = "1s"
                mail-from = "1s"
                rcpt-to = "1s"
                data = "1s"
                """);
        return scenario.closing(NexthopProcess.start(file));
    }

    private static String hop(String id, int port, String protocol) {
        return """
                [remote.%s]
                address = "127.0.0.1"
                port = %d
                protocol = "%s"
                tls.implicit = false
                """.formatted(id, port, protocol);
    }
}
