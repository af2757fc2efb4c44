package dev.nexthop.dsn;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Requests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a report returns of the message (RFC 6522 §3): its header, or all of it.
 *
 * @param header its header, bounded
 * @param whole the message, when all of it is returned
 */
record Enclosure(OriginalHeader header, Optional<MessageBody> whole) {
    private static final int LONGEST_LINE = 998;

    /**
     * Whether the sender asked for the whole message and the report may hold it (RFC 3461 §4.3 and §6.2). What must not
     * travel without TLS is never returned as a whole (RFC 8689 §5).
     */
    static boolean asked(Report report) {
        Report.Original original = report.original();
        Requests requests = original.envelope().requests();
        return report.kind() == Report.Kind.FAILED
                && !requests.requireTls()
                && requests.returned().filter(Requests.Returned.FULL::equals).isPresent()
                && original.body().size() <= DsnWriter.MOST_RETURNED;
    }

    /**
     * With the whole message, if it can be read and stands in a part as it is.
     *
     * @param boundary that must not stand in it
     */
    Enclosure withWhole(MessageBody body, String boundary) {
        return fits(body, boundary) ? new Enclosure(header, Optional.of(body)) : this;
    }

    boolean eightBit() {
        return whole.map(MessageBody::eightBit).orElse(header.eightBit());
    }

    /** RFC 6533 §4 and RFC 6532 §3.7 where the header is beyond ASCII. */
    String type() {
        boolean global = header.eightBit() && header.utf8();
        if (whole.isPresent()) {
            return global ? "message/global" : "message/rfc822";
        }
        return global ? "message/global-headers" : "text/rfc822-headers";
    }

    /** Whether it consists of lines that every host takes, none of which holds the boundary. Reads all of it once. */
    private static boolean fits(MessageBody body, String boundary) {
        byte[] mark = boundary.getBytes(StandardCharsets.US_ASCII);
        byte[] buffer = new byte[64 * 1024];
        int matched = 0;
        int column = 0;
        byte before = 0;
        try (InputStream stream = body.open()) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                for (int i = 0; i < count; i++) {
                    byte b = buffer[i];
                    boolean end = b == '\n';
                    if (b == 0 || end != (before == '\r') || !end && b != '\r' && ++column > LONGEST_LINE) {
                        return false;
                    }
                    column = end ? 0 : column;
                    // No proper start of a boundary of ours comes again inside of it but its first character.
                    matched = b == mark[matched] ? matched + 1 : b == mark[0] ? 1 : 0;
                    if (matched == mark.length) {
                        return false;
                    }
                    before = b;
                }
            }
            return before != '\r';
        } catch (IOException e) {
            return false; // the header's part says so, if it can't be read either
        }
    }
}
