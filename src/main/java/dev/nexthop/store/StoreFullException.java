package dev.nexthop.store;

import java.io.IOException;

/** The disk has no room for another write; what is stored stays readable. */
public final class StoreFullException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreFullException(String message) {
        super(message);
    }

    StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
