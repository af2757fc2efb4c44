package dev.nexthop.store;

import java.io.IOException;

/** A stored record can't be had, while the database that holds it is open: what is beside it may be whole. */
public abstract sealed class RecordException extends IOException
        permits CorruptRecordException, UnreadableRecordException {
    private static final long serialVersionUID = 1L;

    RecordException(String message) {
        super(message);
    }

    RecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
