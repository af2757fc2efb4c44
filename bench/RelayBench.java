import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    Ways ways = new Ways(freePort(), options.tls() ? freePort() : 0, folder.resolve("front.pem"));
    // A machine that is busy with something else is part of the figures.
    String busy = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    List<Row> rows = new ArrayList<>();
    try (Sink sink = Sink.start(folder, ways.sink());
            AutoCloseable front = options.tls() ? front(folder, ways) : () -> {};
            Server nexthop = nexthop(root, folder, ways);
            Server postfix = postfix(folder, ways)) {
        List<Server> servers = List.of(nexthop, postfix);
        // One run each that does not count: a JIT, caches, and processes that Postfix keeps.
        Load first = options.loads().getFirst();
        for (Server server : servers) {
            run(server, sink, new Load(options.warmUp(), first.sessions(), first.size(), first.reuse(), false));
            if (options.tls()) {
                run(server, sink, new Load(options.warmUp() / 2, first.sessions(), first.size(), first.reuse(), true));
            }
        }
        for (Load load : options.loads()) {
            for (int round = 0; round < options.rounds(); round++) {
                for (Server server : servers) {
                    Row row = run(server, sink, load);
                    System.out.println(row);
                    rows.add(row);
                }
            }
        }
    }
    delete(folder);
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

/** The ports of the sink, of what speaks TLS in front of it (0: nothing does), and its certificate. */
record Ways(int sink, int tls, Path certificate) {}

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

