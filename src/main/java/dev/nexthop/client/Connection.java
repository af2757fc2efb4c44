package dev.nexthop.client;

import dev.nexthop.mail.Step;
import dev.nexthop.smtp.MalformedReplyException;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReplyReader;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsException;
import dev.nexthop.tls.TlsVerdict;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connected socket with its buffers, its TLS, and a deadline for what is going on. One thread at a time. */
final class Connection implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int BUFFER = 16 * 1024;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Socket raw;
    private final Watchdog watchdog;
    private ReplyReader replies;
    private OutputStream out;
    private volatile long deadline = Long.MAX_VALUE;
    private volatile boolean expired;
    private volatile boolean closed;

    Connection(Socket raw, Watchdog watchdog) throws IOException {
        this.raw = raw;
        this.watchdog = watchdog;
        this.replies = new ReplyReader(raw.getInputStream());
        this.out = new BufferedOutputStream(raw.getOutputStream(), BUFFER);
        watchdog.watch(this);
    }

    /** Where content goes; buffered. */
    OutputStream out() {
        return out;
    }

    /** From now on everything together may take so long. */
    void within(Duration time) {
        long nanos =
                time.compareTo(Duration.ofDays(30)) > 0 ? Duration.ofDays(30).toNanos() : time.toNanos();
        long due = System.nanoTime() + nanos;
        deadline = due == Long.MAX_VALUE ? due - 1 : due;
    }

    /** Nothing is going on. */
    void unbounded() {
        deadline = Long.MAX_VALUE;
    }

    /** Called by the watchdog: closes the socket under whoever waits on it. */
    void expireIfDue(long now) {
        long due = deadline;
        if (due != Long.MAX_VALUE && now - due >= 0 && !expired) {
            expired = true;
            closeRaw();
        }
    }

    boolean expired() {
        return expired;
    }

    /** Puts a command line into the buffer. */
    void queue(String command) throws IOException {
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new IllegalArgumentException("a command is one line"); // Smuggled commands end here.
            }
        }
        out.write(command.getBytes(StandardCharsets.UTF_8));
        out.write('\r');
        out.write('\n');
    }

    /** Sends what is buffered. */
    void flush() throws IOException {
        out.flush();
    }

    /** The next reply. */
    Reply reply() throws IOException {
        return replies.read();
    }

    /** The next reply, all of it within a time. */
    Reply reply(Step step, Duration time) throws SessionException {
        within(time);
        try {
            return replies.read();
        } catch (IOException e) {
            throw new SessionException(step, trouble(e, time));
        }
    }

    /** Sends a command and waits for its reply. */
    Reply ask(String command, Step step, Duration time) throws SessionException {
        within(time);
        try {
            queue(command);
            flush();
            return replies.read();
        } catch (IOException e) {
            throw new SessionException(step, trouble(e, time));
        }
    }

    /** What a failure of the socket is called. */
    Response trouble(IOException e, Duration time) {
        if (expired) {
            return new Response.TimedOut("no answer within " + words(time));
        }
        return switch (e) {
            case MalformedReplyException malformed -> new Response.Nonsense(text(malformed));
            case TlsException tls -> new Response.Insecure(text(tls), true);
            case EOFException eof -> new Response.Lost(text(eof));
            default -> new Response.Lost("the connection was lost: " + text(e));
        };
    }

    /** A reply that the server may have sent before it stopped listening, such as 552 in the middle of the content. */
    Reply lastWords() throws IOException {
        within(LAST_WORDS);
        return replies.read();
    }

    /** Whether something arrived that nobody asked for: a goodbye, or an attempt to answer before being asked. */
    boolean unasked() {
        try {
            return replies.buffered() || raw.getInputStream().available() > 0;
        } catch (IOException e) {
            return true; // A connection in doubt is not used again.
        }
    }

    /** Encrypts; nothing said in clear is believed afterwards (RFC 3207 §4.2). */
    TlsVerdict secure(TlsClient tls, TlsDemand demand, String host, Duration time) throws SessionException {
        within(time);
        try {
            TlsClient.Secured secured = tls.start(raw, demand, host);
            replies = new ReplyReader(secured.socket().getInputStream());
            out = new BufferedOutputStream(secured.socket().getOutputStream(), BUFFER);
            return secured.verdict();
        } catch (IOException e) {
            throw new SessionException(Step.TLS, trouble(e, time));
        }
    }

    @Override
    public void close() {
        watchdog.forget(this);
        closeRaw();
    }

    boolean closed() {
        return closed;
    }

    private void closeRaw() {
        closed = true;
        try {
            raw.close();
        } catch (IOException e) {
            LOG.debug("closing the connection to {} failed", raw.getRemoteSocketAddress(), e);
        }
    }

    static String words(Duration time) {
        if (time.toMillis() < 1000) {
            return time.toMillis() + " ms";
        }
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }

    private static String text(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
