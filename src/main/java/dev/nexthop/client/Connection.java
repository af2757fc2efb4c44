package dev.nexthop.client;

import dev.nexthop.mail.Step;
import dev.nexthop.smtp.MalformedReplyException;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReplyReader;
import dev.nexthop.tls.ChannelBinding;
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
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link with its buffers, its TLS, and a deadline for what is going on. One thread at a time. */
final class Connection implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int BUFFER = 16 * 1024;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Link link;
    private final Watchdog watchdog;
    private @Nullable SSLSession secured;
    /** Nanoseconds that the connection took, and TLS. */
    private long connecting;

    private long securing;
    private ReplyReader replies;
    private OutputStream out;
    private volatile long deadline = Long.MAX_VALUE;
    private volatile boolean expired;
    private volatile boolean closed;

    Connection(Link link, Watchdog watchdog) throws SessionException {
        this.link = link;
        this.watchdog = watchdog;
        try {
            this.replies = new ReplyReader(link.in());
            this.out = new BufferedOutputStream(link.out(), BUFFER);
        } catch (IOException e) {
            closeLink();
            throw new SessionException(Step.CONNECT, new Response.Lost("the connection was lost: " + text(e)));
        }
        watchdog.watch(this);
    }

    /** Notes how many nanoseconds it took to connect. */
    void connectTook(long nanos) {
        connecting = nanos;
    }

    /** Nanoseconds that it took to connect; 0 when nobody noted it. */
    long connecting() {
        return connecting;
    }

    /** Nanoseconds that TLS took; 0 without. */
    long securing() {
        return securing;
    }

    /** What carries the octets. */
    Link link() {
        return link;
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
            closeLink();
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
        out.write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
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
            case TlsException tls -> new Response.Insecure(text(tls), true, tls.fault());
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
            return replies.buffered() || link.unread();
        } catch (IOException e) {
            return true; // A connection in doubt is not used again.
        }
    }

    /**
     * Whether the server has spoken although nothing was asked of it, in the middle of a transaction. Under TLS only what
     * has been decrypted counts: records of TLS itself may come at any time.
     */
    boolean spokeAhead() {
        if (replies.buffered() || secured != null) {
            return replies.buffered();
        }
        try {
            return link.unread();
        } catch (IOException e) {
            LOG.debug("the connection is gone, as the next write will tell", e);
            return false;
        }
    }

    /** Whether a reply, or a part of one, was read together with the last one. */
    boolean buffered() {
        return replies.buffered();
    }

    /** Encrypts; nothing said in clear is believed afterwards (RFC 3207 §4.2). */
    TlsVerdict secure(TlsClient tls, TlsDemand demand, String host, Duration time) throws SessionException {
        Socket socket = link.socket();
        if (socket == null) {
            throw new SessionException(
                    Step.TLS, new Response.Insecure("TLS is demanded, and a unix socket can't have it", false));
        }
        within(time);
        long start = System.nanoTime();
        try {
            TlsClient.Secured done = tls.start(socket, demand, host);
            replies = new ReplyReader(done.socket().getInputStream());
            out = new BufferedOutputStream(done.socket().getOutputStream(), BUFFER);
            secured = done.socket().getSession();
            securing = System.nanoTime() - start;
            return done.verdict();
        } catch (IOException e) {
            throw new SessionException(Step.TLS, trouble(e, time));
        }
    }

    /** What a login can be tied to; nothing without TLS. */
    List<ChannelBinding> bindings() {
        return secured == null ? List.of() : ChannelBinding.of(secured);
    }

    /** The server's certificate in words; empty without TLS. */
    Optional<String> certificate() {
        return secured == null ? Optional.empty() : TlsClient.certificate(secured);
    }

    @Override
    public void close() {
        watchdog.forget(this);
        closeLink();
    }

    boolean closed() {
        return closed;
    }

    private void closeLink() {
        closed = true;
        try {
            link.close();
        } catch (IOException e) {
            LOG.debug("closing a connection failed", e);
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
