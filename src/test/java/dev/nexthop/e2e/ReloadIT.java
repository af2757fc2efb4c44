package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * Fifty reloads under load, some by SIGHUP, some by the API, some of a broken file: nothing is lost, doubled, delayed or
 * sent where no configuration of its time would have sent it. {@code -Dnexthop.long=true} sends longer.
 */
class ReloadIT {
    private static final boolean LONG = Boolean.getBoolean("nexthop.long");
    private static final int SESSIONS = 32;
    private static final int RELOADS = 50;
    private static final int PER_SECOND = 1_000;
    private static final int PER_CONNECTION = 40;
    private static final Duration LOAD = LONG ? Duration.ofSeconds(40) : Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Two domains: the first goes to hop A or B, as the configuration of the time says, the second always to its own. */
    private static final String MOVING = "moving.example";

    private static final String STEADY = "steady.example";

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final Map<String, Sent> acknowledged = new ConcurrentHashMap<>();
    private final Collection<String> surprises = new ConcurrentLinkedQueue<>();
    private final AtomicInteger number = new AtomicInteger();
    private final List<Reign> reigns = new ArrayList<>();
    private final int extraPort = Ports.free();
    private volatile boolean loaded;

    /**
     * When a message was on its way to us, of {@link System#nanoTime}: no decision is older than its beginning.
     *
     * @param begun before its first octet was sent
     */
    private record Sent(long begun) {}

    /**
     * When a hop may have been that of the first domain.
     *
     * @param hop {@code a} or {@code b}
     * @param from before the reload was asked for
     * @param until after the next one was done
     */
    private record Reign(String hop, long from, long until) {}

    private enum Fault {
        SYNTAX,
        UNKNOWN_HOP,
        TAKEN_ADDRESS,
        OTHER_STORE
    }

    @Test
    void fiftyReloadsUnderLoadLoseDelayAndMisrouteNothing() throws Exception {
        Sink a = scenario.closing(Sink.smtp());
        Sink b = scenario.closing(Sink.smtp());
        Sink steady = scenario.closing(Sink.smtp());
        ServerSocket taken = scenario.closing(new ServerSocket(0));
        Files files = new Files(ServerFile.in(scenario.home()), List.of(a.port(), b.port(), steady.port()), taken);
        NexthopProcess server = scenario.closing(NexthopProcess.start(files.good("a")));

        long start = System.nanoTime();
        reigns.add(new Reign("a", start, Long.MAX_VALUE));
        List<Thread> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(Thread.ofVirtual().start(() -> session(server, start)));
        }
        int refused = 0;
        for (int i = 1; i <= RELOADS; i++) {
            await(start + LOAD.toNanos() * i / (RELOADS + 2));
            if (i % 5 == 3) {
                refuse(server, files, Fault.values()[refused++ % Fault.values().length], i % 2 == 0);
            } else {
                change(server, files, i % 4 < 2);
            }
        }
        await(start + LOAD.toNanos());
        loaded = true;
        for (Thread session : sessions) {
            session.join(LIMIT);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        server.drained(LIMIT);

        assertThat(surprises).isEmpty();
        assertArrivals(a, b, steady);
        assertThat(deliveries(server, acknowledged.size())).allMatch(line -> line.contains("status=delivered"));
        System.out.printf(
                "reload scenario: %d messages in %.1f s (%.0f a second), %d reloads, %d refused; hop a %d, hop b %d%n",
                acknowledged.size(),
                seconds,
                acknowledged.size() / seconds,
                RELOADS,
                refused,
                a.received().size(),
                b.received().size());
        assertThat(acknowledged).as("the load was one").hasSizeGreaterThan(LONG ? 20_000 : 2_000);
    }

    @Test
    void aHangUpNeverEndsTheServerAndIsAnsweredEvenWhenItCameDuringTheStart() throws Exception {
        ServerFile file = ServerFile.in(scenario.home());
        NexthopProcess server = scenario.closing(NexthopProcess.startHungUp(file));
        server.logged("reloaded: no setting changed");
        file.routing("[queue.outbound]\nnext-hop = \"'reject:550 5.7.1 not today'\"\n")
                .write();
        server.logged("reloaded: 1 setting changed: queue.outbound");
        assertThat(server.terminate()).isZero();
    }

