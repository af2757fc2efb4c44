package dev.nexthop.client;

import dev.nexthop.smtp.Dialect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server that takes mail, except where its script says otherwise. A script is a list of {@code step=action}: step is
 * greeting, ehlo, helo, starttls, auth, mail, rcpt, data, content, dot, bdat, rset or quit; action is a reply, or {@code drop},
 * {@code reset}, {@code stall}, {@code garbage}, {@code endless}; {@code a|b} are actions for the first, second and further times on one
 * connection. {@code versions=TLSv1.2} are those of TLS. {@code extensions=A,B} are what EHLO offers. Where a reply holds {@code \n}, further lines follow.
 */
public final class FaultServer implements AutoCloseable {
    private static final String OFFERED = "PIPELINING,8BITMIME,SMTPUTF8,SIZE 50000000";

    private final ServerSocket listening;
    private final Dialect dialect;
    private final Map<String, List<String>> script = new HashMap<>();
    private final @Nullable SSLContext tls;
    private final boolean implicit;
    private final Thread accepting;
    private final CountDownLatch released = new CountDownLatch(1);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<Taken> taken = new CopyOnWriteArrayList<>();
    private final List<String> indicated = new CopyOnWriteArrayList<>();
    private final List<String> shown = new CopyOnWriteArrayList<>();

    /** A message that this server answered with 2yz, for at least one recipient. */
    public record Taken(List<String> recipients, byte[] content) {
        /** The content as text. */
        public String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    /** How a server speaks. */
    public record Way(Dialect dialect, @Nullable SSLContext tls, boolean implicit) {
        public static final Way SMTP = new Way(Dialect.SMTP, null, false);
        public static final Way LMTP = new Way(Dialect.LMTP, null, false);
    }

