package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A hundred domains by their MX: one answers after a minute for each command, one defers everything, one refuses connections.
 * The other 97 have their mail as soon as without them. {@code -Dnexthop.long=true} sends ten times as much.
 */
@Tag("namespace")
class FairnessIT {
    private static final boolean LONG = Boolean.getBoolean("nexthop.long");
    private static final int GOOD = 97;
    private static final int EACH = LONG ? 100 : 8;
    private static final int BAD = LONG ? 1_000 : 40;
    private static final int SESSIONS = 8;

    /** How long a good host thinks about a message; that, not this machine, is what the time goes to. */
    private static final Duration THINKS = Duration.ofMillis(600);

    private static final Duration TARPIT = Duration.ofSeconds(60);
    private static final Duration LIMIT = LONG ? Duration.ofMinutes(5) : Duration.ofSeconds(40);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void ninetySevenDomainsDrainAsFastWithThreeBadOnesAsWithout() throws Exception {
        Internet internet = scenario.closing(Internet.open());
        Sink good = scenario.closing(internet.exchanger("good.example", "192.0.2.10"));
        good.behave(line -> line.equals(".") ? after(THINKS, null) : null);
        for (int i = 0; i < GOOD; i++) {
            internet.names().with("good" + i + ".example.", "MX", "10 mx.good.example.");
        }
        Sink tarpit = scenario.closing(internet.exchanger("tarpit.example", "192.0.2.11"));
        tarpit.behave(line -> after(TARPIT, null));
        Sink deferring = scenario.closing(internet.exchanger("deferring.example", "192.0.2.12"));
        deferring.behave(line -> line.startsWith("RCPT") ? "451 4.7.1 later" : null);
        internet.address("192.0.2.13");
        internet.names()
                .with("refusing.example.", "MX", "10 mx.refusing.example.")
                .with("mx.refusing.example.", "A", "192.0.2.13");
        ServerFile file = ServerFile.in(scenario.home())
                .part("resolver", internet.resolver())
                .part("limits", """
                [queue.limits]
                per-destination = 2
                """);
        NexthopProcess server = scenario.closing(NexthopProcess.start(file, internet.host(), Map.of()));

        Duration cold = drain(server, good, "cold", EACH);
        Duration without = shorter(cold, drain(server, good, "without", EACH));
        for (String bad : List.of("tarpit", "deferring", "refusing")) {
            send(server, bad, BAD, i -> "r" + i + "@" + bad + ".example");
        }
        Duration with = drain(server, good, "with", EACH);
        if (with.toMillis() > 1.1 * without.toMillis()) {
            without =
                    shorter(without, drain(server, good, "without, or nearly", EACH)); // once more: the machine is busy
            with = shorter(with, drain(server, good, "again", EACH));
        }
        System.out.println("fairness: " + GOOD + " x " + EACH + " messages without bad domains " + without.toMillis()
                + " ms, with three " + with.toMillis() + " ms");
        assertThat(with.toMillis()).isLessThanOrEqualTo((long) (1.1 * without.toMillis()));
        assertThat(tarpit.connections()).as("it was tried").isPositive();
        assertThat(deferring.received()).isEmpty();
        assertThat(server.queue().size()).as("the mail of the bad ones waits").isEqualTo(3 * BAD);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration drain(NexthopProcess server, Sink good, String sender, int each) throws Exception {
        int before = good.received().size();
        long start = System.nanoTime();
        send(server, sender.replaceAll("[^a-z]", ""), GOOD * each, i -> "r" + i + "@good" + i % GOOD + ".example");
        Await.until("all have it", LIMIT, () -> good.received().size() == before + GOOD * each);
        long end = good.received().stream().mapToLong(Sink.Received::at).max().orElseThrow();
        return Duration.ofNanos(end - start);
    }

    /** Who a message is for. */
    private interface Addressee {
        String of(int number);
    }

    private static void send(NexthopProcess server, String sender, int messages, Addressee to) throws Exception {
        byte[] message = Mail.simple("fairness");
        try (ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int session = 0; session < SESSIONS; session++) {
                int first = session;
                Callable<Boolean> work = () -> {
                    try (SmtpClient client = server.client()) {
                        for (int i = first; i < messages; i += SESSIONS) {
                            take(client, sender, to.of(i), message);
                        }
                        return true;
                    }
                };
                all.add(sessions.submit(work));
            }
            for (Future<Boolean> one : all) {
                assertThat(one.get()).isTrue();
            }
        }
    }

    private static void take(SmtpClient client, String sender, String to, byte[] message) throws IOException {
        SmtpClient.Reply reply = client.pipelined(sender + "@example.org", to, message);
        if (reply.code() != 250) {
            throw new IOException("not taken: " + reply);
        }
    }

    private static <T extends @org.jspecify.annotations.Nullable Object> T after(Duration time, T reply) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return reply;
    }
}
