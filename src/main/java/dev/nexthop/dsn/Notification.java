package dev.nexthop.dsn;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A delivery status notification, ready to be queued: CRLF line ends, no line longer than 998 octets (RFC 5321 §4.5.3.1.6).
 *
 * @param envelope from the null reverse-path to the original sender, who asks for no notification of it (RFC 3461 §6.1)
 * @param start its bytes up to the original message, or all of them
 * @param original what stands behind the start, streamed; empty when the whole message is not returned
 * @param end the bytes behind it
 * @param faults settings that could not be used and were replaced by their default, one sentence each, for an operator
 */
public record Notification(
        Envelope envelope, byte[] start, Optional<MessageBody> original, byte[] end, List<String> faults) {
    /** Copies the list. */
    public Notification {
        faults = List.copyOf(faults);
    }

    /**
     * Writes all bytes; the original message is never held as a whole unless it is in memory already.
     *
     * @param out where to; stays open
     * @throws IOException when the original can't be read, or the target not be written
     */
    public void writeTo(OutputStream out) throws IOException {
        out.write(start);
        if (original.isPresent()) {
            try (InputStream stream = original.get().open()) {
                stream.transferTo(out);
            }
        }
        out.write(end);
    }
}
