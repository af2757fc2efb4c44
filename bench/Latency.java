import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that measures how long a server takes from the last octet of a message to its answer. */
final class Latency {
    private static final byte[] BODY = ("Subject: latency\r\n\r\n" + ("x".repeat(70) + "\r\n").repeat(56) + ".\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private Latency() {}

    /** Milliseconds: the median, of 99 in 100 the longest, and the longest of all. */
    record Times(double median, double p99, double longest) {
        static Times of(List<Long> nanos) {
            double[] sorted = nanos.stream().mapToDouble(one -> one / 1e6).sorted().toArray();
            return sorted.length == 0
                    ? new Times(0, 0, 0)
                    : new Times(at(sorted, 0.5), at(sorted, 0.99), sorted[sorted.length - 1]);
        }
    }

    /** Sends over so many connections, which are kept. */
    static Times measure(int port, int sessions, int messages) throws Exception {
        AtomicInteger left = new AtomicInteger(messages);
        List<Future<List<Long>>> clients = new ArrayList<>();
        List<Long> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<List<Long>> client = () -> client(port, left);
            for (int i = 0; i < sessions; i++) {
                clients.add(threads.submit(client));
            }
            for (Future<List<Long>> times : clients) {
                all.addAll(times.get());
            }
        }
        return Times.of(all);
    }

    private static double at(double[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))];
    }

    private static List<Long> client(int port, AtomicInteger left) throws IOException {
        List<Long> times = new ArrayList<>();
        try (Client client = new Client(port)) {
            while (left.getAndDecrement() > 0) {
                times.add(client.send());
            }
        }
        return times;
    }

    /** A connection that one message after another goes over. */
    static final class Client implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Client(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            answer(in, '2');
            say(in, out, "EHLO latency.example\r\n", '2');
        }

        /** Sends a message; the nanoseconds from its last octet to its answer. */
        long send() throws IOException {
            say(in, out, "MAIL FROM:<from@sender.example>\r\n", '2');
            say(in, out, "RCPT TO:<to@remote.example>\r\n", '2');
            say(in, out, "DATA\r\n", '3');
            out.write(BODY);
            long start = System.nanoTime();
            answer(in, '2');
            return System.nanoTime() - start;
        }

        @Override
        public void close() throws IOException {
            say(in, out, "QUIT\r\n", '2');
            socket.close();
        }
    }

    private static void say(InputStream in, OutputStream out, String command, char wanted) throws IOException {
        out.write(command.getBytes(StandardCharsets.US_ASCII));
        answer(in, wanted);
    }

    private static void answer(InputStream in, char wanted) throws IOException {
        byte[] line = new byte[512];
        while (true) {
            int length = 0;
            for (int octet = in.read(); octet != '\n'; octet = in.read()) {
                if (octet < 0 || length == line.length) {
                    throw new IOException("no answer: " + new String(line, 0, length, StandardCharsets.US_ASCII));
                }
                line[length++] = (byte) octet;
            }
            if (line[0] != wanted) {
                throw new IOException(new String(Arrays.copyOf(line, length), StandardCharsets.US_ASCII));
            }
            if (line[3] != '-') {
                return;
            }
        }
    }
}
