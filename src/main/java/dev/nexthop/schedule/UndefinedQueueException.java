package dev.nexthop.schedule;

/** A request names a virtual queue that is not defined. */
public final class UndefinedQueueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Which one, and which there are.
     *
     * @param message a sentence for the operator
     */
    UndefinedQueueException(String message) {
        super(message);
    }
}
