package dev.nexthop.smtp;

/** The argument of RCPT TO (RFC 5321 §4.1.1.3), source routes stripped. */
public sealed interface ForwardPath {
    /** {@code <Postmaster>} without a domain, which every server takes (RFC 5321 §4.5.1). */
    ForwardPath POSTMASTER = new Postmaster();

    /**
     * A mailbox.
     *
     * @param mailbox the recipient
     */
    record To(Mailbox mailbox) implements ForwardPath {}

    /** The postmaster of this host, whatever its domain. */
    record Postmaster() implements ForwardPath {}
}
