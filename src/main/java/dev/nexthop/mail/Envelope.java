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
 */
public record Envelope(
        ReversePath sender, List<Mailbox> recipients, BodyType body, boolean smtpUtf8, Reception reception) {
    /** Copies the list. */
    public Envelope {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("an envelope has at least one recipient");
        }
    }
}
