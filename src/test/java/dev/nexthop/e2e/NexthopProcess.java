package dev.nexthop.e2e;

import dev.nexthop.cli.CommandRun;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged server as a process of its own, and the commands that talk to it. */
final class NexthopProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration LOG_LIMIT = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();

    private final ServerFile file;
    private final Network network;
    private final Process process;
    private final Path output;

    private NexthopProcess(ServerFile file, Network network, Process process, Path output) {
        this.file = file;
        this.network = network;
        this.process = process;
        this.output = output;
    }

    /** Writes the configuration, starts the server in our network and waits until it is ready. */
    static NexthopProcess start(ServerFile file) throws IOException {
        return start(file, Network.ours(), Map.of());
    }

    /** The same in another network, with more in the environment. */
    static NexthopProcess start(ServerFile file, Network network, Map<String, String> environment) throws IOException {
        file.write();
        return start(file, network, environment, served(file, "exec \"$@\""));
    }

    /** The same, hung up on every twentieth of a second as long as it lives. */
    static NexthopProcess startHungUp(ServerFile file) throws IOException {
        file.write();
        String hangups = "(while kill -HUP $$ 2>&-; do sleep 0.05; done) & exec \"$@\"";
        return start(file, Network.ours(), Map.of(), served(file, hangups));
    }

    /** The same on this machine with more flags for its JVM, and without the cache of classes. */
    static NexthopProcess startWith(ServerFile file, List<String> flags) throws IOException {
        file.write();
        return start(file, Network.ours(), Map.of(), shell("exec \"$@\"", Launch.SERVER.words(flags, serving(file))));
    }

    /**
     * The same with more flags for its JVM; it is handed over as soon as it is started, and need not live to be ready.
     *
     * @param wrapper a shell line that runs {@code "$@"}
     * @param started is given the process, before it is waited for
     */
    static NexthopProcess startWith(
            ServerFile file, Network network, List<String> flags, String wrapper, Consumer<Process> started)
            throws IOException {
        file.write();
        List<String> words = shell(wrapper, Launch.SERVER.words(flags, serving(file)));
        NexthopProcess server = begun(file, network, Map.of(), words);
        started.accept(server.process);
        Await.until("ready or dead", START_LIMIT, server::readyOrDead);
        return server;
    }

    private static List<String> served(ServerFile file, String line) throws IOException {
        return shell(line, Launch.SERVER.words(serving(file)));
    }

    private static List<String> serving(ServerFile file) {
        return List.of("serve", "--config", file.path().toString());
    }

    /** As the launcher does: a signal that is ignored at the start. */
    private static List<String> shell(String line, List<String> words) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", "trap '' HUP; " + line, "sh"));
        all.addAll(words);
        return all;
    }

    private static NexthopProcess start(
            ServerFile file, Network network, Map<String, String> environment, List<String> words) throws IOException {
        NexthopProcess server = begun(file, network, environment, words);
        try {
            Await.until("nexthop ready", START_LIMIT, server::readyOrDead);
            if (!server.process.isAlive()) {
                throw new AssertionError("the server ended with " + server.process.exitValue());
            }
        } catch (AssertionError e) {
            server.kill9();
            throw new AssertionError(e.getMessage() + "\n" + server.log(), e);
        }
        return server;
    }

    private static NexthopProcess begun(
            ServerFile file, Network network, Map<String, String> environment, List<String> words) throws IOException {
        Path output = Files.createTempFile(file.home(), "serve-", ".out");
        ProcessBuilder builder = new ProcessBuilder(network.entering(words))
                .directory(file.home().toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors(output).toFile());
        builder.environment().putAll(environment);
        return new NexthopProcess(file, network, builder.start(), output);
    }

    /** Starts a server that has no configuration file, in the folder. */
    static NexthopProcess startWithout(Path folder, Network network) throws IOException {
        return start(ServerFile.in(folder), network, Map.of(), Launch.SERVER.words(List.of("serve")));
    }

    /** Runs a command to its end, as the launcher would. */
    static Command.Result command(Path folder, Network network, Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        List<String> all = Launch.COMMAND.words(Arrays.asList(words));
        return new Command(network.entering(all), folder, environment).run();
    }

    private boolean readyOrDead() throws IOException {
        return !process.isAlive() || Files.readAllLines(output).contains("nexthop ready");
    }

    /** Standard output so far. */
    String output() throws IOException {
        return Files.readString(output);
    }

    /** Standard error so far: the log, which is written some milliseconds after what it tells. */
    String log() throws IOException {
        return Files.readString(errors(output));
    }

    /** Waits until the log has all the words, in any order, and returns it. */
    String logged(String... words) {
        return Await.value(
                "a log with " + List.of(words),
                LOG_LIMIT,
                this::log,
                log -> Stream.of(words).allMatch(log::contains));
    }

    private static Path errors(Path output) {
        return Path.of(output + ".err");
    }

    long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL, as a power cut that leaves the disk alone. */
    void kill9() {
        process.destroyForcibly();
        try {
            process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        new Command(List.of("kill", "-HUP", Long.toString(pid())), file.home(), Map.of())
                .run()
                .orFail();
    }

    /** SIGTERM; the exit status. */
    int terminate() throws InterruptedException {
        return terminate(STOP_LIMIT);
    }

    /** SIGTERM, and another limit for what follows; the exit status. */
    int terminate(Duration limit) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the server still runs " + limit.toSeconds() + " s after SIGTERM");
        }
        return process.exitValue();
    }

    /** A client that has said EHLO. */
    SmtpClient client() throws IOException {
        return SmtpClient.ready(network, smtp());
    }

    /** Its folder. */
    Path home() {
        return file.home();
    }

    /** Where its API is. */
    String url() {
        return "http://127.0.0.1:" + file.httpPort();
    }

    InetSocketAddress smtp() {
        return new InetSocketAddress("127.0.0.1", file.smtpPort());
    }

    /** Sends a message, which must be taken. */
    void take(String sender, List<String> recipients, byte[] message) throws IOException {
        try (SmtpClient client = client()) {
            SmtpClient.Reply reply = client.send(sender, recipients, message);
            if (reply.code() != 250) {
                throw new AssertionError("not taken: " + reply);
            }
            client.say("QUIT");
        }
    }

    /** Runs a command against this server. */
    Command.Result cli(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of("--config", file.path().toString()));
        return command(file.home(), network, Map.of(), all.toArray(String[]::new));
    }

    /** The same without a process of its own, where that is not the point; it prints text. */
    Command.Result asked(String... words) throws IOException, InterruptedException {
        if (network.namespace().isPresent()) {
            return cli(words);
        }
        CommandRun run = new CommandRun();
        int exit = run.with(file.path(), words);
        return new Command.Result(exit, run.output().getBytes(StandardCharsets.UTF_8), run.errors());
    }

    /** Runs a command with {@code --json}, which must end well, without a process of its own. */
    JsonNode json(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.add("--json");
        return JSON.readTree(asked(all.toArray(String[]::new)).orFail().output());
    }

    /** The queue, by the HTTP API: what {@code queue list --json} prints, without the start of a process. */
    JsonNode queue() throws IOException {
        return api("/api/queue/messages");
    }

    /** All messages of an account, by the HTTP API. */
    JsonNode mailbox(String account) throws IOException {
        return api("/api/mailboxes/" + account + "?limit=100000");
    }

    /** The text of each message of an account, by the HTTP API. */
    List<String> stored(String account) throws IOException {
        List<String> texts = new ArrayList<>();
        for (JsonNode message : mailbox(account)) {
            texts.add(get("/api/mailboxes/" + account + "/" + message.path("id").asString()));
        }
        return texts;
    }

    /** One message of the queue with its trace, by the HTTP API. */
    JsonNode message(String id) throws IOException {
        return api("/api/queue/messages/" + id);
    }

    /** Waits until a recipient in the queue is as told, and returns it. */
    JsonNode recipient(String address, Duration limit, Predicate<JsonNode> condition) {
        return Await.value(address + " in the queue", limit, () -> find(address), condition);
    }

    /** Waits until a recipient is in the queue no more. */
    void gone(String address, Duration limit) {
        Await.value(
                address + " gone from the queue",
                limit,
                this::queue,
                queue -> !queue.toString().contains("\"" + address + "\""));
    }

    /** Waits until an account has so many messages. */
    void arrived(String account, int messages, Duration limit) {
        Await.value("mail for " + account, limit, () -> mailbox(account), box -> box.size() == messages);
    }

    /** Waits until the queue is empty. */
    void drained(Duration limit) {
        Await.value("an empty queue", limit, this::queue, JsonNode::isEmpty);
    }

    private JsonNode find(String address) throws IOException {
        for (JsonNode message : queue()) {
            for (JsonNode recipient : message.path("recipients")) {
                if (recipient.path("address").asString("").equals(address)) {
                    return recipient;
                }
            }
        }
        throw new IOException("not in the queue: " + queue());
    }

    /** A reload by the HTTP API; what it answers, good or not. */
    JsonNode reload() throws IOException {
        return JSON.readTree(request("POST", "/api/reload").replaceFirst("(?s).*?\r\n\r\n", ""));
    }

    /** What the HTTP API answers when it is told to act. */
    JsonNode post(String path) throws IOException {
        return JSON.readTree(request("POST", path).replaceFirst("(?s).*?\r\n\r\n", ""));
    }

    /** What {@code /readyz} says. */
    String readiness() throws IOException {
        return request("GET", "/readyz").replaceFirst("(?s).*?\r\n\r\n", "");
    }

    private JsonNode api(String path) throws IOException {
        return JSON.readTree(get(path));
    }

    private String get(String path) throws IOException {
        String answer = request("GET", path);
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0 || !answer.startsWith("HTTP/1.1 200")) {
            throw new IOException("the API answers: " + answer);
        }
        return answer.substring(end + 4);
    }

    private String request(String method, String path) throws IOException {
        String credentials = Base64.getEncoder()
                .encodeToString(("admin:" + ServerFile.ADMIN_SECRET).getBytes(StandardCharsets.UTF_8));
        try (Socket socket = network.connect(new InetSocketAddress("127.0.0.1", file.httpPort()))) {
            socket.setSoTimeout(50_000);
            socket.getOutputStream()
                    .write((method + " " + path + " HTTP/1.0\r\nHost: localhost\r\nAuthorization: Basic " + credentials
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        kill9();
    }
}
