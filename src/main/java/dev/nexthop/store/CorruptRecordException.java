package dev.nexthop.store;

/** A stored record is not what this program writes: a damaged disk, or a newer version of the program wrote it. */
public final class CorruptRecordException extends RecordException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong.
     *
     * @param message for the log
     */
    public CorruptRecordException(String message) {
        super(message);
    }

    /**
     * Says what is wrong and what noticed it.
     *
     * @param message for the log
     * @param cause the refusal of a value
     */
    public CorruptRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
