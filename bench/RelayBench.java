import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Relays mail through Nexthop, Postfix and, when asked to, Exim in turn and compares them. Run it by bench/run.
 *
 * <p>One sink lives through all runs, so that no server sees its next hop vanish. Each server sits in a cgroup of its own:
 * its CPU time and memory are those of all its processes, and of nobody else's.
 */
void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    Options options = Options.parse(Arrays.asList(arguments).subList(1, arguments.length));
    Path folder = Files.createTempDirectory("nexthop-bench-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Parties.Ways ways = new Parties.Ways(
            Machine.freePort(),
            options.tls() ? Machine.freePort() : 0,
            Machine.freePort(),
            Machine.freePort(),
            folder.resolve("front.pem"));
    // A machine that is busy with something else is part of the figures.
    String busy = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    List<Row> rows = new ArrayList<>();
    List<String> times = new ArrayList<>();
    try (Parties.Sink sink = Parties.Sink.start(folder, ways.sink());
            Parties.Sink lmtp = Parties.Sink.start(folder, ways.lmtp(), "-L");
            AutoCloseable front = options.tls() ? Parties.front(folder, ways) : () -> {};
            Parties.Server nexthop = Parties.nexthop(root, folder, ways);
            Parties.Server postfix = Parties.postfix(folder, ways);
            Parties.Server exim = options.exim() ? Exim.start(root, folder, ways) : null) {
        Field field = new Field(folder, ways, sink, lmtp);
        List<Parties.Server> servers = exim == null ? List.of(nexthop, postfix) : List.of(nexthop, postfix, exim);
        // One run each that does not count: a JIT, caches, and processes that Postfix keeps. Exim keeps none.
        Load first = options.loads().getFirst();
        Load warm = new Load(options.warmUp(), first.sessions(), 4_096, 1, first.reuse(), Load.Way.SMTP);
        for (Parties.Server server : servers) {
            run(server, field, server.lasting() ? warm : warm.of(Math.max(1, warm.messages() / 10)));
            if (options.tls() && server.lasting()) {
                run(server, field, new Load(options.warmUp() / 2, 20, 4_096, 1, first.reuse(), Load.Way.STARTTLS));
            }
        }
        for (Load load : options.loads()) {
            // Each kind of load has code and processes of its own.
            for (Parties.Server server : servers) {
                long begin = System.nanoTime();
                while (server.lasting() && seconds(begin) < options.settle()) {
                    once(server, field, load);
                }
            }
            for (int round = 0; round < options.rounds(); round++) {
                for (Parties.Server server : servers) {
                    Row row = once(server, field, load);
                    System.out.println(row);
                    rows.add(row);
                }
            }
        }
        if (options.latency()) {
            for (Parties.Server server : servers) {
                int before = sink.received();
                times.add(times(server.name(), Latency.measure(server.port(), 20, 10_000)));
                Machine.await(() -> sink.received() - before >= 10_000, 300);
            }
        }
    }
    Machine.delete(folder);
    String table = table(rows, options, busy) + latency(times);
    System.out.println();
    System.out.println(table);
    if (options.write()) {
        write(root.resolve("docs/performance.md"), table);
    }
    if (rows.stream().anyMatch(row -> row.arrived() != row.load().messages())) {
        System.err.println("bench: not every message arrived");
        System.exit(1);
    }
}

/** What stands around the servers. */
record Field(Path folder, Parties.Ways ways, Parties.Sink sink, Parties.Sink lmtp) {}

/** One run: messages per second taken and relayed, CPU milliseconds a message, peak memory in MB. */
record Row(String server, Load load, int arrived, double accept, double relay, double cpu, double peak) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-8s %-38s accept %6.0f/s  relay %6.0f/s  %6.3f ms CPU/message  %4.0f MB  (%d arrived)",
                server,
                load,
                accept,
                relay,
                cpu,
                peak,
                arrived);
    }
}

Row once(Parties.Server server, Field field, Load load) throws Exception {
    return load.way() == Load.Way.BACKLOG ? drain(server, field, load) : run(server, field, load);
}

Row run(Parties.Server server, Field field, Load load) throws Exception {
    Parties.Sink sink = load.way() == Load.Way.LMTP ? field.lmtp() : field.sink();
    int before = sink.received();
    Meter meter = Meter.start(server);
    load.send(server.port());
    double taken = seconds(meter.start());
    Machine.await(() -> sink.received() - before >= load.messages(), 300);
    return meter.row(load, load.messages() / taken, sink.received() - before);
}

