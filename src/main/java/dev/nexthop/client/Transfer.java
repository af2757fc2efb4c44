package dev.nexthop.client;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.List;

/**
 * One message for one transaction.
 *
 * @param sender the reverse-path
 * @param recipients the forward-paths, at least one
 * @param body the content
 * @param utf8 whether its header fields need SMTPUTF8 (RFC 6531 §3.4), whatever the addresses need
 * @param extras what else there is
 */
public record Transfer(ReversePath sender, List<Mailbox> recipients, MessageBody body, boolean utf8, Extras extras) {
    /** Octets of a message that goes with its envelope: what fits the buffers of both ends, so that nobody waits. */
    public static final int MOST_OF_ONE_CHUNK = 32 * 1024;

    /** Copies the list. */
    public Transfer {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("a transaction has at least one recipient");
        }
        int asked = extras.requests().recipients().size();
        if (asked != 0 && asked != recipients.size()) {
            throw new IllegalArgumentException("there are requests for each recipient, or for none");
        }
    }

    /** A transfer without extras; the parameters are those of the record. */
    public Transfer(ReversePath sender, List<Mailbox> recipients, MessageBody body, boolean utf8) {
        this(sender, recipients, body, utf8, Extras.NONE);
    }
}
