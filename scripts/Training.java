import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The training run that an AOT cache is made from: a server on loopback relays some thousands of messages from clients to
 * a sink, both in this program, and ends. Its JVM then writes down which classes it loaded and which methods were hot.
 *
 * <p>Usage: {@code java Training.java CACHE LOG JAVA FLAGS…}, the words that start the JVM of a server up to its main class.
 * The cache appears at its place whole or not at all. Exit 1 and one line when there is none.
 */
public final class Training {
    /** The whole of it must be over by then. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** The load ends by then, with fewer messages on a slow or busy machine. */
    private static final Duration LOAD_LIMIT = Duration.ofSeconds(25);

    private static final int CLIENTS = 10;

    /** So often a client sends some messages over a connection for each, then some more over one. */
    private static final int TURNS = 100;

    private static final int RECONNECTING = 8;
    private static final int REUSING = 12;
    private static final int SIZE = 4096;

    private static final String CONFIGURATION =
            """
            [server]
            hostname = "training.example.org"

            [server.listener.smtp]
            bind = "127.0.0.1:%d"
            protocol = "smtp"

            [store.db]
            type = "rocksdb"
            path = "%s"

            [storage]
            data = "db"
            blob = "db"
            lookup = "db"
            directory = "nobody"

            [directory.nobody]
            type = "memory"

            [session.rcpt]
            relay = true

            # Nobody outside is asked anything: not whether the resolver validates, nor where reports go.
            [resolver]
            dnssec = "off"

            [report.tls.aggregate]
            send = "never"

            [queue.outbound]
            next-hop = [
                { if = "rcpt_domain = 'other.example'", then = false },
                { else = "'sink'" },
            ]

            [remote.sink]
            address = "127.0.0.1"
            port = %d
            protocol = "smtp"
            tls.implicit = false
            tls.starttls = "disable"
            concurrency = 20
            """;

