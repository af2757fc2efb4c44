package dev.nexthop.tls;

import java.io.IOException;

/** A connection can't be made as secure as it must be. Its message is one sentence for people. */
public final class TlsException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says why.
     *
     * @param message one sentence
     */
    public TlsException(String message) {
        super(message);
    }

    /**
     * Says why, and what it follows from.
     *
     * @param message one sentence
     * @param cause what it follows from
     */
    public TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
