package dev.nexthop.server;

import dev.nexthop.smtp.DotReader;
import dev.nexthop.smtp.InputBuffer;
import dev.nexthop.smtp.LineEnds;
import dev.nexthop.smtp.LineKind;
import dev.nexthop.smtp.LineReader;
import dev.nexthop.smtp.PreparedReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSocket;

/**
 * A client's connection: lines and content in, replies out. Replies are held back while more of a pipelined group is
 * here to read, and go out in one piece before the next wait (RFC 2920 §3.2).
 *
 * <p>Each wait has a deadline that the session's thread sets and the server's watch reads. When it has passed, the
 * watch shuts the input, so that the waiting session wakes up, says why and goes; a session that can't even say that
 * is closed the next time. No read has a time limit of its own: one for each read would let a slow client stay for
 * ever, and costs a timer each.
 */
final class Connection implements AutoCloseable {
    private static final long NONE = Long.MAX_VALUE;
    private static final Duration LAST_WORD = Duration.ofSeconds(5);

    private final Socket transport;
    private final Timeouts timeouts;
    private final LineEnds lineEnds;
    private final LongSupplier nanos;
    private final byte[] held = new byte[1024];
    private int heldLength;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private InputBuffer buffer;
    private LineReader lines;
    private DotReader dots;
    private Optional<String> cipher = Optional.empty();

    /** The end of the wait in hand, for the watch. */
    private volatile long deadline = NONE;

    private volatile boolean expired;

    private volatile boolean reading;

    /** The end of what is being read: a line or a message. */
    private long whole;

    private boolean wholeKnown;
    private boolean readingContent;

    Connection(Socket transport, Timeouts timeouts, LineEnds lineEnds, LongSupplier nanos) throws IOException {
        this.transport = transport;
        this.timeouts = timeouts;
        this.lineEnds = lineEnds;
        this.nanos = nanos;
        this.socket = transport;
        this.in = transport.getInputStream();
        this.out = transport.getOutputStream();
        this.buffer = new InputBuffer(new FlushingInput());
        this.lines = new LineReader(buffer);
        this.dots = new DotReader(buffer, lineEnds);
    }

    /** Waits for a line, which is then in {@link #lines}. */
    LineKind nextLine(int most) throws IOException {
        wholeKnown = false;
        readingContent = false;
        return lines.next(most);
    }

    LineReader lines() {
        return lines;
    }

    /** Reads content into the sink; what it was like is then in the reader that this gives back. */
    DotReader readContent(DotReader.Sink sink) throws IOException {
        whole = nanos.getAsLong() + timeouts.content().toNanos();
        readingContent = true;
        dots.read(sink);
        return dots;
    }

    void send(PreparedReply reply) throws IOException {
        send(reply.wire());
    }

    void send(byte[] wire) throws IOException {
        if (wire.length > held.length - heldLength) {
            flush();
        }
        if (wire.length > held.length) {
            write(wire, wire.length);
        } else {
            System.arraycopy(wire, 0, held, heldLength, wire.length);
            heldLength += wire.length;
        }
    }

    void flush() throws IOException {
        if (heldLength > 0) {
            int length = heldLength;
            heldLength = 0;
            write(held, length);
        }
    }

    /**
     * Takes TLS from here on. What the client pipelined in clear is dropped (RFC 3207 §4.2, §6): somebody else may
     * have put it there.
     *
     * @return octets dropped
     */
    int startTls(ListenerTls tls) throws IOException {
        flush();
        int dropped = buffer.buffered();
        deadline = nanos.getAsLong() + timeouts.tls().toNanos();
        try {
            SSLSocket secure = (SSLSocket) tls.context()
                    .get()
                    .getSocketFactory()
                    .createSocket(transport, transport.getInetAddress().getHostAddress(), transport.getPort(), true);
            socket = secure;
            secure.setUseClientMode(false);
            tls.strength().apply(secure);
            secure.startHandshake();
            in = secure.getInputStream();
            out = secure.getOutputStream();
            cipher = Optional.of(secure.getSession().getCipherSuite());
        } finally {
            deadline = NONE;
        }
        buffer = new InputBuffer(new FlushingInput());
        lines = new LineReader(buffer);
        dots = new DotReader(buffer, lineEnds);
        return dropped;
    }

    /** The cipher suite; empty in clear. */
    Optional<String> cipher() {
        return cipher;
    }

    boolean secure() {
        return cipher.isPresent();
    }

    /** Whether the watch ended a wait. */
    boolean expired() {
        return expired;
    }

    /** Whether the session waits for the client, its deadline set. */
    boolean reading() {
        return reading;
    }

    /** Called by the watch: ends the wait in hand if its time is over. */
    void expire(long now) {
        long end = deadline;
        if (end == NONE || now - end < 0) {
            return;
        }
        if (expired) {
            abort();
        } else {
            expired = true;
            deadline = now + LAST_WORD.toNanos();
            wake();
        }
    }

    /** Called by other threads: makes a session that waits for a command see the end of its input. */
    void wake() {
        try {
            transport.shutdownInput();
        } catch (IOException e) {
            abort(); // closed already, or closed now: either wakes the session
        }
    }

    /** Called by other threads: closes at once, whatever the session does. */
    void abort() {
        try {
            transport.close();
        } catch (IOException e) {
            deadline = NONE; // it is closed, which is all that was wanted
        }
    }

    @Override
    public void close() {
        deadline = nanos.getAsLong() + LAST_WORD.toNanos();
        try {
            flush();
            socket.close();
        } catch (IOException e) {
            abort();
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        deadline = nanos.getAsLong() + (expired ? LAST_WORD : timeouts.command()).toNanos();
        out.write(bytes, 0, length);
        out.flush();
        deadline = NONE;
    }

    /** The end of the wait that begins now. */
    private long waitEnd() {
        if (readingContent) {
            long block = nanos.getAsLong() + timeouts.block().toNanos();
            return whole - block < 0 ? whole : block;
        }
        if (!wholeKnown) {
            whole = nanos.getAsLong() + timeouts.command().toNanos();
            wholeKnown = true;
        }
        return whole;
    }

    /** What the buffer reads from: sends what is held back before each wait. */
    private final class FlushingInput extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            flush();
            if (expired) {
                return -1;
            }
            deadline = waitEnd();
            reading = true;
            int count = in.read(bytes, offset, length);
            reading = false;
            deadline = NONE;
            return count;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }
}