    @Test
    void theCommandReloadsAndSaysWhatChangedOrWhatIsWrong() throws Exception {
        ServerFile file = ServerFile.in(scenario.home());
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        file.part("server", "[server]\nhostname = \"mx2.example.org\"\n").write();
        assertThat(server.cli("reload", "--dry-run").orFail().text())
                .contains("would be reloaded: ", "server.hostname mx.example.org → mx2.example.org (nexthop.toml:");
        // Another administrator than the server knows: the command logs in with the token.
        file.part("admin", "[authentication.fallback-admin]\nuser = \"root\"\nsecret = \"changed-secret\"\n")
                .write();
        assertThat(server.cli("reload").orFail().text())
                .contains("\nreloaded: ", "authentication.fallback-admin.secret")
                .doesNotContain("changed-secret");
        try (SmtpClient client = server.client()) {
            assertThat(client.say("EHLO client.example").toString()).contains("mx2.example.org");
        }
        file.part("store", "[store.db]\ntype = \"rocksdb\"\npath = \"elsewhere\"\n[storage]\ndata = \"db\"\n")
                .write();
        Command.Result refused = server.cli("reload", "--token", token(scenario.home()), "--url", server.url());
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.text())
                .contains("error NH050: store.db.path can't change", "the running configuration goes on");
    }

    private static String token(Path home) throws IOException {
        return java.nio.file.Files.readString(home.resolve("data/admin.token")).strip();
    }

    /** The files that the server is given, one after the other. */
    private final class Files {
        private final ServerFile file;
        private final List<Integer> ports;
        private final int taken;
        private String hop = "a";

        Files(ServerFile file, List<Integer> ports, ServerSocket taken) {
            this.file = file;
            this.ports = ports;
            this.taken = taken.getLocalPort();
        }

        /** A good one: hop A and B differ in the hop, a listener and a limit. */
        ServerFile good(String wanted) {
            hop = wanted;
            return listening(hop.equals("b") ? extraPort : 0)
                    .rerouted(routing(hop))
                    .part("limits", "[session.data.limits]\nsize = \"%s\"\n".formatted(hop.equals("a") ? "1mb" : "2mb"))
                    .part("store", store("data"));
        }

        String other() {
            return hop.equals("a") ? "b" : "a";
        }

        /** The other one with something wrong: whoever puts any of it in force sends where it must not. */
        ServerFile broken(Fault fault) {
            String routing = routing(other());
            return switch (fault) {
                case SYNTAX -> file.rerouted(routing + "\n[queue.outbound\n");
                case UNKNOWN_HOP -> file.rerouted(routing.replace("'%s'".formatted(other()), "'lost'"));
                case TAKEN_ADDRESS -> listening(taken).rerouted(routing);
                case OTHER_STORE -> file.rerouted(routing).part("store", store("elsewhere"));
            };
        }

        private ServerFile listening(int extra) {
            return file.part("extra", extra == 0 ? "" : """
                    [server.listener."extra"]
                    bind = "127.0.0.1:%d"
                    protocol = "smtp"
                    """.formatted(extra));
        }

        private String store(String folder) {
            return """
                    [store."db"]
                    type = "rocksdb"
                    path = "%s"

                    [storage]
                    data = "db"
                    blob = "db"
                    lookup = "db"
                    directory = "staff"
                    """.formatted(file.home().resolve(folder));
        }

        private String routing(String moving) {
            StringBuilder text = new StringBuilder("""
                    [queue.outbound]
                    next-hop = [ { if = "rcpt_domain = '%s'", then = "'%s'" }, { else = "'steady'" } ]
                    """.formatted(MOVING, moving));
            List<String> ids = List.of("a", "b", "steady");
            for (int i = 0; i < ids.size(); i++) {
                text.append("""
                        [remote.%s]
                        address = "127.0.0.1"
                        port = %d
                        protocol = "smtp"
                        tls.implicit = false
                        concurrency = %d
                        """.formatted(ids.get(i), ports.get(i), ids.get(i).equals(moving) ? 20 : 10));
            }
            return text.toString();
        }
    }

    /** A good configuration: in force when the signal or request has been answered. */
    private void change(NexthopProcess server, Files files, boolean signal) throws Exception {
        String hop = files.other();
        boolean added = hop.equals("b");
        SmtpClient leaving = added ? null : extra();
        files.good(hop).write();
        long before = System.nanoTime();
        int reloads = reigns.size();
        if (signal) {
            server.hangUp();
            Await.until(
                    "the reload by a signal",
                    LIMIT,
                    () -> server.readiness().contains("configuration " + (reloads + 1) + " since"));
        } else {
            JsonNode answer = server.reload();
            assertThat(answer.path("ok").asBoolean(false)).as(answer.toString()).isTrue();
            assertThat(answer.path("summary").asString(""))
                    .startsWith("reloaded: ")
                    .contains("queue.outbound.next-hop", "listener extra " + (added ? "added" : "removed"));
        }
        long after = System.nanoTime();
        Reign last = reigns.removeLast();
        reigns.add(new Reign(last.hop(), last.from(), after));
        reigns.add(new Reign(hop, before, Long.MAX_VALUE));
        if (leaving != null) {
            // The listener is gone; its session goes on, in the middle of a transaction and with another one.
            try (leaving) {
                String id = "extra" + number.incrementAndGet();
                note(
                        id,
                        leaving.say("RCPT TO:<" + id + "@" + STEADY + ">").positive()
                                ? finished(leaving, id)
                                : new SmtpClient.Reply(0, List.of("the recipient")),
                        before);
                send(leaving, "extra" + number.incrementAndGet() + "@" + MOVING);
                leaving.say("QUIT");
            }
        }
    }

    private SmtpClient extra() throws IOException {
        SmtpClient client = SmtpClient.ready(Network.ours(), new InetSocketAddress("127.0.0.1", extraPort));
        client.say("MAIL FROM:<jane@example.org>");
        return client;
    }

    private static SmtpClient.Reply finished(SmtpClient client, String id) throws IOException {
        client.say("DATA");
        return client.content(Mail.simple(id));
    }

    /** A broken configuration: refused with its code, and the running one goes on. */
    private void refuse(NexthopProcess server, Files files, Fault fault, boolean signal) throws Exception {
        files.broken(fault).write();
        String state = "configuration " + reigns.size() + " since";
        if (signal) {
            long alarms = alarms(server);
            server.hangUp();
            Await.until("the refusal of a signal", LIMIT, () -> alarms(server) > alarms);
        } else {
            JsonNode answer = server.reload();
            assertThat(answer.path("ok").asBoolean(true))
                    .as(fault + ": " + answer)
                    .isFalse();
            String code = switch (fault) {
                case SYNTAX -> "NH001";
                case UNKNOWN_HOP -> "NH012";
                case TAKEN_ADDRESS -> "NH051";
                case OTHER_STORE -> "NH050";
            };
            assertThat(answer.path("problems").toString()).contains("\"code\":\"" + code + "\"");
        }
        assertThat(server.readiness()).contains(state, "the last reload", "was refused");
        files.good(files.hop);
    }

    /** The lines of the log about deliveries, once there are as many. */
    private static List<String> deliveries(NexthopProcess server, int count) {
        return Await.value(
                count + " deliveries in the log",
                LIMIT,
                () -> server.log()
                        .lines()
                        .filter(line -> line.contains("event=delivery"))
                        .toList(),
                lines -> lines.size() == count);
    }

    private static long alarms(NexthopProcess server) throws IOException {
        return server.log()
                .lines()
                .filter(line -> line.contains("event=alarm") && line.contains("not reloaded"))
                .count();
    }

    /** Sends at its share of the rate until the load ends, on one connection after another; none may be refused. */
    private void session(NexthopProcess server, long start) {
        while (!loaded) {
            try (SmtpClient client = SmtpClient.ready(Network.ours(), server.smtp())) {
                for (int i = 0; i < PER_CONNECTION && !loaded; i++) {
                    int mine = number.incrementAndGet();
                    await(start + mine * (1_000_000_000L / PER_SECOND));
                    send(client, "m" + mine + "@" + (mine % 2 == 0 ? MOVING : STEADY));
                }
                client.say("QUIT");
            } catch (IOException e) {
                surprises.add("a session on the kept listener broke: " + e);
                return;
            }
        }
    }

    private void send(SmtpClient client, String recipient) throws IOException {
        long begun = System.nanoTime();
        String id = recipient.substring(0, recipient.indexOf('@'));
        note(id, client.pipelined("jane@example.org", recipient, Mail.simple(id)), begun);
    }

    private void note(String id, SmtpClient.Reply reply, long begun) {
        if (reply.code() == 250) {
            acknowledged.put(id, new Sent(begun));
        } else {
            surprises.add(id + ": " + reply);
        }
    }

    private void assertArrivals(Sink a, Sink b, Sink steady) {
        Map<String, String> where = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        Map<String, Sink> sinks = Map.of("a", a, "b", b, "steady", steady);
        sinks.forEach((hop, sink) -> sink.received().forEach(message -> {
            String recipient = message.recipients().getFirst();
            String id = recipient.substring(0, recipient.indexOf('@'));
            String before = where.put(id, hop);
            if (before != null) {
                wrong.add(id + " arrived twice, at " + before + " and " + hop);
            }
            boolean right = recipient.endsWith("@" + STEADY) ? hop.equals("steady") : allowed(hop, id, message.at());
            if (!right) {
                wrong.add(recipient + " arrived at " + hop + ", where no configuration of its time sends it");
            }
        }));
        assertThat(wrong).isEmpty();
        assertThat(where.keySet()).as("what arrived is what was acknowledged").isEqualTo(acknowledged.keySet());
    }

    /** Whether the hop may have been in force at some moment between the message's beginning and its arrival. */
    private boolean allowed(String hop, String id, long arrived) {
        Sent sent = acknowledged.get(id);
        return sent != null
                && reigns.stream()
                        .anyMatch(reign -> reign.hop().equals(hop)
                                && reign.from() - arrived < 0
                                && (reign.until() == Long.MAX_VALUE || sent.begun() - reign.until() < 0));
    }

    private static void await(long moment) {
        for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
