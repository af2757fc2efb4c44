package dev.nexthop.queue;

import java.io.IOException;

/** A quota has no room for the message: nothing of it was kept, and the client is told 452 (RFC 5321 §4.2.3). */
public final class QuotaException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is full.
     *
     * @param message for the client: which quota, and what it holds
     */
    public QuotaException(String message) {
        super(message);
    }
}
