package dev.nexthop.server;

import dev.nexthop.queue.Draft;
import dev.nexthop.smtp.DotReader;
import java.io.IOException;
import java.util.Optional;

/**
 * Takes the content of one message into its draft. Once the message can't be accepted any more, the rest is read and
 * dropped, so that the conversation can go on; far beyond the limit the client is cut off.
 */
final class Content implements DotReader.Sink {
    /** How far beyond twice the limit a client may go on. */
    private static final long SLACK = 64 * 1024;

    private final Draft draft;
    private final SessionLimits limits;
    private final HeaderWatch header = new HeaderWatch();
    private long octets;
    private Optional<IOException> fault = Optional.empty();

    /** The client does not stop. */
    static final class Flood extends IOException {
        private static final long serialVersionUID = 1L;

        Flood(long octets) {
            super("the client went on after " + octets + " octets");
        }
    }

    Content(Draft draft, SessionLimits limits) {
        this.draft = draft;
        this.limits = limits;
    }

    @Override
    public void accept(byte[] bytes, int offset, int length) throws Flood {
        octets += length;
        if (tooBig()) {
            if (octets / 2 - SLACK > limits.messageSize()) {
                throw new Flood(octets);
            }
            return;
        }
        header.look(bytes, offset, length);
        if (fault.isPresent() || looping()) {
            return;
        }
        try {
            draft.write(bytes, offset, length);
        } catch (IOException e) {
            fault = Optional.of(e);
        }
    }

    boolean tooBig() {
        return octets > limits.messageSize();
    }

    boolean looping() {
        return header.receivedFields() > limits.receivedFields();
    }

    /** What the spool said when it could not take a block. */
    Optional<IOException> fault() {
        return fault;
    }
}
