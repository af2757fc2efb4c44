package dev.nexthop.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Content in lines, each with its line end; a line that is too long to be kept comes in pieces. */
final class LineSource {
    /** Octets of a piece: far more than the 998 that a line may have (RFC 5322 §2.1.1). */
    static final int LONGEST = 8 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[16 * 1024];
    private int position;
    private int limit;
    private final byte[] line = new byte[LONGEST];
    private boolean begun;

    LineSource(InputStream in) {
        this.in = in;
    }

    /**
     * A line or a piece of one.
     *
     * @param octets with the line end, when this is the last piece
     * @param first whether the line begins here
     */
    record Piece(byte[] octets, boolean first) {
        /** Whether the line ends here. */
        boolean last() {
            return octets.length > 0 && octets[octets.length - 1] == '\n';
        }

        /** Octets before the line end. */
        int length() {
            int length = octets.length;
            if (last()) {
                length -= length > 1 && octets[length - 2] == '\r' ? 2 : 1;
            }
            return length;
        }

        boolean empty() {
            return first && last() && length() == 0;
        }
    }

    /** The next piece; null at the end. */
    @Nullable
    Piece next() throws IOException {
        boolean first = !begun;
        int length = 0;
        while (length < LONGEST) {
            if (position == limit) {
                int read = in.read(buffer);
                if (read <= 0) {
                    break;
                }
                position = 0;
                limit = read;
            }
            byte octet = buffer[position++];
            line[length++] = octet;
            if (octet == '\n') {
                begun = false;
                return new Piece(Arrays.copyOf(line, length), first);
            }
        }
        if (length == 0) {
            return null;
        }
        // A CR at the edge of a piece goes with what follows, so that no line end is cut in two.
        if (length == LONGEST && line[length - 1] == '\r') {
            position--;
            length--;
        }
        begun = true;
        return new Piece(Arrays.copyOf(line, length), first);
    }
}
