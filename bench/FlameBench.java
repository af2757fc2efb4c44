import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Records a warm Nexthop under one load of the benchmark, or reads a recording, and draws a flame graph of it. Run it by
 * bench/flame.
 */
void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    Wishes wishes = Wishes.parse(root, List.of(arguments).subList(1, arguments.length));
    List<String> text = new ArrayList<>();
    Path recording = wishes.recording().isPresent() ? wishes.recording().get() : record(root, wishes, text);
    Stacks stacks = new Stacks();
    FlightSummary summary = new FlightSummary();
    String kind = read(recording, stacks, summary, text);
    text.add(String.format(Locale.ROOT, "%,d samples of %s, and %,d without a stack", stacks.top.samples, kind, stacks.lost));
    text.add("");
    text.add("The hottest methods: samples that ended in them, and those with them anywhere");
    double all = Math.max(1, stacks.top.samples);
    for (Stacks.Hot hot : stacks.hottest(20)) {
        text.add(String.format(Locale.ROOT, "%6.2f %% %6.2f %%  %s", 100 * hot.self / all, 100 * hot.total / all, hot.name));
    }
    text.add("");
    text.addAll(summary.lines());
    text.forEach(System.out::println);
    Files.writeString(wishes.page(), FlamePage.of(stacks, "Nexthop, " + wishes.words(), text));
    System.out.println("flame: the graph is in " + wishes.page() + ", the recording in " + recording);
}

/** What is wanted. */
record Wishes(Optional<Path> recording, Path page, Load load, int warmUp) {
    String words() {
        return recording.isPresent() ? recording.get().getFileName().toString() : load.messages() + " messages of " + load;
    }

    static Wishes parse(Path root, List<String> words) {
        Optional<Path> recording = Optional.empty();
        Path page = root.resolve("target/flame.html");
        int warmUp = 10_000;
        int messages = 20_000;
        int sessions = 20;
        int size = 4_096;
        int recipients = 1;
        boolean reuse = false;
        Load.Way way = Load.Way.SMTP;
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "--recording" -> recording = Optional.of(Path.of(words.get(++i)));
                case "--page" -> page = Path.of(words.get(++i));
                case "--warm-up" -> warmUp = Math.max(1, Integer.parseInt(words.get(++i)));
                case "--messages" -> messages = Integer.parseInt(words.get(++i));
                case "--sessions" -> sessions = Integer.parseInt(words.get(++i));
                case "--size" -> size = Integer.parseInt(words.get(++i));
                case "--recipients" -> recipients = Integer.parseInt(words.get(++i));
                case "--reuse" -> reuse = true;
                case "--tls" -> way = Load.Way.STARTTLS;
                case "--lmtp" -> way = Load.Way.LMTP;
                default -> {
                    System.err.println("flame: unknown argument " + words.get(i) + "; see bench/flame --help");
                    System.exit(2);
                }
            }
        }
        return new Wishes(recording, page, new Load(messages, sessions, size, recipients, reuse, way), warmUp);
    }
}

/** Runs the load and records it; says how fast it went while it was watched. */
Path record(Path root, Wishes wishes, List<String> text) throws Exception {
    Load load = wishes.load();
    boolean tls = load.way() == Load.Way.STARTTLS;
    Path recording = root.resolve("target/flame.jfr");
    Files.deleteIfExists(recording);
    Path folder = Files.createTempDirectory("nexthop-flame-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path settings = Files.writeString(folder.resolve("flame.jfc"), SETTINGS.replace("SAMPLES", samples()));
    Parties.Ways ways = new Parties.Ways(
            Machine.freePort(), tls ? Machine.freePort() : 0, Machine.freePort(), Machine.freePort(), folder.resolve("front.pem"));
    try (Parties.Sink sink = Parties.Sink.start(folder, ways.sink());
            Parties.Sink lmtp = Parties.Sink.start(folder, ways.lmtp(), "-L");
            AutoCloseable front = tls ? Parties.front(folder, ways) : () -> {};
            Parties.Server nexthop = Parties.nexthop(root, folder, ways)) {
        Parties.Sink counts = load.way() == Load.Way.LMTP ? lmtp : sink;
        send(load.of(wishes.warmUp()), nexthop, counts);
        String pid = Machine.lines(nexthop.cgroup().path().resolve("cgroup.procs")).getFirst();
        jcmd(folder, pid, "JFR.start", "name=flame", "settings=" + settings);
        double cpu = nexthop.cgroup().cpu();
        long start = System.nanoTime();
        send(load, nexthop, counts);
        double seconds = (System.nanoTime() - start) / 1e9;
        double used = nexthop.cgroup().cpu() - cpu;
        jcmd(folder, pid, "JFR.stop", "name=flame", "filename=" + recording);
        text.add(String.format(
                Locale.ROOT,
                "%d messages of %s: %.0f/s, %.3f ms CPU each, of which Java threads are sampled (not the JIT and the collector)",
                load.messages(),
                load,
                load.messages() / seconds,
                used / load.messages()));
    }
    Machine.delete(folder);
    return recording;
}

void send(Load load, Parties.Server server, Parties.Sink sink) throws Exception {
    int before = sink.received();
    load.send(server.port());
    Machine.await(() -> sink.received() - before >= load.messages(), 300);
}

void jcmd(Path folder, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/jcmd").toString()));
    command.addAll(List.of(words));
    Path output = folder.resolve("jcmd.out");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + Files.readString(output));
    }
}

/** Reads all events; the stacks are those of the best kind that there is. */
String read(Path recording, Stacks stacks, FlightSummary summary, List<String> text) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    try (RecordingFile file = new RecordingFile(recording)) {
        while (file.hasMoreEvents()) {
            RecordedEvent event = file.readEvent();
            summary.add(event);
            counts.merge(event.getEventType().getName(), 1, Integer::sum);
        }
    }
    String kind = Stacks.KINDS.stream().filter(counts::containsKey).findFirst().orElse("");
    if (kind.isEmpty()) {
        text.add("no samples: the recording has none of " + String.join(", ", Stacks.KINDS));
        return "nothing";
    }
    try (RecordingFile file = new RecordingFile(recording)) {
        while (file.hasMoreEvents()) {
            RecordedEvent event = file.readEvent();
            if (event.getEventType().getName().equals(kind)) {
                stacks.add(event);
            }
        }
    }
    return kind;
}

/** JDK 25 samples by CPU time on Linux alone. */
String samples() {
    return System.getProperty("os.name").equals("Linux")
            ? "<event name=\"jdk.CPUTimeSample\"><setting name=\"enabled\">true</setting>"
                    + "<setting name=\"throttle\">5 ms</setting></event>"
            : "<event name=\"jdk.ExecutionSample\"><setting name=\"enabled\">true</setting>"
                    + "<setting name=\"period\">10 ms</setting></event>";
}

/** Our own events are on by default; what is added are samples. */
final String SETTINGS = """
        <?xml version="1.0" encoding="UTF-8"?>
        <configuration version="2.0" label="Flame graph" description="Samples and the events of Nexthop" provider="Nexthop">
          SAMPLES
        </configuration>
        """;
