package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.e2e.StepKiller.Step;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * SIGKILL at every named step of commit, hand-over, delivery and completion, under load, with mail for all four kinds of next
 * hop: what was answered 250 arrives, and twice only what was under way at a kill. The long form kills at every step
 * several times, and at random instants.
 */
@Tag("namespace")
class CrashStepsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final boolean LONG = Boolean.getBoolean("nexthop.long");

    /** The long form goes through all steps so often, and kills so often at random instants. */
    private static final int ROUNDS = 6;

    private static final int RANDOM_KILLS = 40;

    /** The short form goes through so many steps, other ones each time. */
    private static final int SHORT_KILLS = 8;

    /** Steps at which a server is killed, and for those of a conversation the hops that they are killed at. */
    private static final List<Step> COMMIT = List.of(
            new Step("body file written, not synced", "queue.SpoolDraft$Spill", "finish"),
            new Step("body durable, record not written", "queue.RocksSpool", "commit"),
            new Step("group taken, not written", "store.Committer", "commit"),
            new Step("group written, nobody told", "store.Committer", "count"),
            new Step("durable, not handed over", "queue.RocksSpool", "handOver"));

    private static final List<Step> HAND_OVER = List.of(
            new Step("handed over, not routed", "schedule.Dispatcher", "dispatch"),
            new Step("handed over, 250 not sent", "event.DeliveryLog", "accepted"));

    private static final List<Step> CONVERSATION = List.of(
            new Step("nothing said of the message", "client.Transaction", "run"),
            new Step("content sent, no reply read", "client.Transaction", "verdicts"),
            new Step("reply read, nobody told", "client.Transaction", "finish"));

    private static final List<Step> STORE =
            List.of(new Step("local store writes pieces", "mailbox.RocksMailboxes", "storePieces"));

    private static final List<Step> COMPLETION = List.of(
            new Step("outcome known, not recorded", "schedule.Settlement", "settle"),
            new Step("outcome recorded in memory", "queue.RocksSpool", "apply"),
            new Step("outcome written", "schedule.Recorder", "written"),
            new Step("record gone, body file there", "queue.BodyFiles", "remove"),
            new Step("bounce begins", "schedule.Teller", "queue"));

    private static final List<Step> START = List.of(new Step("queue scanned", "schedule.Scheduler", "found"));

    /** In between those; for the long form. */
    private static final List<Step> FINER = List.of(
            new Step("content comes in", "queue.SpoolDraft", "write"),
            new Step("ids run out, the mark is to be moved", "queue.SpoolMark", "write"),
            new Step("body file synced, its name is not", "queue.BodyFiles", "syncFolder"),
            new Step("routed, attempt begins", "schedule.Attempts", "perform"),
            new Step("local store asked", "mailbox.RocksMailboxes", "deliver"),
            new Step("database opens", "store.RocksHandles", "open"),
            new Step("body files looked at", "queue.BodyFiles", "adopt"));

    /** Steps that a start passes, once or not at all: when it finds the queue empty. */
    private static final Set<String> AT_START =
            Set.of("SpoolMark", "RocksHandles", "BodyFiles adopt", "Scheduler found");

    private static final Duration START_PATIENCE = Duration.ofSeconds(10);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    /**
     * One kill.
     *
     * @param hops what the mail is for meanwhile
     */
    private record Kill(Step step, List<CrashLoad.Hop> hops, int passing) {}

    @Test
    void whatWasAcknowledgedArrivesWhereverTheProcessDies() throws Exception {
        long seed = Long.getLong("nexthop.seed", System.nanoTime());
        Random random = new Random(seed);
        System.out.println("crash steps: seed " + seed + " (repeat with -Dnexthop.seed=" + seed + ")");
        Internet internet = scenario.closing(Internet.open());
        internet.names().with("relay.example.org.", "A", "192.0.2.25");
        Map<CrashLoad.Hop, Sink> sinks = Map.of(
                CrashLoad.Hop.MX, scenario.closing(internet.exchanger("mx.example", "192.0.2.10")),
                CrashLoad.Hop.SMTP, scenario.closing(relay(internet, 25, false)),
                CrashLoad.Hop.LMTP, scenario.closing(relay(internet, 24, true)));
        ServerFile file = ServerFile.in(scenario.home())
                .routing(CrashLoad.ROUTING)
                .part("resolver", internet.resolver())
                .part("limits", "[queue.limits]\nmemory-body = 8192\n")
                .retryEvery(1);
        InetSocketAddress server = new InetSocketAddress("127.0.0.1", file.smtpPort());
        CrashLoad load = new CrashLoad(internet.host(), server, sinks);
        try (load) {
            load.start(LONG ? 8 : 4);
            List<Kill> kills = kills(random);
            for (Kill kill : kills) {
                load.killed(at(kill, file, internet, load));
                System.out.println("crash steps: " + kill);
            }
            for (int i = 0; LONG && i < RANDOM_KILLS; i++) {
                load.aimAt(List.of(CrashLoad.Hop.values()));
                NexthopProcess process = scenario.closing(NexthopProcess.start(file, internet.host(), Map.of()));
                LockSupport.parkNanos(
                        Duration.ofMillis(random.nextInt(1, 1_500)).toNanos());
                load.killed(System.nanoTime());
                process.kill9();
            }
            NexthopProcess last = scenario.closing(NexthopProcess.start(file, internet.host(), Map.of()));
            load.stop();
            last.drained(LIMIT);
            assertThat(last.log()).doesNotContain("quarantine");
            String figures = load.settle(last, log());
            int total = kills.size() + (LONG ? RANDOM_KILLS : 0);
            System.out.println("crash steps: " + total + " kills, " + figures);
        }
    }

    private static Sink relay(Internet internet, int port, boolean lmtp) throws IOException, InterruptedException {
        if (!lmtp) {
            internet.address("192.0.2.25");
        }
        return Sink.on(internet.world(), new InetSocketAddress("192.0.2.25", port), lmtp);
    }

    /** Starts a server, lets it come to its step and kills it there; when that was. */
    private long at(Kill kill, ServerFile file, Internet internet, CrashLoad load) throws IOException {
        load.aimAt(kill.hops());
        try (StepKiller killer = StepKiller.in(internet.host());
                NexthopProcess server = NexthopProcess.startWith(
                        file,
                        internet.host(),
                        List.of(killer.flag()),
                        "exec \"$@\"",
                        process -> killer.arm(kill.step(), kill.passing(), process))) {
            long patience = System.nanoTime() + START_PATIENCE.toNanos();
            Await.until("the server dies: " + kill.step().name(), LIMIT, () -> {
                if (atStart(kill.step()) && System.nanoTime() - patience > 0) {
                    server.kill9();
                }
                return killer.killed() >= 0 && !server.alive();
            });
            assertThat(killer.killed() != 0 || atStart(kill.step()))
                    .as("it died at its step")
                    .isTrue();
            return killer.killed() == 0 ? System.nanoTime() : killer.killed();
        }
    }

    private static List<Kill> kills(Random random) {
        List<CrashLoad.Hop> all = List.of(CrashLoad.Hop.values());
        List<CrashLoad.Hop> remote = List.of(CrashLoad.Hop.MX, CrashLoad.Hop.SMTP, CrashLoad.Hop.LMTP);
        List<Kill> kills = new ArrayList<>();
        for (int round = 0; round < (LONG ? ROUNDS : 1); round++) {
            int most = LONG ? 1 + 12 * round : 10;
            Stream<List<Step>> steps = Stream.of(COMMIT, HAND_OVER, COMPLETION, START, LONG ? FINER : List.of());
            for (Step step : steps.flatMap(List::stream).toList()) {
                kills.add(new Kill(step, all, atStart(step) ? 1 : random.nextInt(most) + 1));
            }
            for (int i = 0; i < CONVERSATION.size(); i++) {
                for (int hop = 0; hop < remote.size(); hop++) {
                    if (LONG || hop == i) {
                        kills.add(new Kill(CONVERSATION.get(i), List.of(remote.get(hop)), random.nextInt(most) + 1));
                    }
                }
            }
            STORE.forEach(step -> kills.add(new Kill(step, List.of(CrashLoad.Hop.LOCAL), random.nextInt(most) + 1)));
        }
        if (!LONG) {
            Collections.shuffle(kills, random);
        }
        return LONG ? kills : kills.subList(0, SHORT_KILLS);
    }

    private static boolean atStart(Step step) {
        String place = step.type().replaceFirst(".*\\.", "") + " " + step.method();
        return AT_START.stream().anyMatch(place::startsWith);
    }

    /** What all servers wrote, one behind the other. */
    private String log() throws IOException {
        StringBuilder log = new StringBuilder();
        try (Stream<Path> files = Files.list(scenario.home())) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".err")).toList()) {
                log.append(Files.readString(file));
            }
        }
        return log.toString();
    }
}
