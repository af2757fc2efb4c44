package dev.nexthop.dns;

import java.io.IOException;
import java.time.Duration;

/** No server gave an answer worth reading. */
final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Security security;
    private boolean wantOfTime;

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

    /** Whether it tells nothing about the servers or the domain: they were not given the time to answer. */
    boolean isForWantOfTime() {
        return wantOfTime;
    }

    /** Itself, as the asker's trouble alone. */
    NoAnswerException forWantOfTime() {
        wantOfTime = true;
        return this;
    }

    /**
     * The least time, in nanoseconds, that counts as the whole: some of it goes by before a question is out.
     *
     * @param whole what a server is given where nothing hurries
     */
    static long fair(Duration whole) {
        return whole.toNanos() / 10 * 9;
    }

    /** Itself, with what it came from. */
    NoAnswerException from(Throwable cause) {
        initCause(cause);
        return this;
    }
}
