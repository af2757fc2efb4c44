package dev.nexthop.expr;

/** A directory or store could not answer; its message is for people. */
public final class LookupException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message what failed and why, for people
     */
    public LookupException(String message) {
        super(message);
    }

    /**
     * A failure with its cause.
     *
     * @param message what failed and why, for people
     * @param cause what it follows from
     */
    public LookupException(String message, Throwable cause) {
        super(message, cause);
    }

    static LookupException none(String kind, String id) {
        return new LookupException("no " + kind + " can be asked here (wanted: '" + id + "')");
    }
}
