package dev.nexthop.smtp;

import java.io.EOFException;
import java.io.IOException;

/**
 * Reads message content after DATA: up to CRLF.CRLF and nothing else (RFC 5321 §4.1.1.4), with the dots that the
 * client put before lines taken out (§4.5.2). It hands on whole blocks of the connection's buffer. One thread at a time;
 * used for one message after another.
 */
public final class DotReader {
    private static final byte[] CRLF = {'\r', '\n'};

    /** After so many octets of one message the buffer grows. */
    private static final int LARGE = 32 * 1024;

    private final InputBuffer in;
    private final LineEnds ends;
    private long octets;
    private long longestLine;
    private boolean bareCr;
    private boolean bareLf;

    /** Octets of the current line in blocks handed on before, and where the line begins in this block. */
    private long lineBefore;

    private int lineStart;
    private int block;

    /** Takes content as it comes. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes a block.
         *
         * @param bytes the array, to be used only during the call
         * @param offset first octet
         * @param length number of octets, at least one
         * @throws IOException to give up the connection
         */
        void accept(byte[] bytes, int offset, int length) throws IOException;
    }

    /**
     * A reader of content.
     *
     * @param in the connection's buffer
     * @param ends what becomes of a bare CR or LF: refusing is up to the caller, who asks {@link #bareCr} and
     *     {@link #bareLf}
     */
    public DotReader(InputBuffer in, LineEnds ends) {
        this.in = in;
        this.ends = ends;
    }

    /**
     * Reads one message; returns behind its final dot.
     *
     * @param sink takes the content
     * @throws EOFException when the client goes away before the final dot
     * @throws IOException when the stream fails or the sink gives up
     */
    public void read(Sink sink) throws IOException {
        begin();
        boolean atLineStart = true;
        while (true) {
            if (atLineStart) {
                if (endsHere()) {
                    in.narrow();
                    return;
                }
                atLineStart = false;
            }
            block = in.position;
            lineStart = in.position;
            atLineStart = scan(sink);
            if (!atLineStart && in.position == in.limit || needsMore()) {
                more();
            }
        }
    }

    /** Octets of content, as handed to the sink. */
    public long octets() {
        return octets;
    }

    /** Octets of the longest line, without its CRLF (RFC 5321 §4.5.3.1.6 allows 998). */
    public long longestLine() {
        return longestLine;
    }

    /** Whether there was a CR without LF. */
    public boolean bareCr() {
        return bareCr;
    }

    /** Whether there was an LF without CR. */
    public boolean bareLf() {
        return bareLf;
    }

    private void begin() {
        octets = 0;
        longestLine = 0;
        bareCr = false;
        bareLf = false;
        lineBefore = 0;
    }

    /** At the start of a line: takes the final dot, or the dot that the client put before the line. */
    private boolean endsHere() throws IOException {
        need(1);
        if (in.bytes[in.position] != '.') {
            return false;
        }
        need(2);
        if (in.bytes[in.position + 1] == '\r') {
            need(3);
            if (in.bytes[in.position + 2] == '\n') {
                in.position += 3;
                return true;
            }
        }
        in.position++; // RFC 5321 §4.5.2: the first dot of a line that has more goes
        return false;
    }

    private void need(int count) throws IOException {
        while (in.buffered() < count) {
            more();
        }
    }

    private void more() throws IOException {
        if (octets > LARGE) {
            in.widen();
        }
        if (!in.fill()) {
            throw new EOFException("the client went away before the end of the message");
        }
    }

    /** A CR is last in the buffer: what follows decides what it is. */
    private boolean needsMore() {
        return in.buffered() == 1 && in.bytes[in.position] == '\r';
    }

    /**
     * Hands on lines until one begins with a dot, or the buffer is used up but for a last CR.
     *
     * @return whether the position is at the start of a line
     */
    private boolean scan(Sink sink) throws IOException {
        byte[] bytes = in.bytes;
        int end = in.limit;
        int i = in.position;
        while (true) {
            i = Octets.lineEnd(bytes, i, end);
            if (i == end) {
                return handOn(sink, i, false);
            }
            byte b = bytes[i];
            if (b == '\r') {
                if (i + 1 == end) {
                    return handOn(sink, i, false);
                }
                if (bytes[i + 1] == '\n') {
                    endLine(i, i + 2);
                    i += 2;
                    if (i == end || bytes[i] == '.') {
                        return handOn(sink, i, true);
                    }
                    continue;
                }
                bareCr = true;
            } else {
                bareLf = true;
            }
            i++;
            if (ends == LineEnds.NORMALISE) {
                repair(sink, i);
            }
        }
    }

    /** Puts CRLF in the place of the bare CR or LF just before {@code next}. */
    private void repair(Sink sink, int next) throws IOException {
        endLine(next - 1, next);
        emit(sink, next - 1);
        sink.accept(CRLF, 0, CRLF.length);
        octets += CRLF.length;
        block = next;
    }

    private void endLine(int end, int next) {
        long length = lineBefore + end - lineStart;
        if (length > longestLine) {
            longestLine = length;
        }
        lineBefore = 0;
        lineStart = next;
    }

    private boolean handOn(Sink sink, int end, boolean atLineStart) throws IOException {
        emit(sink, end);
        lineBefore += end - lineStart;
        in.position = end;
        return atLineStart;
    }

    private void emit(Sink sink, int end) throws IOException {
        if (end > block) {
            octets += end - block;
            sink.accept(in.bytes, block, end - block);
        }
    }
}
