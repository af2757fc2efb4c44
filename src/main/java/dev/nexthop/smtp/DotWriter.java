package dev.nexthop.smtp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the content of a message as DATA wants it (RFC 5321 §4.5.2): a dot that begins a line is doubled, and a line
 * with a single dot ends it all. A CR or LF alone leaves as CRLF (RFC 5321 §2.3.8), so that nothing inside a message
 * can pass for its end with any server. One thread.
 */
public final class DotWriter {
    private static final byte CR = '\r';
    private static final byte LF = '\n';
    private static final byte DOT = '.';
    private static final byte[] CRLF = {CR, LF};
    private static final byte[] END = ".\r\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private boolean lineStart = true;
    private boolean heldCr;

    /**
     * Writes to a stream, preferably a buffered one: runs between line ends that need care are written whole.
     *
     * @param out where to
     */
    public DotWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes a piece of the content; pieces may end anywhere.
     *
     * @param bytes holds the piece
     * @param offset its first octet
     * @param count its length
     * @throws IOException when the stream fails
     */
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int end = offset + count;
        int i = offset;
        if (heldCr && count > 0) {
            heldCr = false;
            out.write(CRLF);
            lineStart = true;
            i += bytes[i] == LF ? 1 : 0;
        }
        int from = i;
        while (i < end) {
            if (lineStart && bytes[i] == DOT) {
                out.write(bytes, from, i - from);
                out.write(DOT);
                from = i;
            }
            int lineEnd = Octets.lineEnd(bytes, i, end);
            lineStart &= lineEnd == i;
            i = lineEnd;
            if (i == end) {
                break;
            }
            if (bytes[i] == CR && i + 1 < end && bytes[i + 1] == LF) {
                i += 2;
            } else {
                out.write(bytes, from, i - from);
                if (bytes[i] == CR && i + 1 == end) {
                    heldCr = true; // Whether it is half of a line end, the next piece will tell.
                    return;
                }
                out.write(CRLF);
                i++;
                from = i;
            }
            lineStart = true;
        }
        out.write(bytes, from, end - from);
    }

    /**
     * Writes the end: CRLF where the last line lacks it, and the final dot. Does not flush.
     *
     * @throws IOException when the stream fails
     */
    public void finish() throws IOException {
        if (heldCr || !lineStart) {
            out.write(CRLF);
        }
        heldCr = false;
        lineStart = true;
        out.write(END);
    }
}
