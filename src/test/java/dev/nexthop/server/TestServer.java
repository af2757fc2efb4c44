package dev.nexthop.server;

import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryOptions;
import dev.nexthop.directory.MemoryDirectory;
import dev.nexthop.directory.Password;
import dev.nexthop.directory.Principal;
import dev.nexthop.directory.PrincipalKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.QuotaGate;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.ServerStrength;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** A server on loopback with everything faked behind it, its settings changed before {@link #start}. */
final class TestServer implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-22T16:00:05Z");

    final FakeSpool spool = new FakeSpool();
    final FakeEvents events = new FakeEvents();
    /** What the schedule was asked about: id and size. */
    final List<String> scheduled = new CopyOnWriteArrayList<>();

    final AtomicLong nanos = new AtomicLong(1);
    Protocol protocol = Protocol.SMTP;
    SessionLimits limits = SessionLimits.DEFAULT;
    Timeouts timeouts = Timeouts.DEFAULT;
    ConnectionLimits connections = ConnectionLimits.DEFAULT;
    Extensions extensions = Extensions.DEFAULT;
    Optional<ListenerTls> tls = Optional.empty();
    Directory directory = people();
    RelayPolicy relay = RelayPolicy.NOBODY;
    QuotaGate quotas = QuotaGate.UNLIMITED;
    private Optional<Server> server = Optional.empty();

    static Directory people() {
        return new MemoryDirectory(
                List.of(
                        person("alice", "alice@example.org", "postmaster@example.org"),
                        person("bob", "bob@example.org"),
                        person("carla", "carla@example.org")),
                List.of(),
                DirectoryOptions.DEFAULT);
    }

    static Principal person(String name, String... addresses) {
        return new Principal(
                name,
                PrincipalKind.INDIVIDUAL,
                "",
                List.of(Password.of("secret of " + name)),
                List.of(addresses),
                List.of(),
                List.of());
    }

    TestServer lmtp() {
        protocol = Protocol.LMTP;
        return this;
    }

    TestServer tls(Supplier<SSLContext> context, boolean implicit) {
        tls = Optional.of(new ListenerTls(context, implicit));
        return this;
    }

    TestServer strength(ServerStrength strength) {
        tls = tls.map(one -> new ListenerTls(one.context(), one.implicit(), strength));
        return this;
    }

    TestServer start() throws IOException {
        ListenerSettings listener = new ListenerSettings(
                "test", List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), protocol, tls, extensions);
        ServerSettings settings = new ServerSettings(
                "mx.example.org",
                ServerSettings.DEFAULT_GREETING,
                new Domain("example.org"),
                List.of(listener),
                limits,
                timeouts,
                connections);
        Services services = new Services(
                spool,
                directory,
                relay,
                (_, id, size, recipient, now) -> {
                    scheduled.add(id + " " + size);
                    return new RecipientState(
                            recipient,
                            RecipientStatus.SCHEDULED,
                            0,
                            0,
                            now,
                            now.plus(Duration.ofDays(1)),
                            now.plus(Duration.ofDays(5)),
                            Optional.empty());
                },
                events,
                Tenancy.FOREVER,
                quotas);
        Server made = new Server(settings, services, InstantSource.fixed(NOW), nanos::get);
        made.start();
        server = Optional.of(made);
        return this;
    }

    Server server() {
        return server.orElseThrow();
    }

    int port() {
        return server().listening().getFirst().address().getPort();
    }

    /** Plays a dialogue on a new connection. */
    TestServer play(String script) throws IOException {
        try (Dialogue dialogue = new Dialogue(port())) {
            dialogue.play(script);
        }
        return this;
    }

    /** Lets time pass and the watch look. */
    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        server().sessions().expire(nanos.get());
    }

    QueuedMessage message(int id) {
        return spool.read(new QueueId(id)).orElseThrow();
    }

    String text(int id) {
        byte[] bytes = message(id).body().inMemory();
        return new String(bytes == null ? new byte[0] : bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.ifPresent(running -> running.stop(Duration.ofSeconds(5)));
    }
}
