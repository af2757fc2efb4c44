package dev.nexthop.schedule;

import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.SpoolFill;
import dev.nexthop.queue.SpoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * How long an operator waits before a queue of a million recipients.
 *
 * <pre>java -Xmx192m -cp … dev.nexthop.schedule.DeskBench FOLDER [MESSAGES RECIPIENTS DOMAINS]</pre>
 */
public final class DeskBench {
    private DeskBench() {}

    /** Fills the folder when numbers are given, and measures. */
    public static void main(String[] args) throws IOException {
        Path path = Path.of(args[0]);
        if (args.length > 1) {
            SpoolFill.Load load = new SpoolFill.Load(
                    Integer.parseInt(args[1]),
                    Integer.parseInt(args[2]),
                    Integer.parseInt(args[3]),
                    Instant.now().plus(Duration.ofHours(1)));
            long start = System.nanoTime();
            SpoolFill.fill(path, load);
            say("filled", start, "");
        }
        World world = World.started();
        SpoolSettings settings = new SpoolSettings(path, SpoolSettings.DEFAULT_MEMORY_BODY, 0);
        try (RocksSpool spool = RocksSpool.open(settings, Clock.systemUTC(), _ -> {})) {
            measure(spool, world);
        }
    }

    private static void measure(RocksSpool spool, World world) throws IOException {
        Scheduler scheduler = new Scheduler(
                new SchedulerParts(spool, world.parts().rules(), world), Machinery.standard(Clock.systemUTC()));
        long start = System.nanoTime();
        AtomicBoolean first = new AtomicBoolean();
        spool.scan(_ -> !first.compareAndSet(false, true));
        scheduler.start();
        while (!scheduler.complete()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        say("start's look through the spool", start, scheduler.load().waiting() + " messages");
        Runtime runtime = Runtime.getRuntime();
        runtime.gc();
        System.out.printf("heap in use %,d KiB%n", (runtime.totalMemory() - runtime.freeMemory()) / 1024);
        QueueControl desk = scheduler.control();
        for (int round = 0; round < 3; round++) {
            list(desk, "domain", filter("", "", "d4711.example", ""));
            list(desk, "recipient", filter("", "user77777@d27777.example", "", ""));
            list(desk, "sender", filter("bulk7@from.example", "", "", ""));
            list(desk, "hop that all have", filter("", "", "", "mx"));
            list(desk, "hop that none has", filter("", "", "", "relay"));
            list(desk, "domain that none has", filter("", "", "nowhere.example", ""));
        }
        start = System.nanoTime();
        say(
                "hold of a sender",
                start,
                desk.hold(filter("bulk7@from.example", "", "", "")).recipients() + " recipients");
        start = System.nanoTime();
        say(
                "release",
                start,
                desk.release(filter("bulk7@from.example", "", "", "")).recipients() + " recipients");
        Instant border = Instant.now().plusSeconds(60);
        QueueFilter all = new QueueFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(border),
                Optional.empty());
        start = System.nanoTime();
        say("hold of everything", start, desk.hold(all).recipients() + " recipients");
        runtime.gc();
        System.out.printf("heap in use %,d KiB%n", (runtime.totalMemory() - runtime.freeMemory()) / 1024);
        scheduler.stop(Duration.ofSeconds(1));
    }

    private static QueueFilter filter(String sender, String recipient, String domain, String hop) {
        return new QueueFilter(
                Optional.empty(),
                some(sender),
                some(recipient),
                some(domain),
                some(hop),
                Optional.empty(),
                Optional.empty());
    }

    private static Optional<String> some(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static void list(QueueControl desk, String what, QueueFilter filter) throws IOException {
        long start = System.nanoTime();
        QueueControl.Listing listing = desk.list(filter, 1_000);
        say(
                "list by " + what,
                start,
                listing.messages().size() + " messages" + (listing.next().isPresent() ? " and more" : ""));
    }

    private static void say(String what, long start, String more) {
        System.out.printf("%-34s %,9.1f ms  %s%n", what, (System.nanoTime() - start) / 1e6, more);
    }
}
