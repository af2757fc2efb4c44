package dev.nexthop.schedule;

import java.io.IOException;

/** A request that names a virtual queue could not be fulfilled for all, because the rules did not say who is in it. */
public final class UndecidedException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * What was done, and what was not.
     *
     * @param message a sentence for the operator
     */
    UndecidedException(String message) {
        super(message);
    }
}
