package dev.nexthop.server;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.MailParameters;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The envelope under way (RFC 5321 §3.3). One a session, used again and again. */
final class Transaction {
    private final Set<Mailbox> recipients = new LinkedHashSet<>();
    private ReversePath sender = ReversePath.NULL;
    private MailParameters parameters = MailParameters.NONE;
    private int accepted;
    private boolean refused;

    void begin(ReversePath from, MailParameters given) {
        clear();
        sender = from;
        parameters = given;
    }

    void clear() {
        recipients.clear();
        sender = ReversePath.NULL;
        parameters = MailParameters.NONE;
        accepted = 0;
        refused = false;
    }

    /** A recipient named twice gets the message once. */
    void accept(Mailbox recipient) {
        recipients.add(recipient);
        accepted++;
    }

    void refuse() {
        refused = true;
    }

    ReversePath sender() {
        return sender;
    }

    boolean smtpUtf8() {
        return parameters.smtpUtf8();
    }

    Set<Mailbox> recipients() {
        return recipients;
    }

    /** RCPT commands answered with 250: as many replies are due after the dot in LMTP (RFC 2033 §4.2). */
    int accepted() {
        return accepted;
    }

    /** Whether a RCPT was refused. */
    boolean refused() {
        return refused;
    }

    Envelope envelope(Reception reception) {
        return new Envelope(
                sender,
                List.copyOf(recipients),
                parameters.eightBit() ? BodyType.EIGHT_BIT_MIME : BodyType.SEVEN_BIT,
                parameters.smtpUtf8(),
                reception);
    }
}
