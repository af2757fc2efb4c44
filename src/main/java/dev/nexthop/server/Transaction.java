package dev.nexthop.server;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.MailParameters;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The envelope under way (RFC 5321 §3.3). One a session, used again and again. */
final class Transaction {
    private static final Set<Requests.Notify> NEVER = Set.of(Requests.Notify.NEVER);

    private final Map<Mailbox, Requests.Recipient> recipients = new LinkedHashMap<>();
    private ReversePath sender = ReversePath.NULL;
    private MailParameters parameters = MailParameters.NONE;
    private RequestReader.OfMail asked = RequestReader.OfMail.NOTHING;
    private int accepted;
    private boolean refused;
    /** Whether something was asked about a recipient. */
    private boolean particular;

    void begin(ReversePath from, MailParameters given, RequestReader.OfMail requests) {
        clear();
        asked = requests;
        sender = from;
        parameters = given;
    }

    void clear() {
        recipients.clear();
        sender = ReversePath.NULL;
        parameters = MailParameters.NONE;
        asked = RequestReader.OfMail.NOTHING;
        accepted = 0;
        refused = false;
        particular = false;
    }

    /** A recipient named twice gets the message once, and its sender hears all that either RCPT asked for. */
    void accept(Mailbox recipient, Requests.Recipient requests) {
        recipients.merge(recipient, requests, Transaction::both);
        particular |= !requests.equals(Requests.Recipient.NONE);
        accepted++;
    }

    void refuse() {
        refused = true;
    }

    ReversePath sender() {
        return sender;
    }

    /** SIZE (RFC 1870), 0 when it was not given. */
    long declaredSize() {
        return Math.max(0, parameters.size());
    }

    boolean smtpUtf8() {
        return parameters.smtpUtf8();
    }

    Set<Mailbox> recipients() {
        return recipients.keySet();
    }

    /** MT-PRIORITY as asked for (RFC 6710); 0 when it was not. */
    int priority() {
        return asked.priority();
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
                List.copyOf(recipients.keySet()),
                parameters.eightBit() ? BodyType.EIGHT_BIT_MIME : BodyType.SEVEN_BIT,
                parameters.smtpUtf8(),
                reception,
                requests());
    }

    private Requests requests() {
        Requests of = asked.requests();
        return particular
                ? new Requests(
                        of.returned(),
                        of.envelopeId(),
                        List.copyOf(recipients.values()),
                        of.requireTls(),
                        of.deliverBy(),
                        of.holdUntil())
                : of;
    }

    private static Requests.Recipient both(Requests.Recipient one, Requests.Recipient other) {
        if (one.equals(other)) {
            return one;
        }
        Set<Requests.Notify> all = EnumSet.noneOf(Requests.Notify.class);
        if (!one.notices().isEmpty() || !other.notices().isEmpty()) {
            all.addAll(notices(one));
            all.addAll(notices(other));
            all.remove(Requests.Notify.NEVER);
        }
        if (one.notices().equals(NEVER) && other.notices().equals(NEVER)) {
            all.add(Requests.Notify.NEVER);
        }
        return new Requests.Recipient(all, one.original().or(other::original));
    }

    /** RFC 3461 §4.1: without NOTIFY, failures are told, and delays may be. */
    private static Set<Requests.Notify> notices(Requests.Recipient asked) {
        return asked.notices().isEmpty() ? EnumSet.of(Requests.Notify.FAILURE, Requests.Notify.DELAY) : asked.notices();
    }
}
