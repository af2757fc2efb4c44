package dev.nexthop.store;

import java.io.IOException;

/** The folder of a database is held by another process, or by another part of this one. */
public final class StoreInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says which folder.
     *
     * @param message for people, with what to do
     * @param cause the refusal
     */
    public StoreInUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
