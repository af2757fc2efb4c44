package dev.nexthop.report;

import java.io.IOException;

/** Something is no TLS report; the message says why in one sentence. */
public final class ReportException extends IOException {
    private static final long serialVersionUID = 1L;

    ReportException(String message) {
        super(message);
    }

    ReportException(String message, Throwable cause) {
        super(message, cause);
    }
}
