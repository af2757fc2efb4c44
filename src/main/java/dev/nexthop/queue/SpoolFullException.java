package dev.nexthop.queue;

import java.io.IOException;

/** There is no room for another message: the client is told 452 and keeps it (RFC 5321 §4.2.3). */
public final class SpoolFullException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is full.
     *
     * @param message for the log
     */
    public SpoolFullException(String message) {
        super(message);
    }
}
