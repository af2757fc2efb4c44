package dev.nexthop.lookup;

import java.io.Serial;

/** A server did not answer a question. The message is for people and holds neither secrets nor what was asked. */
final class StoreFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean away;

    /**
     * A failure.
     *
     * @param message one phrase
     * @param away whether the server can't be reached or takes nobody, so that the next question would fare the same
     */
    StoreFailure(String message, boolean away, Throwable cause) {
        super(message, cause);
        this.away = away;
    }

    /** A failure of this question alone. */
    StoreFailure(String message) {
        super(message);
        this.away = false;
    }

    boolean away() {
        return away;
    }
}
