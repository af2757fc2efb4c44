package dev.nexthop.server;

/** A policy could not say. The server defers; it never guesses. */
public final class PolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Says what failed.
     *
     * @param message one sentence without secrets
     */
    public PolicyException(String message) {
        super(message);
    }
}
