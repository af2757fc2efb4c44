package dev.nexthop.queue;

import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.Optional;

/**
 * Whether the queue has room for more mail of somebody, as far as that is known before the message is there. The last word is that
 * of {@link Draft#commit}. Calls may ask what rules ask, and return soon.
 */
public interface QuotaGate {
    /** There is always room. */
    QuotaGate UNLIMITED = new QuotaGate() {
        @Override
        public Optional<String> refusesSender(Reception reception, ReversePath sender, long size) {
            return Optional.empty();
        }

        @Override
        public Optional<String> refusesRecipient(
                Reception reception, ReversePath sender, Mailbox recipient, long size) {
            return Optional.empty();
        }
    };

    /**
     * Whether there is no room for a message, whoever its recipients are.
     *
     * @param reception who the client is
     * @param sender the reverse-path
     * @param size its octets as declared (RFC 1870), 0 when they are not
     * @return why not; empty when there is room
     */
    Optional<String> refusesSender(Reception reception, ReversePath sender, long size);

    /**
     * Whether there is no room for a message to a recipient.
     *
     * @param reception who the client is
     * @param sender the reverse-path
     * @param recipient the forward-path
     * @param size its octets as declared, 0 when they are not
     * @return why not; empty when there is room
     */
    Optional<String> refusesRecipient(Reception reception, ReversePath sender, Mailbox recipient, long size);
}
