import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** A long run at half the maximum rate: do memory, open files and answer times stay as they are? Run it by bench/soak. */
void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    int minutes = 30;
    double rate = 0;
    boolean write = true;
    for (int i = 1; i < arguments.length; i++) {
        switch (arguments[i]) {
            case "--minutes" -> minutes = Integer.parseInt(arguments[++i]);
            case "--rate" -> rate = Double.parseDouble(arguments[++i]);
            case "--no-write" -> write = false;
            default -> {
                System.err.println("bench: unknown argument " + arguments[i] + "; see bench/soak --help");
                System.exit(2);
            }
        }
    }
    Path page = root.resolve("docs/performance.md");
    String old = Files.readString(page);
    int from = old.indexOf(START);
    int to = old.indexOf(END);
    if (write && (from < 0 || to < from)) {
        throw new IOException(page + " has no place for the soak's figures");
    }
    Path folder = Files.createTempDirectory("nexthop-soak-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port = Machine.freePort();
    Parties.Ways ways = new Parties.Ways(port, 0, Machine.freePort(), Machine.freePort(), folder.resolve("front.pem"));
    List<Sample> samples = new ArrayList<>();
    int sent;
    int arrived;
    try (Parties.Sink sink = Parties.Sink.start(folder, port);
            Parties.Server server = Parties.nexthop(root, folder, ways)) {
        Latency.measure(server.port(), CONNECTIONS, WARM_UP);
        long start = System.nanoTime();
        Latency.measure(server.port(), CONNECTIONS, WARM_UP);
        double most = WARM_UP / ((System.nanoTime() - start) / 1e9);
        rate = rate == 0 ? most / 2 : rate;
        Machine.await(() -> sink.received() >= 2 * WARM_UP, 120);
        System.out.printf(Locale.ROOT, "takes %.0f/s; sends %.0f/s for %d minutes%n", most, rate, minutes);
        int before = sink.received();
        Steady steady = Steady.start(server.port(), CONNECTIONS, rate);
        long begun = System.nanoTime();
        double cpu = server.cgroup().cpu();
        int done = 0;
        for (int i = 1; i <= minutes * 60 / EVERY.toSeconds(); i++) {
            LockSupport.parkNanos(begun + i * EVERY.toNanos() - System.nanoTime());
            Steady.Window times = steady.window();
            double used = server.cgroup().cpu();
            int now = steady.sent();
            Sample sample = new Sample(
                    (System.nanoTime() - begun) / 60e9,
                    server.cgroup().memory() / 1024.0,
                    server.cgroup().files(),
                    times,
                    (now - done) / (double) EVERY.toSeconds(),
                    (used - cpu) / Math.max(1, now - done));
            cpu = used;
            done = now;
            samples.add(sample);
            System.out.println(sample);
        }
        sent = steady.stop();
        Machine.await(() -> sink.received() - before >= sent, 120);
        arrived = sink.received() - before;
    }
    Machine.delete(folder);
    String text = report(samples, rate, sent, arrived);
    System.out.println(text);
    if (write) {
        Files.writeString(root.resolve("docs/soak.svg"), new Plot(samples).svg());
        String picture = "\n![Memory, open files and answer times](soak.svg)\n";
        Files.writeString(page, old.substring(0, from + START.length()) + text + picture + old.substring(to));
    }
    if (arrived != sent) {
        System.err.println("bench: " + sent + " sent, " + arrived + " arrived");
        System.exit(1);
    }
}

static final String START = "<!-- soak: written by bench/soak -->\n";
static final String END = "<!-- end of soak -->";
static final int CONNECTIONS = 20;
static final int WARM_UP = 20_000;
static final Duration EVERY = Duration.ofSeconds(10);

String report(List<Sample> samples, double rate, int sent, int arrived) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(
            Locale.ROOT,
            "%,d messages of 4 KB in %d minutes, %.0f a second; %,d arrived at the sink.%n%n",
            sent, Math.round(samples.getLast().minute()), rate, arrived));
    text.append("| minutes | memory MB | open files | median ms | of 99 in 100 | longest | from due: of 99 in 100 | longest | sent/s | CPU ms/message |\n");
    text.append("|---|---|---|---|---|---|---|---|---|---|\n");
    int part = Math.max(1, samples.size() / 6);
    for (int from = 0; from + part <= samples.size(); from += part) {
        List<Sample> some = samples.subList(from, from + part);
        text.append(String.format(
                Locale.ROOT,
                "| to %.0f | %.0f | %.0f | %.2f | %.1f | %.0f | %.1f | %.0f | %.0f | %.2f |%n",
                some.getLast().minute(),
                some.stream().mapToDouble(Sample::memory).average().orElseThrow(),
                some.stream().mapToDouble(Sample::files).average().orElseThrow(),
                some.stream().mapToDouble(one -> one.times().answer().median()).average().orElseThrow(),
                some.stream().mapToDouble(one -> one.times().answer().p99()).average().orElseThrow(),
                some.stream().mapToDouble(one -> one.times().answer().longest()).max().orElseThrow(),
                some.stream().mapToDouble(one -> one.times().whole().p99()).average().orElseThrow(),
                some.stream().mapToDouble(one -> one.times().whole().longest()).max().orElseThrow(),
                some.stream().mapToDouble(Sample::rate).average().orElseThrow(),
                some.stream().mapToDouble(Sample::cpu).average().orElseThrow()));
    }
    return text.toString();
}
