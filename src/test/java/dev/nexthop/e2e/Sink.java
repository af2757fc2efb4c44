package dev.nexthop.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A next hop of our own, SMTP or LMTP, that records every message it said 250 to, and behaves as badly as it is told. */
final class Sink implements AutoCloseable {
    /** As a reply: the connection is closed instead. */
    static final String HANG_UP = "(hang up)";

    /** As a reply: nothing is said, ever. */
    static final String SILENCE = "(silence)";

    private final ServerSocket listener;
    private final boolean lmtp;
    private final Collection<Received> received = new ConcurrentLinkedQueue<>();
    private final Collection<Socket> connections = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile Manner manner = line -> null;

    /** What a sink says. */
    @FunctionalInterface
    interface Manner {
        /**
         * The reply to a line, without its CRLF; null for the usual one.
         *
         * @param line a command; "" for the greeting; "." for the end of the content (LMTP: ". recipient", each)
         */
        @Nullable
        String reply(String line);
    }

    /**
     * A message, taken with 250.
     *
     * @param sender the reverse-path
     * @param recipients those of this transaction that were accepted
     * @param content as sent, dots removed
     * @param at when the reply was given, of {@link System#nanoTime}
     */
    record Received(String sender, List<String> recipients, byte[] content, long at) {}

    private Sink(ServerSocket listener, boolean lmtp) {
        this.listener = listener;
        this.lmtp = lmtp;
        Thread.ofPlatform().daemon().name("sink").start(this::accept);
    }

    /** An SMTP sink on a port of loopback that the kernel chooses. */
    static Sink smtp() throws IOException {
        return on(Network.ours(), new InetSocketAddress("127.0.0.1", 0), false);
    }

    /** An LMTP sink on a port of loopback that the kernel chooses. */
    static Sink lmtp() throws IOException {
        return on(Network.ours(), new InetSocketAddress("127.0.0.1", 0), true);
    }

    /** A sink on that address. */
    static Sink on(Network network, InetSocketAddress address, boolean lmtp) throws IOException {
        return new Sink(network.listen(address), lmtp);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Behaves like that from the next line on. */
    Sink behave(Manner next) {
        manner = next;
        return this;
    }

    /** Everything taken so far. */
    List<Received> received() {
        return List.copyOf(received);
    }

    /** The recipients of everything taken so far, one for each message and recipient. */
    List<String> recipients() {
        return received.stream()
                .flatMap(message -> message.recipients().stream())
                .sorted()
                .toList();
    }

    /** How many connections there were. */
    int connections() {
        return accepted.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                connections.add(socket);
                Thread.ofVirtual().start(() -> converse(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new Conversation(socket).run();
        } catch (IOException e) {
            // The other side is gone or was killed; what was recorded stays.
        } finally {
            connections.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }

    private final class Conversation {
        private final InputStream in;
        private final OutputStream out;
        private boolean begun;
        private String sender = "";
        private final List<String> recipients = new ArrayList<>();

        Conversation(Socket socket) throws IOException {
            in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
            out = socket.getOutputStream();
        }

        void run() throws IOException {
            if (!said("", "220 sink.example " + (lmtp ? "LMTP" : "ESMTP"))) {
                return;
            }
            for (byte[] line = line(); line != null; line = line()) {
                if (!command(new String(line, StandardCharsets.UTF_8).stripTrailing())) {
                    return;
                }
            }
        }

        private boolean command(String line) throws IOException {
            return switch (line.toUpperCase(Locale.ROOT).replaceFirst(" .*", "")) {
                case "EHLO", "LHLO" ->
                    said(line, "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES");
                case "MAIL" -> {
                    recipients.clear();
                    sender = path(line);
                    String reply = manner.reply(line);
                    begun = reply == null || reply.startsWith("2");
                    yield write(reply == null ? "250 2.1.0 ok" : reply);
                }
                case "RCPT" -> begun ? recipient(line) : said(line, "503 5.5.1 no sender");
                case "DATA" -> recipients.isEmpty() ? said(line, "503 5.5.1 no recipient") : content(line);
                case "QUIT" -> {
                    said(line, "221 2.0.0 bye");
                    yield false;
                }
                case "RSET" -> {
                    recipients.clear();
                    begun = false;
                    yield said(line, "250 2.0.0 ok");
                }
                case "NOOP" -> said(line, "250 2.0.0 ok");
                default -> said(line, "500 5.5.2 what");
            };
        }

        private boolean recipient(String line) throws IOException {
            String usual = "250 2.1.5 ok";
            String reply = manner.reply(line);
            boolean goesOn = write(reply == null ? usual : reply);
            if (reply == null || reply.startsWith("2")) {
                recipients.add(path(line));
            }
            return goesOn;
        }

        private boolean content(String line) throws IOException {
            if (!said(line, "354 go on")) {
                return false;
            }
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (byte[] next = line(); next != null; next = line()) {
                if (next.length == 3 && next[0] == '.') {
                    return lmtp ? answerEach(content.toByteArray()) : answer(content.toByteArray());
                }
                int skip = next.length > 0 && next[0] == '.' ? 1 : 0;
                content.write(next, skip, next.length - skip);
            }
            return false;
        }

        private boolean answer(byte[] content) throws IOException {
            List<String> taken = List.copyOf(recipients);
            recipients.clear();
            begun = false;
            return answerFor(".", taken, content);
        }

        /** RFC 2033 §4.2: one reply for each accepted recipient, in their order. */
        private boolean answerEach(byte[] content) throws IOException {
            List<String> taken = List.copyOf(recipients);
            recipients.clear();
            begun = false;
            for (String recipient : taken) {
                if (!answerFor(". " + recipient, List.of(recipient), content)) {
                    return false;
                }
            }
            return true;
        }

        private boolean answerFor(String asked, List<String> taken, byte[] content) throws IOException {
            String reply = manner.reply(asked);
            if (reply == null || reply.startsWith("2")) {
                // Recorded before it is said: a client that is killed now must not make us forget.
                received.add(new Received(sender, taken, content, System.nanoTime()));
            }
            return write(reply == null ? "250 2.0.0 taken" : reply);
        }

        private boolean said(String line, String usual) throws IOException {
            String reply = manner.reply(line);
            return write(reply == null ? usual : reply);
        }

        private boolean write(String reply) throws IOException {
            if (reply.equals(HANG_UP)) {
                return false;
            }
            if (reply.equals(SILENCE)) {
                while (in.read() >= 0) {
                    // Reads on, says nothing.
                }
                return false;
            }
            out.write((reply + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return true;
        }

        private byte @Nullable [] line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream(128);
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                line.write(octet);
                if (octet == '\n') {
                    return line.toByteArray();
                }
            }
            return null;
        }

        private static String path(String line) {
            return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
        }
    }
}
