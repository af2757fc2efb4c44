package dev.nexthop.server;

import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;

/** Who may send to domains that are not local ({@code session.rcpt.relay}). */
@FunctionalInterface
public interface RelayPolicy {
    /** Nobody, which is the default. */
    RelayPolicy NOBODY = (reception, sender, recipient) -> false;

    /**
     * Whether this client may send to this recipient.
     *
     * @param reception who the client is
     * @param sender the reverse-path
     * @param recipient a mailbox whose domain is not local; any one when a client without login wants priority
     * @throws PolicyException when the policy can't say; the client is asked to try again
     */
    boolean mayRelay(Reception reception, ReversePath sender, Mailbox recipient) throws PolicyException;
}
