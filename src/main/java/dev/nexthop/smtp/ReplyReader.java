package dev.nexthop.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the replies of a server (RFC 5321 §4.2) from a stream of its own. Everything a server sends is hostile: lines,
 * their number and the whole reply are bounded, and no control character survives into the text. One thread.
 */
public final class ReplyReader {
    /** Octets of one line that are kept; the rest of the line is dropped. */
    public static final int MAX_LINE = 4096;

    /** Lines of one reply. */
    public static final int MAX_LINES = 128;

    /** Octets of one reply, those dropped included. */
    public static final int MAX_REPLY = 64 * 1024;

    private static final int EXCERPT = 80;
    private static final byte CR = '\r';
    private static final byte LF = '\n';

    private final InputStream in;
    private final byte[] buffer = new byte[2048];
    private int position;
    private int limit;
    private byte[] line = new byte[256];
    private int length;
    private int octets;
    /** The reply before and its line, if it had one: a server says the same about most recipients. */
    private @Nullable Reply before;

    private byte[] lineBefore = new byte[256];
    private int lengthBefore;

    /**
     * Reads from a stream that nobody else reads.
     *
     * @param in the octets of the server
     */
    public ReplyReader(InputStream in) {
        this.in = in;
    }

    /**
     * Whether octets have arrived that no reply has taken yet.
     *
     * @return true when something is buffered here
     */
    public boolean buffered() {
        return position < limit;
    }

    /**
     * The next reply, all of its lines.
     *
     * @return the reply; its text is printable
     * @throws MalformedReplyException when the server sent something else, or too much
     * @throws EOFException when the server closed the connection before the end of a reply
     * @throws IOException when the connection fails
     */
    public Reply read() throws IOException {
        octets = 0;
        line();
        Reply same = before;
        if (same != null && Arrays.equals(line, 0, length, lineBefore, 0, lengthBefore)) {
            return same;
        }
        before = null;
        Reply reply = fresh();
        if (reply.lines().size() == 1) {
            byte[] mine = line;
            line = lineBefore;
            lineBefore = mine;
            lengthBefore = length;
            before = reply;
        }
        return reply;
    }

    /** The reply whose first line is here. */
    private Reply fresh() throws IOException {
        List<String> lines = new ArrayList<>(1);
        Optional<EnhancedStatus> enhanced = Optional.empty();
        int code = 0;
        boolean more;
        do {
            int here = code();
            if (lines.isEmpty()) {
                code = here;
            } else if (here != code) {
                // RFC 5321 §4.2.1: the code is the same on every line; which of two is meant, nobody can know.
                throw new MalformedReplyException("the lines of one reply have the codes " + code + " and " + here);
            }
            more = length > 3 && line[3] == '-';
            String text = text(Math.min(4, length));
            if (lines.isEmpty()) {
                enhanced = EnhancedStatus.leading(text).filter(status -> status.category() == here / 100);
            }
            lines.add(withoutStatus(text, enhanced));
            if (more && lines.size() == MAX_LINES) {
                throw new MalformedReplyException("a reply of more than " + MAX_LINES + " lines");
            }
            if (more) {
                line();
            }
        } while (more);
        return new Reply(code, enhanced, lines);
    }

    private int code() throws MalformedReplyException {
        boolean digits = length >= 3
                && line[0] >= '2'
                && line[0] <= '5'
                && line[1] >= '0'
                && line[1] <= '9'
                && line[2] >= '0'
                && line[2] <= '9';
        if (!digits || length > 3 && line[3] != ' ' && line[3] != '-') {
            String excerpt = text(0);
            throw new MalformedReplyException("not an SMTP reply: \""
                    + (excerpt.length() > EXCERPT ? excerpt.substring(0, EXCERPT) + "…" : excerpt) + "\"");
        }
        return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    }

    private static String withoutStatus(String text, Optional<EnhancedStatus> enhanced) {
        if (enhanced.isEmpty() || !EnhancedStatus.leading(text).equals(enhanced)) {
            return text;
        }
        int space = text.indexOf(' ');
        return space < 0 ? "" : text.substring(space + 1);
    }

    /** Fills {@link #line} with the next line, its end removed. A bare LF ends a line too: servers may be sloppy. */
    private void line() throws IOException {
        length = 0;
        while (true) {
            if (position == limit) {
                fill();
            }
            int start = position;
            while (position < limit && buffer[position] != LF) {
                position++;
            }
            keep(start, position - start);
            if (position < limit) {
                position++;
                count(1);
                if (length > 0 && line[length - 1] == CR) {
                    length--;
                }
                return;
            }
        }
    }

    private void fill() throws IOException {
        int read = in.read(buffer, 0, buffer.length);
        if (read < 0) {
            throw new EOFException(
                    octets == 0
                            ? "the server closed the connection"
                            : "the server closed the connection inside a reply");
        }
        position = 0;
        limit = read;
    }

    private void keep(int start, int count) throws MalformedReplyException {
        count(count);
        int kept = Math.min(count, MAX_LINE - length);
        if (kept > line.length - length) {
            byte[] larger = new byte[Math.min(MAX_LINE, Math.max(line.length * 2, length + kept))];
            System.arraycopy(line, 0, larger, 0, length);
            line = larger;
        }
        System.arraycopy(buffer, start, line, length, kept);
        length += kept;
    }

    private void count(int more) throws MalformedReplyException {
        octets += more;
        if (octets > MAX_REPLY) {
            throw new MalformedReplyException("a reply of more than " + MAX_REPLY + " octets");
        }
    }

    /** The text from an index on: UTF-8, and nothing that could begin a new line or move a cursor. */
    private String text(int from) {
        boolean plain = true;
        for (int i = from; i < length && plain; i++) {
            plain = line[i] >= ' ' && line[i] < 127;
        }
        if (plain) {
            return new String(line, from, length - from, StandardCharsets.ISO_8859_1);
        }
        String decoded = new String(line, from, length - from, StandardCharsets.UTF_8);
        StringBuilder safe = new StringBuilder(decoded.length());
        decoded.codePoints().forEach(c -> safe.appendCodePoint(c == '\t' ? ' ' : unsafe(c) ? '?' : c));
        return safe.toString();
    }

    private static boolean unsafe(int c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
