package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * SIGKILL at random moments while twenty sessions send through the server: what it answered 250 to arrives, always; and
 * twice only what was under way when it died. {@code -Dnexthop.long=true} sends twenty times as much.
 */
class CrashIT {
    private static final int SESSIONS = 20;

    /** A message that the hop had this long before a kill was confirmed to the server, and must not come again. */
    private static final Duration IN_FLIGHT = Duration.ofSeconds(1);

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
    private static final boolean LONG = Boolean.getBoolean("nexthop.long");

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger tried = new AtomicInteger();
    private final Collection<String> surprises = new ConcurrentLinkedQueue<>();

    @Test
    void whatWasAcknowledgedArrivesWheneverTheProcessDies() throws Exception {
        int messages = LONG ? 100_000 : 5_000;
        int kills = LONG ? 50 : 5;
        long seed = Long.getLong("nexthop.seed", System.nanoTime());
        System.out.println("crash scenario: seed " + seed + " (repeat with -Dnexthop.seed=" + seed + ")");
        Sink sink = scenario.closing(Sink.smtp());
        ServerFile file = ServerFile.in(scenario.home()).retryEvery(1).routing("""
                [queue.outbound]
                next-hop = "'relay'"
                [remote.relay]
                address = "127.0.0.1"
                port = %d
                protocol = "smtp"
                tls.implicit = false
                """.formatted(sink.port()));
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        List<Thread> sessions = sessions(server, messages);

        List<Long> killed = new ArrayList<>();
        for (int moment : moments(new Random(seed), messages, kills)) {
            Await.until("acknowledged " + moment, DRAIN_LIMIT, () -> acknowledged.size() >= moment);
            killed.add(System.nanoTime());
            server.kill9();
            server = scenario.closing(NexthopProcess.start(file));
        }
        for (Thread session : sessions) {
            session.join(DRAIN_LIMIT);
        }
        server.drained(DRAIN_LIMIT);

        assertThat(surprises).isEmpty();
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(messages);
        Map<String, List<Long>> arrivals = arrivals(sink);
        Set<String> lost = new TreeSet<>(acknowledged);
        lost.removeAll(arrivals.keySet());
        assertThat(lost).as("acknowledged and never delivered").isEmpty();
        List<String> twice = new ArrayList<>();
        arrivals.forEach((id, times) -> {
            if (times.size() > 1) {
                assertThat(times.subList(0, times.size() - 1))
                        .as("duplicate " + id + ", delivered before and not in flight at a kill")
                        .allMatch(time -> inFlight(time, killed));
                twice.add(id);
            }
        });
        System.out.printf(
                "crash scenario: %d acknowledged, %d tried, %d kills, %d arrived, %d of them twice%n",
                acknowledged.size(), tried.get(), kills, arrivals.size(), twice.size());
    }

    private List<Thread> sessions(NexthopProcess first, int messages) {
        List<Thread> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(Thread.ofVirtual().start(() -> session(first, messages)));
        }
        return sessions;
    }

    /** Sends until all are acknowledged; a connection that breaks is opened again. An id is never sent twice. */
    private void session(NexthopProcess first, int messages) {
        while (acknowledged.size() < messages) {
            try (SmtpClient client = SmtpClient.ready(Network.ours(), first.smtp())) {
                converse(client, messages);
            } catch (IOException e) {
                // Killed, or not yet up again: that is the scenario.
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    private void converse(SmtpClient client, int messages) throws IOException {
        for (int i = 0; i < 100; i++) {
            int number = tried.incrementAndGet();
            if (acknowledged.size() >= messages) {
                return;
            }
            String id = "crash-" + number;
            SmtpClient.Reply reply = client.send("jane@example.org", List.of(id + "@example.net"), Mail.simple(id));
            if (reply.code() == 250) {
                acknowledged.add(id);
            } else if (reply.code() != 421) {
                surprises.add(reply.toString());
                return;
            }
        }
        client.say("QUIT");
    }

    /** Counts of acknowledged messages, rising, at which the process is killed. */
    private static List<Integer> moments(Random random, int messages, int kills) {
        return random.ints(1, messages * 9 / 10)
                .distinct()
                .limit(kills)
                .sorted()
                .boxed()
                .toList();
    }

    private static Map<String, List<Long>> arrivals(Sink sink) {
        Map<String, List<Long>> arrivals = new HashMap<>();
        for (Sink.Received message : sink.received()) {
            String recipient = message.recipients().getFirst();
            String id = recipient.substring(0, recipient.indexOf('@'));
            assertThat(new String(message.content(), StandardCharsets.US_ASCII))
                    .contains("<" + id + "@client.example>");
            arrivals.computeIfAbsent(id, _ -> new ArrayList<>()).add(message.at());
        }
        arrivals.values().forEach(times -> times.sort(Long::compare));
        return arrivals;
    }

    private static boolean inFlight(long time, List<Long> killed) {
        // The process may go on for a moment after the clock was read.
        return killed.stream().anyMatch(kill -> time > kill - IN_FLIGHT.toNanos() && time < kill + IN_FLIGHT.toNanos());
    }
}
