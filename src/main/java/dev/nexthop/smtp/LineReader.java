package dev.nexthop.smtp;

import java.io.IOException;

/**
 * Gives the lines of a conversation. Only CRLF ends a line (RFC 5321 §2.3.8): a reader that also took a bare LF would
 * see commands where its neighbour sees text. Memory is bounded by the length asked for. One thread at a time.
 */
public final class LineReader {
    /** A line without an end is given up after so many octets. */
    public static final int ENDLESS = 1024 * 1024;

    private final InputBuffer in;
    private int offset;
    private int length;

    /**
     * A reader of lines.
     *
     * @param in the connection's buffer
     */
    public LineReader(InputBuffer in) {
        this.in = in;
    }

    /**
     * Reads a line. After {@link LineKind#WHOLE} it is at {@link #offset} of {@link #bytes} until the next call.
     *
     * @param most octets that the line may have, without its CRLF; at most {@link InputBuffer#WIDE} less two
     * @return what was found
     * @throws IOException when the stream fails, or a line does not end within {@link #ENDLESS} octets
     */
    public LineKind next(int most) throws IOException {
        in.narrow();
        boolean broken = false;
        boolean tooLong = false;
        long dropped = 0;
        int scanned = 0;
        while (true) {
            int feed = feed(in.position + scanned);
            if (feed >= 0) {
                if (feed > in.position && in.bytes[feed - 1] == '\r') {
                    return line(feed, most, broken, tooLong);
                }
                broken = true;
                if (feed + 1 == in.limit && !in.sourceReady()) {
                    in.position = in.limit;
                    return LineKind.BARE_LF;
                }
                scanned = feed + 1 - in.position;
                continue;
            }
            scanned = in.limit - in.position;
            if (scanned > most + 1) {
                // Nothing of an overlong line is kept but a CR that may belong to its end.
                tooLong = true;
                int kept = in.bytes[in.limit - 1] == '\r' ? 1 : 0;
                dropped += scanned - kept;
                in.position = in.limit - kept;
                scanned = kept;
                if (dropped > ENDLESS) {
                    throw new IOException("a command line has no end after " + dropped + " octets");
                }
            }
            if (!in.fill()) {
                in.discard();
                return LineKind.END;
            }
        }
    }

    /** Whether octets behind the line are already here, as a pipelining client sends them (RFC 2920 §3.1). */
    public boolean hasBuffered() {
        return in.buffered() > 0;
    }

    /** The array that holds the line. Nobody writes to it. */
    public byte[] bytes() {
        return in.bytes;
    }

    /** Where the line begins. */
    public int offset() {
        return offset;
    }

    /** How many octets it has, without CRLF. */
    public int length() {
        return length;
    }

    private LineKind line(int feed, int most, boolean brokenBefore, boolean tooLong) {
        offset = in.position;
        length = feed - 1 - in.position;
        in.position = feed + 1;
        if (tooLong || length > most) {
            return LineKind.TOO_LONG;
        }
        boolean broken = brokenBefore;
        for (int i = offset; i < offset + length && !broken; i++) {
            broken = in.bytes[i] == '\r';
        }
        return broken ? LineKind.BROKEN : LineKind.WHOLE;
    }

    private int feed(int from) {
        for (int i = from; i < in.limit; i++) {
            if (in.bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
