package dev.nexthop.smtp;

import java.io.IOException;

/** A server sent something that is no reply of RFC 5321 §4.2. Its message is for people, printable and bounded. */
public final class MalformedReplyException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong.
     *
     * @param message one phrase, with a printable excerpt where that helps
     */
    public MalformedReplyException(String message) {
        super(message);
    }
}
