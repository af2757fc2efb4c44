package dev.nexthop.smtp;

import java.io.IOException;
import java.io.InputStream;

/**
 * The one buffer between a connection and its readers: commands and message content come out of the same array, so
 * nothing that was pipelined is lost when the reader changes (RFC 2920 §3.2). It starts small, because most
 * connections wait most of the time, and grows to its bound when there is much to read. One thread at a time.
 */
public final class InputBuffer {
    /** Octets that a new buffer holds. */
    public static final int INITIAL = 4 * 1024;

    /** Octets that a connection keeps which has had more than {@link #INITIAL} to say at once. */
    static final int KEPT = 8 * 1024;

    /** Octets that a buffer grows to. */
    public static final int WIDE = 32 * 1024;

    private final InputStream source;
    byte[] bytes = new byte[INITIAL];
    int position;
    int limit;

    /**
     * A buffer over a stream.
     *
     * @param source a blocking stream, such as a socket's
     */
    public InputBuffer(InputStream source) {
        this.source = source;
    }

    /** Octets that can be had without asking the stream. */
    public int buffered() {
        return limit - position;
    }

    /** Forgets what was read ahead, as RFC 3207 §4.2 wants when TLS begins. */
    public void discard() {
        position = 0;
        limit = 0;
    }

    /** Whether the stream itself has octets that can be read without waiting. */
    boolean sourceReady() throws IOException {
        return source.available() > 0;
    }

    /** Gives the memory of a wide buffer back when nothing is in it. */
    public void narrow() {
        if (bytes.length > KEPT && position == limit) {
            bytes = new byte[INITIAL];
            discard();
        }
    }

    /** Makes room for large reads; what is buffered stays. */
    void widen() {
        if (bytes.length < WIDE) {
            resize(WIDE);
        }
    }

    /**
     * Waits for more octets and puts them behind those that are there. Offsets into the array change.
     *
     * @return false at the end of the stream
     * @throws IllegalStateException when the buffer is full and as wide as it may get: the reader asked for too much
     */
    boolean fill() throws IOException {
        if (position == limit) {
            if (limit == bytes.length && limit < KEPT) {
                bytes = new byte[KEPT]; // it was full: the next one of its kind comes in one read
            }
            discard();
        } else if (limit == bytes.length) {
            makeRoom();
        }
        int read = source.read(bytes, limit, bytes.length - limit);
        if (read <= 0) {
            return false;
        }
        limit += read;
        return true;
    }

    private void makeRoom() {
        if (position > 0) {
            System.arraycopy(bytes, position, bytes, 0, limit - position);
            limit -= position;
            position = 0;
        } else if (bytes.length < WIDE) {
            resize(Math.min(WIDE, bytes.length * 2));
        } else {
            throw new IllegalStateException("a reader wants more than " + WIDE + " octets at once");
        }
    }

    private void resize(int capacity) {
        byte[] larger = new byte[capacity];
        System.arraycopy(bytes, position, larger, 0, limit - position);
        bytes = larger;
        limit -= position;
        position = 0;
    }
}
