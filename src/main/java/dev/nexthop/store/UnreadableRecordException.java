package dev.nexthop.store;

/**
 * The disk gave an error where a stored record is, as for a bad sector. What it holds may be whole, and readable again later:
 * nobody throws it away for that.
 */
public final class UnreadableRecordException extends RecordException {
    private static final long serialVersionUID = 1L;

    /**
     * Says where and what the disk said.
     *
     * @param message for the log
     */
    public UnreadableRecordException(String message) {
        super(message);
    }

    /**
     * Says where and what the disk said.
     *
     * @param message for the log
     * @param cause the failed read
     */
    public UnreadableRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
