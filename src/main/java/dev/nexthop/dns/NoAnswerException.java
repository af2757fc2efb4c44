package dev.nexthop.dns;

import java.io.IOException;

/** No server gave an answer worth reading. */
final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Security security;

    NoAnswerException(String message) {
        this(message, Security.INDETERMINATE);
    }

    NoAnswerException(String message, Security security) {
        super(message);
        this.security = security;
    }

    /** {@link Security#BOGUS} when there are answers whose signatures do not hold, else nothing is known. */
    Security security() {
        return security;
    }

    /** Itself, with what it came from. */
    NoAnswerException from(Throwable cause) {
        initCause(cause);
        return this;
    }
}
