package dev.nexthop.smtp;

/** What {@link LineReader#next} found. */
public enum LineKind {
    /** A line that CRLF ends and that holds no other CR or LF. */
    WHOLE,
    /** A line that CRLF ends, with a bare CR or LF inside (RFC 5321 §2.3.8 forbids both). It is not to be executed. */
    BROKEN,
    /** A line longer than asked for. It was consumed up to its CRLF and is not kept. */
    TOO_LONG,
    /**
     * A bare LF, and the client is silent behind it: it seems to end its lines with LF alone. Where the next line
     * begins can't be known.
     */
    BARE_LF,
    /** The stream ended. A line without CRLF before it is dropped. */
    END
}
