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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    /** Messages of the clients that open a connection for each, and of those that keep theirs. */
    private static final int RECONNECTING = 3_000;

    private static final int REUSING = 5_000;
    private static final int CLIENTS = 10;
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
    private final CountDownLatch missing = new CountDownLatch(RECONNECTING + REUSING);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    public static void main(String[] words) throws IOException {
        Path cache = Path.of(words[0]);
        Path log = Path.of(words[1]);
        Path fresh = Path.of(cache + "." + ProcessHandle.current().pid());
        Path folder = Files.createTempDirectory("nexthop-training-");
        int status = 0;
        try {
            new Training().run(List.of(words).subList(2, words.length), fresh, log, folder);
            Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (Exception e) {
            String reason = e instanceof TimeoutException || e.getMessage() == null ? e.toString() : e.getMessage();
            System.err.println("nexthop: no AOT cache, going on without: " + reason.lines().findFirst().orElse("")
                    + " (log in " + log + ")");
            status = 1;
        }
        Files.deleteIfExists(fresh);
        Files.deleteIfExists(Path.of(fresh + ".config"));
        delete(folder);
        // Connections that nobody closes may still be read.
        System.exit(status);
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
            Process server = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            // Also when this program is interrupted: with the process that assembles the cache, which is the server's child.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> kill(server)));
            try {
                train(server, log, port);
                server.destroy();
                await(server);
            } finally {
                kill(server);
            }
        }
        if (!Files.exists(fresh)) {
            throw new IOException("the JVM wrote none");
        }
    }

    private void train(Process server, Path log, int port) throws Exception {
        while (!Files.readString(log).contains("nexthop ready")) {
            if (server.waitFor(20, TimeUnit.MILLISECONDS) || left() <= 0) {
                throw new IOException("the server did not start");
            }
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(threads.submit(() -> {
                for (int sent = 0; sent < RECONNECTING / CLIENTS; sent++) {
                    send(address, 1);
                }
                send(address, REUSING / CLIENTS);
                return null;
            }));
        }
        for (Future<?> client : clients) {
            client.get(left(), TimeUnit.NANOSECONDS);
        }
        if (!missing.await(left(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException(missing.getCount() + " messages did not arrive");
        }
    }

    private void await(Process server) throws Exception {
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

    private static void kill(Process server) {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A client: one connection and so many messages. */
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
                        missing.countDown();
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
