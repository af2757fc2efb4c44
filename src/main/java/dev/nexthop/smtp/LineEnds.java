package dev.nexthop.smtp;

/** What becomes of a bare CR or a bare LF in message content (RFC 5321 §2.3.8, §4.1.1.4). */
public enum LineEnds {
    /** The message is refused. Hosts that disagree on where a line ends can be made to see two messages in one. */
    REFUSE,
    /** Each becomes CRLF. The end of the message is still CRLF.CRLF alone. */
    NORMALISE
}
