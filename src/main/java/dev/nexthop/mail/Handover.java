package dev.nexthop.mail;

/** Who tells the sender what becomes of a message once it has been delivered (RFC 3461 §5.2). */
public enum Handover {
    /** Nobody after us: the message is in its mailbox, or with the LMTP server that puts it there. */
    FINAL,
    /** Nobody after us: the address stood for several accounts, and the message is in the mailboxes of all of them. */
    EXPANDED,
    /** The next host: it offers DSN and has been told what the sender asked for. */
    CHAINED,
    /** Nobody: the next host knows no DSN. Whoever asked for NOTIFY=SUCCESS is owed a notice that says "relayed". */
    RELAYED,
    /**
     * Nobody, of a delay: the sender wants to hear when it is late, and the next host knows no DELIVERBY. He is owed a notice
     * that says "relayed" unless he asked for NOTIFY=NEVER (RFC 2852 §4.1.4.2), whether that host knows DSN or not.
     */
    UNTIMED,
    /** Nobody, for it was thrown away as a rule says: that is no success, and nobody is told anything. */
    DISCARDED
}