Row run(Server server, Sink sink, Load load) throws Exception {
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
    await(() -> sink.received() - before >= load.messages(), 300);
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

// --- the parties -------------------------------------------------------------------------------------------------

/** A server under measurement. */
record Server(String name, int port, Cgroup cgroup, AutoCloseable end) implements AutoCloseable {
    @Override
    public void close() throws Exception {
        end.close();
        cgroup.remove();
    }
}

Server nexthop(Path root, Path folder, Ways ways) throws Exception {
    int port = freePort();
    Path home = Files.createDirectories(folder.resolve("nexthop"));
    Path config = home.resolve("nexthop.toml");
    Files.writeString(
            config,
            Files.readString(root.resolve("bench/nexthop.toml"))
                    .replace("TLSPORT", "" + (ways.tls() == 0 ? ways.sink() : ways.tls()))
                    .replace("tls.ca = \"CERTIFICATE\"", ways.tls() == 0 ? "" : "tls.ca = \"" + ways.certificate() + "\"")
                    .replace("PORT", "" + port)
                    .replace("SINK", "" + ways.sink())
                    .replace("FOLDER", home.toString()));
    Cgroup cgroup = Cgroup.make("nexthop");
    Path output = home.resolve("out");
    Process process = new ProcessBuilder(cgroup.inside(root.resolve("nexthop").toString(), "serve", "--config", config.toString()))
            .directory(home.toFile())
            .redirectOutput(output.toFile())
            .redirectError(home.resolve("err").toFile())
            .start();
    await(() -> lines(output).contains("nexthop ready"), 60);
    return new Server("Nexthop", port, cgroup, () -> {
        process.destroy();
        process.waitFor(30, TimeUnit.SECONDS);
    });
}

Server postfix(Path folder, Ways ways) throws Exception {
    int port = freePort();
    Path home = folder.resolve("postfix");
    for (String name : List.of("etc", "queue", "log", "data")) {
        Files.createDirectories(home.resolve(name));
    }
    Files.setOwner(
            home.resolve("data"),
            home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
    String settings = ways.tls() == 0 ? MAIN_CF : MAIN_CF + TLS_CF.replace("TLSPORT", "" + ways.tls());
    Files.writeString(
            home.resolve("etc/main.cf"),
            settings.replace("HOME", home.toString())
                    .replace("CERTIFICATE", ways.certificate().toString())
                    .replace("SINK", "" + ways.sink()));
    Files.writeString(home.resolve("etc/master.cf"), MASTER_CF.replace("PORT", "" + port));
    Cgroup cgroup = Cgroup.make("postfix");
    Process start = new ProcessBuilder(cgroup.inside("postfix", "-c", home.resolve("etc").toString(), "start"))
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log/start").toFile())
            .start();
    start.waitFor(60, TimeUnit.SECONDS);
    await(() -> connects(port), 30);
    return new Server("Postfix", port, cgroup, () -> {
        long pid = Long.parseLong(
                Files.readString(home.resolve("queue/pid/master.pid")).strip());
        ProcessHandle master = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> all = Stream.concat(master.descendants(), Stream.of(master)).toList();
        all.forEach(ProcessHandle::destroy);
    });
}

/** Tuned for relaying: no waiting on the way in, and as many ways out as there are clients. */
static final String MAIN_CF = """
        compatibility_level = 3.6
        queue_directory = HOME/queue
        data_directory = HOME/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        maillog_file = HOME/log/mail.log
        maillog_file_prefixes = HOME
        myhostname = bench.example.org
        mydestination =
        alias_maps =
        alias_database =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        smtpd_relay_restrictions = permit_mynetworks, reject
        relayhost = [127.0.0.1]:SINK
        in_flow_delay = 0
        smtp_destination_concurrency_limit = 20
        default_destination_concurrency_limit = 20
        initial_destination_concurrency = 20
        smtpd_client_connection_count_limit = 0
        """;

/** Mail for one domain goes out under TLS, over connections that are kept. */
static final String TLS_CF = """
        transport_maps = inline:{ tls.example=smtp:[127.0.0.1]:TLSPORT }
        smtp_tls_policy_maps = inline:{ [127.0.0.1]:TLSPORT=verify }
        smtp_tls_CAfile = CERTIFICATE
        smtp_tls_verify_cert_match = hostname
        smtp_tls_connection_reuse = yes
        smtp_tls_session_cache_database = btree:HOME/data/smtp_scache
        """;

static final String MASTER_CF = """
        127.0.0.1:PORT inet n - n - - smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        proxymap unix - - n - - proxymap
        proxywrite unix - - n - 1 proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        tlsproxy unix - - n - 0 tlsproxy
        postlog unix-dgram n - n - 1 postlogd
        """;

/** stunnel, which answers STARTTLS in place of the sink. */
AutoCloseable front(Path folder, Ways ways) throws Exception {
    Path key = folder.resolve("front.key");
    Process certify = new ProcessBuilder(
                    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-keyout", key.toString(), "-out", ways.certificate().toString(), "-subj", "/CN=front",
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:127.0.0.1")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("front.openssl").toFile())
            .start();
    certify.waitFor(30, TimeUnit.SECONDS);
    Path config = folder.resolve("front.conf");
    Files.writeString(config, """
            foreground = yes
            pid =
            debug = warning
            [smtp]
            client = no
            protocol = smtp
            accept = 127.0.0.1:%d
            connect = 127.0.0.1:%d
            cert = %s
            key = %s
            """.formatted(ways.tls(), ways.sink(), ways.certificate(), key));
    Process process = new ProcessBuilder("stunnel4", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("front.log").toFile())
            .start();
    await(() -> connects(ways.tls()), 10);
    return process::destroy;
}

/** smtp-sink, which counts what it gets on its standard output. */
record Sink(Process process, Path output) implements AutoCloseable {
    private static final Pattern COUNT = Pattern.compile("mesg=(\\d+)");

    static Sink start(Path folder, int port) throws Exception {
        Path output = folder.resolve("sink");
        Process process = new ProcessBuilder("smtp-sink", "-u", "nobody", "-c", "-m", "400", "127.0.0.1:" + port, "512")
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        await(() -> connects(port), 10);
        return new Sink(process, output);
    }

    int received() {
        try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
            byte[] tail = new byte[(int) Math.min(400, file.length())];
            file.seek(file.length() - tail.length);
            file.readFully(tail);
            Matcher matcher = COUNT.matcher(new String(tail, StandardCharsets.US_ASCII));
            int count = 0;
            while (matcher.find()) {
                count = Integer.parseInt(matcher.group(1));
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}

/** A cgroup of one server's processes, of either version. */
record Cgroup(Path path, boolean unified) {
    static Cgroup make(String name) throws IOException {
        boolean unified = !Files.isDirectory(Path.of("/sys/fs/cgroup/cpuacct"));
        Path parent = Path.of(unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpuacct");
        return new Cgroup(
                Files.createDirectories(parent.resolve("nexthop-bench-" + name + "-" + ProcessHandle.current().pid())), unified);
    }

    /** The words that run a command in it. */
    List<String> inside(String... command) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", "echo $$ > " + path + "/cgroup.procs && exec \"$@\"", "sh"));
        words.addAll(Arrays.asList(command));
        return words;
    }

    /** CPU time so far in milliseconds. */
    double cpu() throws IOException {
        if (!unified) {
            return Long.parseLong(Files.readString(path.resolve("cpuacct.usage")).strip()) / 1e6;
        }
        return Files.readAllLines(path.resolve("cpu.stat")).stream()
                .filter(line -> line.startsWith("usage_usec "))
                .mapToDouble(line -> Long.parseLong(line.substring(11)) / 1e3)
                .findFirst()
                .orElseThrow();
    }

    /** Proportional set size of all its processes, in KB. */
    long memory() {
        long total = 0;
        for (String pid : lines(path.resolve("cgroup.procs"))) {
            for (String line : lines(Path.of("/proc", pid, "smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    total += Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        }
        return total;
    }

    void remove() {
        await(() -> lines(path.resolve("cgroup.procs")).isEmpty(), 30);
        path.toFile().delete();
    }
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

// --- small things ------------------------------------------------------------------------------------------------

static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
    }
}

static boolean connects(int port) {
    try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
        return true;
    } catch (IOException e) {
        return false;
    }
}

/** The lines of a file; none when it is gone, as those of processes may be at any time. */
static List<String> lines(Path file) {
    try {
        return Files.readAllLines(file);
    } catch (IOException | UncheckedIOException e) {
        return List.of();
    }
}

static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
            Files.deleteIfExists(file);
        }
    }
}

static void await(BooleanSupplier condition, int seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
        if (System.nanoTime() > deadline) {
            System.err.println("bench: waited " + seconds + " s in vain");
            return;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
}
