package dev.nexthop.client;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.DotWriter;
import dev.nexthop.smtp.Reply;
import dev.nexthop.tls.TlsVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** The content of one message on its way to the server: up to a lone dot, or as a chunk. */
final class Content {
    private static final int BLOCK = 64 * 1024;

    private final ClientSession session;
    private final Connection connection;
    private final MessageBody body;
    private final Duration time;

    Content(ClientSession session, MessageBody body, Duration time) {
        this.session = session;
        this.connection = session.connection();
        this.body = body;
        this.time = time;
    }

    /**
     * Whether a message can be a chunk as it is: in memory, not large, and all of it lines that end in CRLF, because a
     * chunk is counted and not mended on the way (RFC 3030 §2; RFC 5321 §2.3.8 for CR and LF alone).
     */
    static boolean fitsOneChunk(MessageBody body) {
        byte[] bytes = body.inMemory();
        if (bytes == null || bytes.length > Transfer.MOST_OF_ONE_CHUNK || bytes.length < 2) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            byte octet = bytes[i];
            if (octet <= '\r' && octet >= 0) {
                if (octet == '\n' || octet == '\r' && (i + 1 == bytes.length || bytes[++i] != '\n')) {
                    return false;
                }
            }
        }
        return bytes[bytes.length - 1] == '\n';
    }

    /** BDAT with everything in it, behind whatever waits in the buffer; all of it leaves at once. */
    void onlyChunk() throws SessionException {
        byte[] bytes = body.inMemory();
        if (bytes == null) {
            throw new IllegalStateException("only a body in memory is one chunk");
        }
        connection.within(time);
        try {
            connection.queue("BDAT " + bytes.length + " LAST");
            connection.out().write(bytes, 0, bytes.length);
            connection.flush();
        } catch (IOException e) {
            throw cutOff(lastOctetStayed() ? Step.DATA : Step.END_OF_DATA, e);
        }
    }

    /** Everything and the dot (RFC 5321 §4.1.1.4). */
    void untilDot() throws SessionException {
        DotWriter dots = new DotWriter(connection.out());
        byte[] memory = body.inMemory();
        if (memory == null) {
            stream(dots);
        } else {
            for (int from = 0; from < memory.length; from += BLOCK) {
                block(dots, memory, from, Math.min(BLOCK, memory.length - from));
            }
        }
        quietSoFar();
        connection.within(time);
        try {
            dots.finish();
            connection.flush();
        } catch (IOException e) {
            throw cutOff(lastOctetStayed() ? Step.DATA : Step.END_OF_DATA, e);
        }
    }

    /**
     * A write that fails has not handed over its last octet, so what ends the message never left; but whoever was cut off
     * by the watchdog, or has TLS between himself and the socket, can't know that.
     */
    private boolean lastOctetStayed() {
        return !connection.expired() && session.tls() instanceof TlsVerdict.Clear;
    }

    private void stream(DotWriter dots) throws SessionException {
        byte[] block = new byte[BLOCK];
        try (InputStream in = body.open()) {
            int read = in.read(block);
            while (read >= 0) {
                quietSoFar();
                block(dots, block, 0, read);
                read = in.read(block);
            }
        } catch (IOException e) {
            // Without its end the server will throw away what it has; RFC 5321 §4.1.1.4 makes only the dot count.
            throw new SessionException(Step.DATA, new Response.Unreadable(String.valueOf(e.getMessage())));
        }
    }

    private void block(DotWriter dots, byte[] bytes, int from, int count) throws SessionException {
        connection.within(time);
        try {
            dots.write(bytes, from, count);
        } catch (IOException e) {
            throw cutOff(Step.DATA, e);
        }
    }

    /**
     * A reply that comes before the message has ended is none to the message: a refusal ends it here, and anything else
     * shows that the server's replies no longer fit what is asked, so that its next 250 would say nothing.
     */
    private void quietSoFar() throws SessionException {
        if (connection.spokeAhead()) {
            Reply early = connection.reply(Step.DATA, time);
            boolean refusal = early.transientFailure() || early.permanentFailure();
            throw new SessionException(
                    Step.DATA,
                    refusal
                            ? new Response.Replied(early)
                            : new Response.Nonsense("a reply in the middle of the message: " + early));
        }
    }

    /** The server stopped listening; perhaps it said why. */
    private SessionException cutOff(Step step, IOException e) {
        Response trouble = connection.trouble(e, time);
        if (!connection.expired()) {
            try {
                Reply words = connection.lastWords();
                if (words.transientFailure() || words.permanentFailure()) {
                    return new SessionException(step, new Response.Replied(words));
                }
            } catch (IOException silent) {
                e.addSuppressed(silent); // It said nothing: the first failure is the story.
            }
        }
        return new SessionException(step, trouble);
    }
}