    private final long end = System.nanoTime() + LIMIT.toNanos();
    private final Semaphore arrived = new Semaphore(0);
    private volatile Process server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    public static void main(String[] words) throws IOException {
        Path cache = Path.of(words[0]);
        Path log = Path.of(words[1]);
        Path fresh = Path.of(cache + "." + ProcessHandle.current().pid());
        Path folder = Files.createTempDirectory("nexthop-training-");
        Training training = new Training();
        // Also when this program is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> training.clean(fresh, folder)));
        int status = 0;
        try {
            training.run(List.of(words).subList(2, words.length), fresh, log, folder);
            Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (Exception e) {
            String reason = e instanceof TimeoutException || e.getMessage() == null ? e.toString() : e.getMessage();
            System.err.println("nexthop: no AOT cache, going on without: " + reason.lines().findFirst().orElse("")
                    + " (log in " + log + ")");
            status = 1;
        }
        System.exit(status); // threads may still be reading
    }

    private void clean(Path fresh, Path folder) {
        try {
            if (server != null) {
                // With the process that assembles the cache, which is the server's child.
                List<ProcessHandle> processes = Stream.concat(server.descendants(), Stream.of(server.toHandle())).toList();
                processes.forEach(ProcessHandle::destroyForcibly);
                for (ProcessHandle process : processes) {
                    process.onExit().get(5, TimeUnit.SECONDS);
                }
            }
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(Path.of(fresh + ".config"));
            delete(folder);
        } catch (Exception e) {
            System.err.println("nexthop: could not clean up after the training: " + e);
        }
    }

    private void run(List<String> java, Path fresh, Path log, Path folder) throws Exception {
        try (ServerSocket sink = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            threads.submit(() -> accept(sink));
            int port = freePort();
            Path file = folder.resolve("nexthop.toml");
            Files.writeString(file, CONFIGURATION.formatted(port, folder.resolve("data"), sink.getLocalPort()));
            List<String> words = new ArrayList<>(java);
            words.add(words.indexOf("-cp"), "-XX:AOTCacheOutput=" + fresh);
            words.addAll(List.of("dev.nexthop.Nexthop", "serve", "--config", file.toString()));
            server = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            train(log, port);
            server.destroy();
            await();
        }
        if (!Files.exists(fresh)) {
            throw new IOException("the JVM wrote none");
        }
    }

    private void train(Path log, int port) throws Exception {
        while (!Files.readString(log).contains("nexthop ready")) {
            if (server.waitFor(20, TimeUnit.MILLISECONDS) || left() <= 0) {
                throw new IOException("the server did not start");
            }
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        long loadEnd = System.nanoTime() + LOAD_LIMIT.toNanos();
        List<Future<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(threads.submit(() -> load(address, loadEnd)));
        }
        int sent = 0;
        for (Future<Integer> client : clients) {
            sent += client.get(left(), TimeUnit.NANOSECONDS);
        }
        if (!arrived.tryAcquire(sent, left(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException(sent - arrived.availablePermits() + " messages did not arrive");
        }
    }

    /** One client. */
    private static int load(InetSocketAddress address, long end) throws IOException {
        int sent = 0;
        for (int turn = 0; turn < TURNS && System.nanoTime() < end; turn++) {
            for (int i = 0; i < RECONNECTING; i++) {
                send(address, 1);
            }
            send(address, REUSING);
            sent += RECONNECTING + REUSING;
        }
        return sent;
    }

    private void await() throws Exception {
        if (!server.waitFor(left(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("the cache was not assembled within " + LIMIT.toSeconds() + " s");
        }
        if (server.exitValue() != 0) {
            throw new IOException("the server ended with " + server.exitValue());
        }
    }

    private long left() {
        return end - System.nanoTime();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** One connection and so many messages. */
    private static void send(InetSocketAddress address, int messages) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, 10_000);
            socket.setSoTimeout(30_000);
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 2 * SIZE);
            expect(in, "220");
            say(out, in, "EHLO client.example.org\r\n", "250");
            for (int i = 0; i < messages; i++) {
                say(out, in, "MAIL FROM:<sender@example.org>\r\n", "250");
                say(out, in, "RCPT TO:<recipient@example.net>\r\n", "250");
                say(out, in, "DATA\r\n", "354");
                say(out, in, MESSAGE, "250");
            }
            say(out, in, "QUIT\r\n", "221");
        }
    }

    private static final String MESSAGE = "From: <sender@example.org>\r\nTo: <recipient@example.net>\r\n"
            + "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <training@example.org>\r\nSubject: training\r\n\r\n"
            + ("X".repeat(78) + "\r\n").repeat(SIZE / 80) + ".\r\n";

    private static void say(OutputStream out, InputStream in, String words, String code) throws IOException {
        out.write(words.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        expect(in, code);
    }

    private static void expect(InputStream in, String code) throws IOException {
        String line;
        do {
            line = line(in);
            if (!line.startsWith(code)) {
                throw new IOException("the server said " + line);
            }
        } while (line.startsWith(code + "-"));
    }

    /** The next line without its end; empty at the end of the stream too. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private Void accept(ServerSocket sink) throws IOException {
        while (true) {
            Socket socket = sink.accept();
            threads.submit(() -> receive(socket));
        }
    }

    /** The sink: takes everything, and counts. */
    private Void receive(Socket socket) throws IOException {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = new BufferedOutputStream(socket.getOutputStream());
            answer(in, out, "220 sink.example.net ESMTP");
            while (true) {
                String command = line(in);
                switch (command.isEmpty() ? "" : command.substring(0, 4)) {
                    case "" -> {
                        return null;
                    }
                    case "EHLO" -> answer(in, out, "250-sink.example.net\r\n250-PIPELINING\r\n250 8BITMIME");
                    case "DATA" -> {
                        answer(in, out, "354 go on");
                        while (!line(in).equals(".")) {}
                        arrived.release();
                        answer(in, out, "250 2.0.0 taken");
                    }
                    case "QUIT" -> {
                        answer(in, out, "221 2.0.0 bye");
                        return null;
                    }
                    default -> answer(in, out, "250 2.0.0 well");
                }
            }
        }
    }

    /** Answers of one packet leave in one packet. */
    private static void answer(InputStream in, OutputStream out, String words) throws IOException {
        out.write((words + "\r\n").getBytes(StandardCharsets.US_ASCII));
        if (in.available() == 0) {
            out.flush();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
