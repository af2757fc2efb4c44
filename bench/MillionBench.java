import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server with a million recipients in its queue. Run it by bench/million. */
void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    List<String> load = arguments.length == 4
            ? List.of(arguments[1], arguments[2], arguments[3])
            : List.of("200000", "5", "50000");
    Path folder = Files.createTempDirectory("nexthop-million-");
    Places places =
            new Places(root, folder, Machine.freePort(), Machine.freePort(), Machine.freePort(), Machine.freePort());
    try (Parties.Sink sink = Parties.Sink.start(folder, places.sink())) {
        double empty = empty(places, sink);
        System.out.printf(Locale.ROOT, "an empty queue takes           %,8.0f messages/s%n", empty);
        full(places, sink, load, "PT1H", "that wait for an hour", empty);
        full(places, sink, load, "PT0S", "that are all due at the start", empty);
    } finally {
        Machine.delete(folder);
    }
}

/** Where everything is. */
record Places(Path root, Path folder, int smtp, int http, int sink, int dns) {}

/** The rate of a server without a queue, warm. */
double empty(Places places, Parties.Sink sink) throws Exception {
    Path store = places.folder().resolve("empty");
    Process server = start(places, store);
    try {
        accept(places, sink, 15_000);
        return Math.max(accept(places, sink, 5_000), accept(places, sink, 5_000));
    } finally {
        end(server);
    }
}

void full(Places places, Parties.Sink sink, List<String> load, String due, String words, double empty) throws Exception {
    Path store = places.folder().resolve("full" + due);
    fill(places, store, load, due);
    System.out.printf("%s messages of %s recipients at %s domains, %s:%n", load.get(0), load.get(1), load.get(2), words);
    long start = System.nanoTime();
    Process server = start(places, store);
    try {
        say("until it is ready", start);
        int before = sink.received();
        one(places);
        Machine.await(() -> sink.received() > before, 120);
        say("until a new message is delivered", start);
        if (due.equals("PT0S")) {
            Path log = store.resolveSibling(store.getFileName() + ".err");
            Machine.await(() -> Machine.lines(log).stream().anyMatch(line -> line.contains("status=deferred")), 120);
            say("until one of the queue is tried", start);
        }
        for (String filter : List.of("domain=d4711.example", "sender=bulk7@from.example", "domain=nowhere.example")) {
            long asked = System.nanoTime();
            String answer = get(places, "/api/queue/messages?" + filter);
            say("list " + filter + " (" + answer.length() + " octets)", asked);
        }
        accept(places, sink, 15_000);
        double rate = Math.max(accept(places, sink, 5_000), accept(places, sink, 5_000));
        System.out.printf(Locale.ROOT, "  takes                        %,8.0f messages/s, %.0f %% of the empty queue%n", rate, 100 * rate / empty);
        for (String filter : List.of("domain=d4711.example", "sender=bulk7@from.example")) {
            long asked = System.nanoTime();
            get(places, "/api/queue/messages?" + filter);
            say("list " + filter + ", again", asked);
        }
        System.out.printf("  resident at most             %,8d MB%n", peak(server) / 1024);
    } finally {
        end(server);
    }
}

void say(String what, long start) {
    System.out.printf(Locale.ROOT, "  %-46s %8.2f s%n", what, (System.nanoTime() - start) / 1e9);
}

Process start(Places places, Path store) throws Exception {
    Path config = store.resolveSibling(store.getFileName() + ".toml");
    Files.writeString(
            config,
            Files.readString(places.root().resolve("bench/million.toml"))
                    .replace("SMTPPORT", "" + places.smtp())
                    .replace("HTTPPORT", "" + places.http())
                    .replace("DNSPORT", "" + places.dns())
                    .replace("SINK", "" + places.sink())
                    .replace("FOLDER", store.toString()));
    Path output = store.resolveSibling(store.getFileName() + ".out");
    Process server = new ProcessBuilder(
                    places.root().resolve("nexthop").toString(), "serve", "--config", config.toString())
            .redirectOutput(output.toFile())
            .redirectError(store.resolveSibling(store.getFileName() + ".err").toFile())
            .start();
    Machine.await(() -> Machine.lines(output).contains("nexthop ready"), 120);
    return server;
}

void end(Process server) throws Exception {
    server.destroy();
    if (!server.waitFor(60, TimeUnit.SECONDS)) {
        server.destroyForcibly();
    }
}

void fill(Places places, Path store, List<String> load, String due) throws Exception {
    Path spool = Files.createDirectories(store).resolve("spool");
    List<String> classes = new ArrayList<>(List.of(
            places.root().resolve("target/test-classes").toString(),
            places.root().resolve("target/nexthop.jar").toString()));
    try (Stream<Path> libraries = Files.list(places.root().resolve("target/lib"))) {
        libraries.forEach(library -> classes.add(library.toString()));
    }
    List<String> words = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            String.join(":", classes),
            "dev.nexthop.queue.SpoolFill",
            spool.toString()));
    words.addAll(load);
    words.add(due);
    if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
        throw new IOException("the queue could not be filled");
    }
}

/** Messages a second until the client is done; waits until the sink has them. */
double accept(Places places, Parties.Sink sink, int messages) throws Exception {
    int before = sink.received();
    long start = System.nanoTime();
    Process source = new ProcessBuilder(
                    "smtp-source", "-d", "-s", "20", "-m", "" + messages, "-l", "4096", "-f", "from@sender.example", "-t",
                    "to@up.example", "127.0.0.1:" + places.smtp())
            .inheritIO()
            .start();
    source.waitFor();
    double rate = messages / ((System.nanoTime() - start) / 1e9);
    Machine.await(() -> sink.received() - before >= messages, 300);
    return rate;
}

void one(Places places) throws Exception {
    new ProcessBuilder(
                    "smtp-source", "-m", "1", "-l", "1024", "-f", "from@sender.example", "-t", "to@up.example",
                    "127.0.0.1:" + places.smtp())
            .inheritIO()
            .start()
            .waitFor();
}

String get(Places places, String path) throws Exception {
    String login = Base64.getEncoder().encodeToString("bench:bench-only".getBytes(StandardCharsets.US_ASCII));
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + places.http() + path))
            .header("Authorization", "Basic " + login)
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}

/** The most resident memory that a process has had, in KB. */
long peak(Process process) {
    return Machine.lines(Path.of("/proc", "" + process.pid(), "status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElse(0);
}
