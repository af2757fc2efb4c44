package dev.nexthop.mail;

import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.List;

/**
 * The envelope of a message as accepted (RFC 5321 §2.3.1), and how it came in. It never changes afterwards.
 *
 * @param sender the reverse-path
 * @param recipients the forward-paths in the order of their RCPT commands, duplicates removed
 * @param body the declared body type
 * @param smtpUtf8 whether MAIL carried SMTPUTF8 (RFC 6531 §3.4)
 * @param reception how it came in
 * @param requests what the client asked for beyond delivery
 */
public record Envelope(
        ReversePath sender,
        List<Mailbox> recipients,
        BodyType body,
        boolean smtpUtf8,
        Reception reception,
        Requests requests) {
    /** An envelope without requests; the parameters are those of the record. */
    public Envelope(
            ReversePath sender, List<Mailbox> recipients, BodyType body, boolean smtpUtf8, Reception reception) {
        this(sender, recipients, body, smtpUtf8, reception, Requests.NONE);
    }

    /** Copies the list. */
    public Envelope {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("an envelope has at least one recipient");
        }
        if (!requests.recipients().isEmpty() && requests.recipients().size() != recipients.size()) {
            throw new IllegalArgumentException("there are requests for each recipient, or for none");
        }
    }
}