    /** Starts on loopback, a port of the kernel's choice. */
    public static FaultServer start(Way way, String... script) {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), way, script);
    }

    /** Starts on an address. */
    public static FaultServer start(InetSocketAddress where, Way way, String... script) {
        try {
            return new FaultServer(where, way, script);
        } catch (IOException e) {
            throw new IllegalStateException(where + ": " + e, e);
        }
    }

    private FaultServer(InetSocketAddress where, Way way, String... script) throws IOException {
        this.dialect = way.dialect();
        this.tls = way.tls();
        this.implicit = way.implicit();
        for (String entry : script) {
            int equals = entry.indexOf('=');
            this.script.put(
                    entry.substring(0, equals),
                    List.of(entry.substring(equals + 1).split("\\|")));
        }
        listening = new ServerSocket();
        listening.bind(where);
        accepting = Thread.ofVirtual().name("fault-server").start(this::accept);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    public int port() {
        return listening.getLocalPort();
    }

    public int connections() {
        return connections.get();
    }

    /** Every line said to this server, all connections together. */
    public List<String> commands() {
        return List.copyOf(commands);
    }

    /** Messages taken. */
    public List<Taken> taken() {
        return List.copyOf(taken);
    }

    /** The names that SNI indicated. */
    public List<String> indicated() {
        return List.copyOf(indicated);
    }

    /** The subjects of the certificates that clients showed; empty for none. */
    public List<String> shown() {
        return List.copyOf(shown);
    }

    /** Closes every connection, as a server does that tires of idle clients, and goes on listening. */
    public void hangUp() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return; // Closed: the test is over.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            Talk talk = new Talk(socket);
            if (implicit) {
                talk.secure();
            }
            talk.run();
        } catch (Ended | IOException e) {
            // The script, or the client, has ended this conversation.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        released.countDown();
        listening.close();
        try {
            accepting.join(); // Only then is the port refused.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        hangUp();
    }

    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final class Talk {
        private Socket socket;
        private InputStream in;
        private OutputStream out;
        private final Map<String, Integer> times = new HashMap<>();
        private final List<String> recipients = new CopyOnWriteArrayList<>();
        private boolean mail;
        private boolean gone;

        Talk(Socket socket) throws IOException {
            this.socket = socket;
            in = new Incoming(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void secure() throws IOException {
            SSLContext context = tls;
            if (context == null) {
                throw new IOException("this server has no certificate");
            }
            SSLSocket secured = (SSLSocket) context.getSocketFactory()
                    .createSocket(socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
            secured.setUseClientMode(false);
            if (script.containsKey("versions")) {
                secured.setEnabledProtocols(
                        script.getOrDefault("versions", List.of()).toArray(String[]::new));
            }
            secured.setWantClientAuth(true);
            secured.startHandshake();
            if (secured.getSession() instanceof javax.net.ssl.ExtendedSSLSession session) {
                session.getRequestedServerNames()
                        .forEach(name -> indicated.add(new String(name.getEncoded(), StandardCharsets.US_ASCII)));
            }
            try {
                shown.add(secured.getSession().getPeerPrincipal().getName());
            } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                shown.add("");
            }
            socket = secured;
            in = new Incoming(secured.getInputStream());
            out = secured.getOutputStream();
        }

        void run() throws IOException, Ended, InterruptedException {
            act("greeting", "220 fault.example ready");
            while (true) {
                String line = line();
                commands.add(line);
                String verb = line.split("[ :]")[0].toUpperCase(Locale.ROOT);
                switch (verb) {
                    case "EHLO", "LHLO" -> act("ehlo", hello());
                    case "HELO" -> act("helo", "250 fault.example");
                    case "STARTTLS" -> {
                        if (act("starttls", "220 go ahead") == 220) {
                            secure();
                        }
                    }
                    case "AUTH" -> auth(line);
                    case "MAIL" -> {
                        recipients.clear();
                        mail = act("mail", "250 2.1.0 ok") / 100 == 2;
                    }
                    case "RCPT" -> {
                        if (act("rcpt", "250 2.1.5 ok") / 100 == 2 && mail) {
                            recipients.add(line.substring("RCPT TO:<".length(), line.indexOf('>')));
                        }
                    }
                    case "DATA" -> {
                        String refuse = "554 5.5.1 no valid recipients";
                        if (act("data", recipients.isEmpty() ? refuse : "354 go ahead") == 354) {
                            content();
                        }
                    }
                    case "BDAT" -> chunk(line);
                    case "RSET" -> {
                        recipients.clear();
                        act("rset", "250 2.0.0 ok");
                    }
                    case "QUIT" -> {
                        act("quit", "221 2.0.0 bye");
                        return;
                    }
                    default -> say("500 5.5.2 what?");
                }
            }
        }

        private String hello() {
            String offered = script.getOrDefault("extensions", List.of(OFFERED)).getFirst();
            StringBuilder reply = new StringBuilder("250-fault.example");
            if (!offered.isEmpty()) {
                reply.append("\\n250-").append(offered.replace(",", "\\n250-"));
            }
            if (tls != null && !(socket instanceof SSLSocket)) {
                reply.append("\\n250-STARTTLS");
            }
            return reply.append("\\n250 HELP").toString();
        }

        private void auth(String line) throws IOException, Ended, InterruptedException {
            if (line.startsWith("AUTH LOGIN")) {
                say("334 VXNlcm5hbWU6");
                commands.add(line());
                say("334 UGFzc3dvcmQ6");
                commands.add(line());
            } else if (line.startsWith("AUTH SCRAM-") && upcoming("auth", "235").startsWith("235")) {
                ScramPeer peer = new ScramPeer(socket);
                say("334 " + peer.first(line));
                String last = line();
                commands.add(last);
                say(peer.last(last));
                commands.add(line());
            } else if (line.startsWith("AUTH CRAM-MD5")) {
                say("334 PDFAeC5leGFtcGxlPg==");
                commands.add(line());
            } else if (line.equals("AUTH PLAIN")) {
                say("334 ");
                commands.add(line());
            }
            if (act("auth", "235 2.7.0 welcome") == 334) {
                commands.add(line());
                act("auth", "235 2.7.0 welcome");
            }
        }

        /** RFC 3030 §2: one chunk, the last. */
        private void chunk(String line) throws IOException, Ended, InterruptedException {
            byte[] content = in.readNBytes(Integer.parseInt(line.split(" ")[1]));
            if (recipients.isEmpty()) {
                act("bdat", "503 5.5.1 no valid recipients");
                return;
            }
            if (!gone && upcoming("bdat", "250").startsWith("2")) {
                taken.add(new Taken(List.copyOf(recipients), content));
            }
            act("bdat", "250 2.0.0 taken");
            recipients.clear();
        }

        private void content() throws IOException, Ended, InterruptedException {
            if (script.containsKey("content")) {
                in.read();
                act("content", "");
                throw new Ended();
            }
            byte[] content = untilDot();
            if (dialect == Dialect.LMTP) {
                for (String recipient : recipients) {
                    take(List.of(recipient), content);
                    act("dot", "250 2.0.0 taken");
                }
            } else {
                take(List.copyOf(recipients), content);
                act("dot", "250 2.0.0 taken");
            }
            recipients.clear();
        }

        /** Books what the next reply will acknowledge; whoever hears the reply may look here at once. */
        private void take(List<String> whom, byte[] content) {
            if (!gone && upcoming("dot", "250").startsWith("2") && !whom.isEmpty()) {
                taken.add(new Taken(whom, content));
            }
        }

        private String upcoming(String step, String usual) {
            List<String> actions = script.getOrDefault(step, List.of(usual));
            return actions.get(Math.min(times.getOrDefault(step, 0), actions.size() - 1));
        }

        /** Does what the script says for a step; gives the code of the reply. */
        private int act(String step, String usual) throws IOException, Ended, InterruptedException {
            String action = upcoming(step, usual);
            times.merge(step, 1, Integer::sum);
            return switch (action) {
                case "drop" -> throw new Ended();
                case "reset" -> {
                    socket.setSoLinger(true, 0);
                    throw new Ended();
                }
                case "stall" -> {
                    released.await();
                    throw new Ended();
                }
                case "garbage" -> {
                    out.write(new byte[] {0, 1, (byte) 0xff, 'x', '\r', '\n'});
                    yield 0;
                }
                case "endless" -> {
                    for (int i = 0; i < 200; i++) {
                        say("250-and so on");
                    }
                    yield 0;
                }
                default -> {
                    say(action);
                    int code = Integer.parseInt(action.substring(0, 3));
                    gone |= code == 421;
                    yield code;
                }
            };
        }

        private void say(String reply) throws IOException {
            out.write((reply.replace("\\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        private String line() throws IOException, Ended {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int octet = in.read();
            while (octet != '\n') {
                if (octet < 0) {
                    throw new Ended();
                }
                line.write(octet);
                octet = in.read();
            }
            return line.toString(StandardCharsets.UTF_8).replaceFirst("\r$", "");
        }

        /** The content up to CRLF.CRLF, dots removed (RFC 5321 §4.5.2). */
        private byte[] untilDot() throws IOException, Ended {
            byte[] content = new byte[8_192];
            int length = 0;
            int line = 0;
            while (true) {
                int octet = in.read();
                if (octet < 0) {
                    throw new Ended();
                }
                if (length == content.length) {
                    content = Arrays.copyOf(content, 2 * length);
                }
                content[length++] = (byte) octet;
                if (octet != '\n' || length == line + 1 || content[length - 2] != '\r') {
                    continue;
                }
                if (content[line] == '.') {
                    if (length == line + 3) {
                        return Arrays.copyOf(content, line);
                    }
                    length--;
                    System.arraycopy(content, line + 1, content, line, length - line);
                }
                line = length;
            }
        }
    }

    /** A buffer without locks: large contents come by the octet. */
    private static final class Incoming extends InputStream {
        private final InputStream from;
        private final byte[] buffer = new byte[16_384];
        private int next;
        private int end;

        Incoming(InputStream from) {
            this.from = from;
        }

        private boolean isOver() throws IOException {
            if (next == end) {
                next = 0;
                end = Math.max(0, from.read(buffer));
            }
            return end == 0;
        }

        @Override
        public int read() throws IOException {
            return isOver() ? -1 : buffer[next++] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (isOver()) {
                return -1;
            }
            int count = Math.min(length, end - next);
            System.arraycopy(buffer, next, into, offset, count);
            next += count;
            return count;
        }
    }
}