/** The server takes everything while its next hop is down; what counts is how fast it gets rid of it afterwards. */
Row drain(Parties.Server server, Field field, Load load) throws Exception {
    long start = System.nanoTime();
    load.send(server.port());
    double taken = seconds(start);
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3)); // the last attempts in vain
    try (Parties.Sink late = Parties.Sink.start(field.folder(), field.ways().late())) {
        Meter meter = Meter.start(server);
        server.flush().now();
        Machine.await(() -> late.received() >= load.messages(), 300);
        return meter.row(load, load.messages() / taken, late.received());
    }
}

/** CPU time, memory and the clock of a run. */
record Meter(Parties.Server server, double cpu, long start, AtomicBoolean running, AtomicLong peak, Thread sampler) {
    static Meter start(Parties.Server server) throws IOException {
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicLong peak = new AtomicLong();
        Thread sampler = Thread.ofPlatform().daemon().start(() -> {
            while (running.get()) {
                peak.accumulateAndGet(server.cgroup().memory(), Math::max);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            }
        });
        return new Meter(server, server.cgroup().cpu(), System.nanoTime(), running, peak, sampler);
    }

    Row row(Load load, double accept, int arrived) throws Exception {
        double elapsed = (System.nanoTime() - start) / 1e9;
        double used = server.cgroup().cpu() - cpu;
        running.set(false);
        sampler.join();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        return new Row(
                server.name(), load, arrived, accept, arrived / elapsed, used / load.messages(), peak.get() / 1024.0);
    }
}

double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
}

String times(String server, Latency.Times times) {
    return String.format(Locale.ROOT, "| %s | %.1f | %.1f | %.1f |%n", server, times.median(), times.p99(), times.longest());
}

// --- the report --------------------------------------------------------------------------------------------------

String table(List<Row> rows, Options options, String busy) {
    StringBuilder text = new StringBuilder();
    text.append("Medians of ").append(options.rounds()).append(" runs of each server in turn after ").append(options.warmUp()).append(" messages of warm-up and ").append(options.settle()).append(" seconds of each load, ")
            .append(Runtime.getRuntime().availableProcessors()).append(" cores, ")
            .append(System.getProperty("os.name")).append(", JDK ")
            .append(Runtime.version()).append("; load of the machine before the first run: ").append(busy).append(".\n\n");
    text.append("| load | server | taken/s | relayed/s | CPU ms/message | peak MB |\n|---|---|---|---|---|---|\n");
    for (Load load : rows.stream().map(Row::load).distinct().toList()) {
        Map<String, List<Row>> byServer = rows.stream()
                .filter(row -> row.load().equals(load))
                .collect(Collectors.groupingBy(Row::server, LinkedHashMap::new, Collectors.toList()));
        byServer.forEach((server, theirs) -> text.append(line(load, server, theirs)));
        List<Row> ours = byServer.remove("Nexthop");
        boolean several = byServer.size() > 1;
        byServer.forEach((server, theirs) -> text.append(ratio(several ? "ratio to " + server : "ratio", ours, theirs)));
    }
    return text.toString();
}

String ratio(String name, List<Row> ours, List<Row> theirs) {
    return String.format(
            Locale.ROOT,
            "| | **%s** | %.1f× | **%.1f×** | **1/%.1f** | |%n",
            name,
            median(ours, Row::accept) / median(theirs, Row::accept),
            median(ours, Row::relay) / median(theirs, Row::relay),
            median(theirs, Row::cpu) / median(ours, Row::cpu));
}

String latency(List<String> times) {
    return times.isEmpty() ? "" : """

            From the last octet of a message to its 250, in milliseconds, 10,000 messages of 4 KB over 20 connections that are kept:

            | server | median | of 99 in 100 | longest |
            |---|---|---|---|
            """ + String.join("", times);
}

String line(Load load, String server, List<Row> rows) {
    return String.format(
            Locale.ROOT,
            "| %s | %s | %,.0f | %,.0f | %.2f | %.0f |%n",
            server.equals("Nexthop") ? load.toString() : "",
            server,
            median(rows, Row::accept),
            median(rows, Row::relay),
            median(rows, Row::cpu),
            median(rows, Row::peak));
}

double median(List<Row> rows, ToDoubleFunction<Row> figure) {
    double[] sorted = rows.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

void write(Path page, String table) throws IOException {
    String start = "<!-- figures: written by bench/run -->\n";
    String end = "<!-- end of figures -->";
    String text = Files.readString(page);
    int from = text.indexOf(start);
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
        throw new IOException(page + " has no place for the figures");
    }
    Files.writeString(page, text.substring(0, from + start.length()) + table + text.substring(to));
    System.out.println("bench: written to " + page);
}
