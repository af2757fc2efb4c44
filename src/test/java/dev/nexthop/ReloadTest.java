package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.admin.Reloading;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Surroundings;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.InitialSchedule;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server and what reloads do to it: all of a configuration, or nothing. */
class ReloadTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @TempDir
    Path folder = Path.of("");

    private final AtomicReference<Supplier<Loaded>> source = new AtomicReference<>();
    private @Nullable Node running;

    private String text(String hostname, String more) {
        return """
                [server]
                hostname = "%s"
                [server.listener.in]
                bind = "127.0.0.1:0"
                protocol = "smtp"
                [store.db]
                type = "rocksdb"
                path = "data"
                [storage]
                data = "db"
                %s
                """.formatted(hostname, more);
    }

    private Loaded loaded(String text) {
        return Configuration.parse(
                "nexthop.toml",
                text.getBytes(StandardCharsets.UTF_8),
                folder,
                new Surroundings(_ -> null, () -> "mx.example.org"));
    }

    private Node start() throws IOException {
        Loaded.Ok first = (Loaded.Ok) loaded(text("one.example.org", ""));
        Node node = Node.start(first.configuration(), () -> source.get().get(), LIMIT);
        running = node;
        return node;
    }

    private Reloading.Result reload(String text) {
        source.set(() -> loaded(text));
        return node().reload("the test");
    }

    private Node node() {
        return Optional.ofNullable(running).orElseThrow();
    }

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    private static InetSocketAddress listener(Node node, String id) {
        return node.listening().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow()
                .address();
    }

    private static String greeting(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort());
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.setSoTimeout(10_000);
            return String.valueOf(in.readLine());
        }
    }

    @Test
    void aGoodOneIsInForceAtOnce() throws IOException {
        Node node = start();
        InetSocketAddress kept = listener(node, "in");
        Reloading.Result result = reload(
                text("two.example.org", "[server.listener.more]\nbind = \"127.0.0.1:0\"\nprotocol = \"smtp\"\n"));
        assertThat(result.good()).as(result.toString()).isTrue();
        assertThat(result.summary())
                .startsWith("reloaded: ")
                .contains("server.hostname one.example.org → two.example.org (nexthop.toml:2)")
                .endsWith("; listener more added");
        assertThat(listener(node, "in")).isEqualTo(kept);
        assertThat(greeting(kept)).startsWith("220 two.example.org");
        assertThat(greeting(listener(node, "more"))).startsWith("220 two.example.org");
    }

    @Test
    void whatWantsARestartRefusesTheWhole() throws IOException {
        Node node = start();
        Reloading.Result result = reload(text("two.example.org", "[log]\nformat = \"json\"\n"));
        assertRefused(node, result, "NH050");
        assertThat(result.summary()).contains("log.format can't change from text to json");
    }

    @Test
    void anAddressThatIsTakenRefusesTheWhole() throws IOException {
        Node node = start();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String protocol : new String[] {"smtp", "http"}) {
                String more = "[server.listener.more]\nbind = \"127.0.0.1:%d\"\nprotocol = \"%s\"\n"
                        .formatted(taken.getLocalPort(), protocol);
                assertRefused(node, reload(text("two.example.org", more)), "NH051");
            }
        }
    }

    @Test
    void everyProblemIsTold() throws IOException {
        Node node = start();
        Reloading.Result result =
                reload(text("two.example.org", "[queue.outbound]\nnext-hopp = false\nnext-hop = \"'lost'\"\n"));
        assertRefused(node, result, "NH005");
        assertThat(result.problems()).extracting(Reloading.Fault::code).contains("NH005", "NH012");
    }

    @Test
    void anErrorInTheProgramRefusesTheWhole() throws IOException {
        Node node = start();
        source.set(() -> {
            throw new IllegalStateException("thrown by the test");
        });
        assertRefused(node, node.reload("the test"), "NH053");
    }

    /** A file on a dead disk: refused in time, nobody else may hang there, and what comes late is put in force by nobody. */
    @Test
    void whatIsNotReadInTimeIsRefused() throws Exception {
        Node node = start();
        CountDownLatch dead = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        source.set(() -> {
            boolean waiting = true;
            while (waiting) {
                try {
                    dead.await();
                    waiting = false;
                } catch (InterruptedException e) {
                    waiting = true; // as a read that nothing ends
                }
            }
            read.countDown();
            return loaded(text("two.example.org", ""));
        });
        assertRefused(node, node.reload("the test"), "NH052");
        Reloading.Result second = reload(text("two.example.org", ""));
        assertRefused(node, second, "NH052");
        assertThat(second.summary()).contains("an earlier reload");
        dead.countDown();
        read.await();
        await(() -> reload(text("three.example.org", "")).good());
        assertThat(greeting(listener(node, "in"))).startsWith("220 three.example.org");
    }

    private static void assertRefused(Node node, Reloading.Result result, String code) throws IOException {
        assertThat(result.good()).as(result.toString()).isFalse();
        assertThat(result.summary()).startsWith("not reloaded, the running configuration goes on: ");
        assertThat(result.problems().getFirst().code()).isEqualTo(code);
        assertThat(greeting(listener(node, "in"))).startsWith("220 one.example.org");
    }

    /** The wait of a new message may depend on its size and id, as they are when it is accepted. */
    @Test
    void theScheduleOfANewMessageKnowsItsSizeAndId() throws IOException {
        start();
        String more = """
                [queue.schedule]
                expire = [{ if = "size > 1mb", then = "1d" }, { if = "message_id = '%s'", then = "2d" }, { else = "5d" }]
                """.formatted(new QueueId(7));
        Loaded.Ok ok = (Loaded.Ok) loaded(text("one.example.org", more));
        Generation generation = new Generation(ok.configuration(), null, node().foundation());
        Envelope envelope = new Envelope(
                ReversePath.of("a@a.test"),
                List.of(Mailbox.parse("b@b.test")),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL);
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        InitialSchedule schedule = generation.services().schedule();
        Mailbox to = envelope.recipients().getFirst();
        assertThat(schedule.initial(envelope, new QueueId(6), 2 << 20, to, now).expires())
                .isEqualTo(now.plus(Duration.ofDays(1)));
        assertThat(schedule.initial(envelope, new QueueId(7), 1_000, to, now).expires())
                .isEqualTo(now.plus(Duration.ofDays(2)));
        assertThat(schedule.initial(envelope, new QueueId(6), 1_000, to, now).expires())
                .isEqualTo(now.plus(Duration.ofDays(5)));
        generation.end();
    }

    /** What a configuration opened is closed once, when it is replaced and nobody works with it any more. */
    @Test
    void whatIsInUseIsNotClosed() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        Generation old = generation();
        AutoCloseable part = () -> assertThat(closed.getAndSet(true)).isFalse();
        assertThat(old.keep(part)).isSameAs(part);
        Generations generations = new Generations(old);
        var rules = generations.open();
        assertThat(old.enter()).isTrue();
        Generation young = generation();
        generations.replace(young);
        old.replacedBy(young);
        assertThat(closed).isFalse();
        rules.close();
        assertThat(closed).isFalse();
        old.leave();
        await(closed::get);
        assertThat(old.enter()).as("nobody can begin with it").isFalse();
        assertThat(generations.open()).isSameAs(young.rules());
    }

    private Generation generation() throws IOException {
        if (running == null) {
            start();
        }
        Loaded.Ok ok = (Loaded.Ok) loaded(text("one.example.org", ""));
        return new Generation(ok.configuration(), null, node().foundation());
    }

    @Test
    void nothingIsReloadedAfterTheEnd() throws IOException {
        Node node = start();
        InetSocketAddress address = listener(node, "in");
        node.close();
        assertThat(reload(text("two.example.org", "")).good()).isFalse();
        assertThatThrownBy(() -> greeting(address)).isInstanceOf(IOException.class);
    }

    private static void await(Supplier<Boolean> condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.get()) {
            assertThat(System.nanoTime()).as("the time to wait in").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
