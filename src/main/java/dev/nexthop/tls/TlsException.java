package dev.nexthop.tls;

import dev.nexthop.mail.TlsFault;
import java.io.IOException;

/** A connection can't be made as secure as it must be. Its message is one sentence for people. */
public final class TlsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final TlsFault fault;

    /**
     * Says why; nothing that a report has a type of its own for.
     *
     * @param message one sentence
     */
    public TlsException(String message) {
        this(message, TlsFault.VALIDATION_FAILURE);
    }

    /**
     * Says why.
     *
     * @param message one sentence
     * @param fault by its type in RFC 8460 §4.3
     */
    public TlsException(String message, TlsFault fault) {
        super(message);
        this.fault = fault;
    }

    /**
     * Says why, and what it follows from.
     *
     * @param message one sentence
     * @param cause what it follows from
     */
    public TlsException(String message, Throwable cause) {
        super(message, cause);
        this.fault = TlsFault.VALIDATION_FAILURE;
    }

    /** By its type in RFC 8460 §4.3. */
    public TlsFault fault() {
        return fault;
    }
}
