package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * Sessions that send through a server that dies again and again, and the book of what was promised. A message goes to one
 * recipient of each hop aimed at; some are large, some have a recipient that is refused, so that a bounce goes back.
 */
final class CrashLoad implements AutoCloseable {
    static final String ROUTING = """
            [queue.outbound]
            next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'local'" },
                         { if = "rcpt_domain = 'smtp.example'", then = "'relay'" },
                         { if = "rcpt_domain = 'lmtp.example'", then = "'store'" },
                         { else = false } ]
            [remote.relay]
            address = "192.0.2.25"
            port = 25
            protocol = "smtp"
            tls.implicit = false
            [remote.store]
            address = "192.0.2.25"
            port = 24
            protocol = "lmtp"
            tls.implicit = false
            """;

    /** A message that a hop had this long before a kill was confirmed to the server, and must not come again. */
    private static final Duration IN_FLIGHT = Duration.ofSeconds(1);

    /** Between two messages of a session: enough for every step to be passed, and no more than two cores can bear. */
    private static final Duration PAUSE = Duration.ofMillis(15);

    private static final byte[] MUCH = Mail.bytes("x".repeat(70).concat("\n").repeat(400));

    private final Network network;
    private final InetSocketAddress server;
    private final Map<Hop, Sink> sinks;
    private final Map<String, List<Hop>> acknowledged = new ConcurrentHashMap<>();
    private final Set<String> bounces = ConcurrentHashMap.newKeySet();
    private final Collection<String> surprises = new ConcurrentLinkedQueue<>();
    private final Collection<Long> kills = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tried = new AtomicInteger();
    private final AtomicReference<List<Hop>> aim = new AtomicReference<>(List.of(Hop.values()));
    private final List<Thread> sessions = new ArrayList<>();
    private volatile boolean stopping;

    /** The kinds of next hop. */
    enum Hop {
        MX("mx.example"),
        SMTP("smtp.example"),
        LMTP("lmtp.example"),
        LOCAL("example.org");

        private final String domain;

        Hop(String domain) {
            this.domain = domain;
        }

        String recipient(String id) {
            return (this == LOCAL ? "bill" : id) + "@" + domain;
        }
    }

    CrashLoad(Network network, InetSocketAddress server, Map<Hop, Sink> sinks) {
        this.network = network;
        this.server = server;
        this.sinks = sinks;
        sinks.values()
                .forEach(sink -> sink.behave(
                        line -> line.startsWith("RCPT") && line.contains("<no-") ? "550 5.1.1 no such user" : null));
    }

    void start(int count) {
        for (int i = 0; i < count; i++) {
            sessions.add(Thread.ofPlatform().daemon().name("client").start(this::session));
        }
    }

    /** What mail is for from now on. */
    void aimAt(List<Hop> hops) {
        aim.set(hops);
    }

    /** When the server was killed, of {@link System#nanoTime}. */
    void killed(long at) {
        kills.add(at);
    }

    void stop() throws InterruptedException {
        stopping = true;
        for (Thread session : sessions) {
            session.join(Duration.ofSeconds(30));
        }
    }

    @Override
    public void close() {
        stopping = true;
    }

    private void session() {
        while (!stopping) {
            try (SmtpClient client = SmtpClient.ready(network, server)) {
                for (int i = 0; i < 50 && !stopping; i++) {
                    send(client);
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
                client.say("QUIT");
            } catch (IOException e) {
                // Killed, or not yet up again: that is the scenario.
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    private void send(SmtpClient client) throws IOException {
        int number = tried.incrementAndGet();
        String id = "m" + number;
        List<Hop> hops = aim.get();
        boolean bounce = number % 7 == 0 && hops.contains(Hop.SMTP);
        List<String> recipients = new ArrayList<>();
        hops.forEach(hop -> recipients.add(hop.recipient(id)));
        if (bounce) {
            recipients.add("no-" + id + "@smtp.example");
        }
        byte[] message = number % 5 == 0 ? large(id) : Mail.simple(id);
        SmtpClient.Reply reply = client.send("b" + id + "@smtp.example", recipients, message);
        if (reply.code() == 250) {
            acknowledged.put(id, hops);
            if (bounce) {
                bounces.add("b" + id);
            }
        } else if (reply.code() != 421) {
            surprises.add(reply.toString());
        }
    }

    private static byte[] large(String id) {
        byte[] head = Mail.simple(id);
        byte[] all = Arrays.copyOf(head, head.length + MUCH.length);
        System.arraycopy(MUCH, 0, all, head.length, MUCH.length);
        return all;
    }

    /** Compares the book with what arrived; the figures. */
    String settle(NexthopProcess last, String log) throws IOException {
        assertThat(surprises).isEmpty();
        Map<String, List<Long>> arrivals = new HashMap<>();
        sinks.values()
                .forEach(sink -> sink.received().forEach(message -> {
                    for (String recipient : message.recipients()) {
                        arrivals.computeIfAbsent(recipient, _ -> new ArrayList<>())
                                .add(message.at());
                        assertThat(message.content().length).isPositive();
                    }
                }));
        Set<String> local = new TreeSet<>();
        int stored = 0;
        for (JsonNode message : last.mailbox("bill")) {
            local.add(message.path("subject").asString(""));
            stored++;
        }
        Set<String> lost = new TreeSet<>();
        acknowledged.forEach((id, hops) -> hops.forEach(hop -> {
            boolean there = hop == Hop.LOCAL ? local.contains(id) : arrivals.containsKey(hop.recipient(id));
            if (!there) {
                lost.add(hop.recipient(id) + " of " + id);
            }
        }));
        bounces.stream()
                .filter(id -> !arrivals.containsKey(id + "@smtp.example"))
                .forEach(id -> lost.add("bounce " + id));
        assertThat(lost).as("acknowledged and never delivered").isEmpty();
        assertThat(stored).as("the local store keeps each message once").isEqualTo(local.size());
        return acknowledged.size() + " acknowledged, " + tried + " tried, " + bounces.size() + " bounces, "
                + local.size() + " in the store, " + arrivals.size() + " recipients elsewhere, " + twice(arrivals, log);
    }

    private String twice(Map<String, List<Long>> arrivals, String log) {
        int copies = 0;
        int logged = 0;
        for (Map.Entry<String, List<Long>> each : arrivals.entrySet()) {
            List<Long> times = each.getValue().stream().sorted().toList();
            for (long time : times.subList(0, times.size() - 1)) {
                assertThat(inFlight(time))
                        .as("%s came again, and was not under way at a kill", each.getKey())
                        .isTrue();
                copies++;
            }
            if (times.size() > 1 && told(each.getKey(), log) > 1) {
                logged++;
            }
        }
        return copies + " copies too many: " + (copies - logged) + " whose reply was not read, " + logged
                + " whose outcome was logged and not yet written";
    }

    private static long told(String recipient, String log) {
        return log.lines()
                .filter(line -> line.contains("event=delivery")
                        && line.contains("rcpt=" + recipient + " ")
                        && line.contains("status=delivered"))
                .count();
    }

    private boolean inFlight(long time) {
        // The kernel may hand over for a moment after the clock was read.
        return kills.stream().anyMatch(kill -> time > kill - IN_FLIGHT.toNanos() && time < kill + IN_FLIGHT.toNanos());
    }
}
