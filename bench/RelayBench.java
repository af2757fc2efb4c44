import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * Relays mail through Nexthop and through Postfix in turn and compares them. Run it by bench/run.
 *
 * <p>One sink lives through all runs, so that no server sees its next hop vanish. Each server sits in a cgroup of its own:
 * its CPU time and memory are those of all its processes, and of nobody else's.
 */
void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    Options options = Options.parse(Arrays.asList(arguments).subList(1, arguments.length));
    Path folder = Files.createTempDirectory("nexthop-bench-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Parties.Ways ways =
            new Parties.Ways(Machine.freePort(), options.tls() ? Machine.freePort() : 0, folder.resolve("front.pem"));
    // A machine that is busy with something else is part of the figures.
    String busy = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    List<Row> rows = new ArrayList<>();
    try (Parties.Sink sink = Parties.Sink.start(folder, ways.sink());
            AutoCloseable front = options.tls() ? Parties.front(folder, ways) : () -> {};
            Parties.Server nexthop = Parties.nexthop(root, folder, ways);
            Parties.Server postfix = Parties.postfix(folder, ways)) {
        List<Parties.Server> servers = List.of(nexthop, postfix);
        // One run each that does not count: a JIT, caches, and processes that Postfix keeps.
        Load first = options.loads().getFirst();
        for (Parties.Server server : servers) {
            run(server, sink, new Load(options.warmUp(), first.sessions(), first.size(), first.reuse(), false));
            if (options.tls()) {
                run(server, sink, new Load(options.warmUp() / 2, first.sessions(), first.size(), first.reuse(), true));
            }
        }
        for (Load load : options.loads()) {
            for (int round = 0; round < options.rounds(); round++) {
                for (Parties.Server server : servers) {
                    Row row = run(server, sink, load);
                    System.out.println(row);
                    rows.add(row);
                }
            }
        }
    }
    Machine.delete(folder);
    String table = table(rows, options, busy);
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

/** What a run sends. */
record Load(int messages, int sessions, int size, boolean reuse, boolean tls) {
    @Override
    public String toString() {
        return size + " B, " + sessions + (sessions == 1 ? " session" : " sessions")
                + (reuse ? ", client reuses" : ", client reconnects")
                + (tls ? ", STARTTLS to the sink" : "");
    }
}

/** The command line. */
record Options(int rounds, int warmUp, List<Load> loads, boolean write) {
    boolean tls() {
        return loads.stream().anyMatch(Load::tls);
    }

    static Options parse(List<String> words) {
        int rounds = 3;
        int warmUp = 10_000;
        int messages = 5_000;
        int sessions = 20;
        int size = 4_096;
        boolean reuse = false;
        boolean all = false;
        boolean write = true;
        boolean tls = false;
        boolean one = false;
        for (int i = 0; i < words.size(); i++) {
            one |= List.of("--sessions", "--size", "--reuse", "--tls").contains(words.get(i));
            switch (words.get(i)) {
                case "--rounds" -> rounds = Integer.parseInt(words.get(++i));
                case "--warm-up" -> warmUp = Math.max(1, Integer.parseInt(words.get(++i)));
                case "--messages" -> messages = Integer.parseInt(words.get(++i));
                case "--sessions" -> sessions = Integer.parseInt(words.get(++i));
                case "--size" -> size = Integer.parseInt(words.get(++i));
                case "--reuse" -> reuse = true;
                case "--tls" -> tls = true;
                case "--long" -> all = true;
                case "--no-write" -> write = false;
                default -> {
                    System.err.println("bench: unknown argument " + words.get(i) + "; see bench/run --help");
                    System.exit(2);
                }
            }
        }
        if (!all && !one) {
            List<Load> loads = List.of(
                    new Load(messages, sessions, size, false, false),
                    new Load(messages, sessions, size, true, false),
                    new Load(messages, sessions, size, true, true));
            return new Options(rounds, warmUp, loads, write);
        }
        if (!all) {
            List<Load> loads = new ArrayList<>(List.of(new Load(messages, sessions, size, reuse, false)));
            if (tls) {
                loads.add(new Load(messages, sessions, size, reuse, true));
            }
            return new Options(rounds, warmUp, loads, write);
        }
        List<Load> loads = List.of(
                new Load(5_000, 20, 4_096, false, false),
                new Load(5_000, 20, 4_096, true, false),
                new Load(5_000, 20, 4_096, true, true),
                new Load(2_000, 1, 4_096, false, false),
                new Load(5_000, 100, 4_096, false, false),
                new Load(1_000, 5, 204_800, false, false));
        return new Options(Math.max(rounds, 5), warmUp, loads, write);
    }
}

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

Row run(Parties.Server server, Parties.Sink sink, Load load) throws Exception {
    AtomicBoolean running = new AtomicBoolean(true);
    AtomicLong peak = new AtomicLong();
    Thread sampler = Thread.ofPlatform().daemon().start(() -> {
        while (running.get()) {
            peak.accumulateAndGet(server.cgroup().memory(), Math::max);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    });
    int before = sink.received();
    double cpu = server.cgroup().cpu();
    long start = System.nanoTime();
    List<String> words = new ArrayList<>(List.of("smtp-source", "-s", "" + load.sessions(), "-m", "" + load.messages()));
    words.addAll(List.of("-l", "" + load.size(), "-f", "from@sender.example"));
    words.addAll(List.of("-t", load.tls() ? "to@tls.example" : "to@remote.example"));
    if (load.reuse()) {
        words.add("-d");
    }
    words.add("127.0.0.1:" + server.port());
    Process source = new ProcessBuilder(words).inheritIO().start();
    if (!source.waitFor(300, TimeUnit.SECONDS)) {
        source.destroyForcibly();
    }
    double taken = seconds(start);
    Machine.await(() -> sink.received() - before >= load.messages(), 300);
    double relayed = seconds(start);
    double used = server.cgroup().cpu() - cpu;
    running.set(false);
    sampler.join();
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    int arrived = sink.received() - before;
    return new Row(
            server.name(),
            load,
            arrived,
            load.messages() / taken,
            arrived / relayed,
            used / load.messages(),
            peak.get() / 1024.0);
}

double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
}

// --- the report --------------------------------------------------------------------------------------------------

String table(List<Row> rows, Options options, String busy) {
    StringBuilder text = new StringBuilder();
    text.append("Medians of ").append(options.rounds()).append(" runs of each server in turn after ").append(options.warmUp()).append(" messages of warm-up, ")
            .append(Runtime.getRuntime().availableProcessors()).append(" cores, ")
            .append(System.getProperty("os.name")).append(", JDK ")
            .append(Runtime.version()).append("; load of the machine before the first run: ").append(busy).append(".\n\n");
    text.append("| load | server | taken/s | relayed/s | CPU ms/message | peak MB |\n|---|---|---|---|---|---|\n");
    for (Load load : rows.stream().map(Row::load).distinct().toList()) {
        List<Row> ours = rows.stream().filter(row -> row.load().equals(load) && row.server().equals("Nexthop")).toList();
        List<Row> theirs = rows.stream().filter(row -> row.load().equals(load) && row.server().equals("Postfix")).toList();
        text.append(line(load, "Nexthop", ours)).append(line(load, "Postfix", theirs));
        text.append(String.format(
                Locale.ROOT,
                "| | **ratio** | %.1f× | **%.1f×** | **1/%.1f** | |%n",
                median(ours, Row::accept) / median(theirs, Row::accept),
                median(ours, Row::relay) / median(theirs, Row::relay),
                median(theirs, Row::cpu) / median(ours, Row::cpu)));
    }
    return text.toString();
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
