package dev.nexthop.server;

import dev.nexthop.directory.DirectoryException;
import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import dev.nexthop.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on a recipient: mail for local domains is taken for those who exist, mail for other domains from those who
 * may relay, and nothing is guessed when the directory or the policy can't say.
 */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final Services services;
    private final int mostRecipients;
    private final OfferPolicy offers;

    Admission(Services services, int mostRecipients, OfferPolicy offers) {
        this.services = services;
        this.mostRecipients = mostRecipients;
        this.offers = offers;
    }

    /** The reply to MAIL when a quota has no room for the message, whoever it is for; else null. */
    @Nullable
    PreparedReply refusal(Transaction transaction, Reception reception) {
        return services.quotas()
                .refusesSender(reception, transaction.sender(), transaction.declaredSize())
                .map(Replies::overQuota)
                .orElse(null);
    }

    /** The reply to RCPT; positive means taken. */
    PreparedReply decide(Transaction transaction, Reception reception, Mailbox recipient) {
        PreparedReply reply = known(transaction, reception, recipient);
        if (!reply.reply().positive()) {
            return reply;
        }
        return services.quotas()
                .refusesRecipient(reception, transaction.sender(), recipient, transaction.declaredSize())
                .map(Replies::overQuota)
                .orElse(reply);
    }

    private PreparedReply known(Transaction transaction, Reception reception, Mailbox recipient) {
        if (transaction.accepted() >= mostRecipients) {
            return Replies.TOO_MANY_RECIPIENTS; // RFC 5321 §4.5.3.1.10
        }
        if (recipient.needsUtf8() && !transaction.smtpUtf8()) {
            return Replies.RECIPIENT_NEEDS_UTF8; // RFC 6531 §3.5
        }
        try {
            if (services.directory().isLocalDomain(recipient.domain())) {
                boolean known = receives(transaction.sender(), reception, recipient);
                return known ? Replies.RECIPIENT_OK : Replies.NO_SUCH_USER;
            }
            boolean may = services.relay().mayRelay(reception, transaction.sender(), recipient);
            return may ? Replies.RECIPIENT_OK : Replies.NO_RELAY;
        } catch (DirectoryException e) {
            return cannotDecide("directory", e);
        } catch (PolicyException e) {
            return cannotDecide("relay-policy", e);
        }
    }

    /**
     * Whether somebody here or at another server has the recipient. A server behind this one trusts it, and may read
     * {@code victim%target.example} or {@code target.example!victim} as a way to somebody else (RFC 1123 §5.2.16): such
     * words it hears from those alone who may send anywhere, unless the directory has the whole address as it is.
     */
    private boolean receives(ReversePath sender, Reception reception, Mailbox recipient)
            throws DirectoryException, PolicyException {
        boolean here = !services.directory().recipients(recipient).isEmpty();
        boolean leadsOn = mayLeadOn(recipient.localPart())
                && !(here && services.directory().isWritten(recipient));
        return (!leadsOn || services.relay().mayRelay(reception, sender, recipient))
                && (here || services.relay().livesElsewhere(reception, sender, recipient));
    }

    private static boolean mayLeadOn(String localPart) {
        return localPart.indexOf('%') >= 0 || localPart.indexOf('!') >= 0 || localPart.indexOf('@') >= 0;
    }

    /**
     * The priority that a message gets: what was asked for, if it is no advantage or comes from a client that has
     * logged in or may send elsewhere, and is not above what such a client may get; otherwise 0 (RFC 6710 §4.1).
     */
    int priority(Transaction transaction, Reception reception) {
        int asked = transaction.priority();
        if (asked <= 0) {
            return asked;
        }
        int granted = Math.min(asked, offers.highestPriority(reception));
        if (!reception.authenticatedAs().isEmpty()) {
            return granted;
        }
        try {
            for (Mailbox recipient : transaction.recipients()) {
                if (!services.relay().mayRelay(reception, transaction.sender(), recipient)) {
                    return 0;
                }
            }
            return granted;
        } catch (PolicyException e) {
            LOG.warn("a message gets no priority: {}", e.getMessage());
            return 0;
        }
    }

    private PreparedReply cannotDecide(String subject, Exception e) {
        LOG.warn("a recipient was put off: {}", e.getMessage());
        services.events().alarm(subject, "recipients are put off: " + e.getMessage());
        return Replies.CANNOT_DECIDE;
    }
}
