package dev.nexthop.server;

import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;

/** Who may send to whom we don't have ({@code session.rcpt.relay}, {@code session.rcpt.elsewhere}). */
@FunctionalInterface
public interface RelayPolicy {
    /** Nobody, which is the default. */
    RelayPolicy NOBODY = (reception, sender, recipient) -> false;

    /**
     * Whether this client may send to this recipient.
     *
     * @param reception who the client is
     * @param sender the reverse-path
     * @param recipient a mailbox whose domain is not local; any one when a client without login wants priority, or
     *     names a way to somebody else in a local part
     * @throws PolicyException when the policy can't say; the client is asked to try again
     */
    boolean mayRelay(Reception reception, ReversePath sender, Mailbox recipient) throws PolicyException;

    /**
     * Whether a recipient that nobody here knows is taken all the same, because another server has it; by default never.
     *
     * @param reception who the client is
     * @param sender the reverse-path
     * @param recipient a mailbox of a local domain without an account, whose local part names no way to somebody else
     *     unless the client may relay
     * @throws PolicyException when the policy can't say; the client is asked to try again
     */
    default boolean livesElsewhere(Reception reception, ReversePath sender, Mailbox recipient) throws PolicyException {
        return false;
    }
}
