package dev.nexthop.store;

import java.io.IOException;

/** A write was not made, or not seen to be made. */
public final class WriteException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean full;
    private final boolean maybeWritten;

    private WriteException(String message, Throwable cause, boolean full, boolean maybeWritten) {
        super(message, cause);
        this.full = full;
        this.maybeWritten = maybeWritten;
    }

    /** A write that was never tried, because of an earlier trouble. */
    static WriteException notTried(String message, Throwable cause) {
        return new WriteException(message, cause, isFull(cause), false);
    }

    /** A write that was tried: what it left in the log may be found after a restart. */
    static WriteException tried(String message, Throwable cause) {
        return new WriteException(message, cause, isFull(cause), true);
    }

    /** Trouble with the disk's room. */
    static WriteException noRoom(String message, Throwable cause) {
        return new WriteException(message, cause, true, true);
    }

    /** The same failure, of a write of which nothing is there: it will not be found later. */
    public WriteException undone() {
        return new WriteException(String.valueOf(getMessage()), this, full, false);
    }

    private static boolean isFull(Throwable cause) {
        return cause instanceof WriteException write && write.full;
    }

    /** Whether the disk is full. */
    public boolean full() {
        return full;
    }

    /** Whether the edits may be found later all the same: the caller undoes them. */
    public boolean maybeWritten() {
        return maybeWritten;
    }
}
