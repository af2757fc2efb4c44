package dev.nexthop.schedule;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.DeliverBy;
import dev.nexthop.mail.Requests.Mode;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the sender asked of whoever queues the message: when he is told (RFC 3461), by when (RFC 2852), not before (RFC 4865). */
final class Wishes {
    private Wishes() {}

    /** What was asked about the recipient at a place of the envelope; states stand in the same order. */
    static Requests.Recipient asked(Envelope envelope, int index) {
        List<Requests.Recipient> all = envelope.requests().recipients();
        return all.isEmpty() ? Requests.Recipient.NONE : all.get(index);
    }

    /** What was asked about a recipient whose place is not known: it is searched for. */
    static Requests.Recipient asked(Envelope envelope, Mailbox recipient) {
        if (envelope.requests().recipients().isEmpty()) {
            return Requests.Recipient.NONE;
        }
        int index = envelope.recipients().indexOf(recipient);
        return index < 0
                ? Requests.Recipient.NONE
                : envelope.requests().recipients().get(index);
    }

    /** Whether a failure is to be told (RFC 3461 §4.1); of one that can be told to nobody the postmaster hears, whatever was asked. */
    static boolean tellsFailure(Envelope envelope, int index) {
        Set<Notify> notices = asked(envelope, index).notices();
        return envelope.sender() instanceof ReversePath.Null || notices.isEmpty() || notices.contains(Notify.FAILURE);
    }

    /**
     * What a hand-over makes of a recipient (RFC 3461 §5.2): whoever asked is owed a notice, unless a host after us sends it.
     * RFC 2852's trace is owed for every hop, and the end of its by-mode N where the next host can't go on with it (§4.1.4), but not
     * to those who never want to hear.
     */
    static RecipientStatus delivered(Envelope envelope, int index, Handover handover) {
        Set<Notify> notices = asked(envelope, index).notices();
        if (envelope.sender() instanceof ReversePath.Null || notices.contains(Notify.NEVER)) {
            return RecipientStatus.DELIVERED;
        }
        boolean success = notices.contains(Notify.SUCCESS);
        boolean trace = envelope.requests().deliverBy().filter(DeliverBy::trace).isPresent();
        return switch (handover) {
            case FINAL -> success ? RecipientStatus.DELIVERED_UNTOLD : RecipientStatus.DELIVERED;
            case EXPANDED -> success ? RecipientStatus.EXPANDED_UNTOLD : RecipientStatus.DELIVERED;
            case CHAINED -> trace ? RecipientStatus.RELAYED_UNTOLD : RecipientStatus.DELIVERED;
            case RELAYED -> success || trace ? RecipientStatus.RELAYED_UNTOLD : RecipientStatus.DELIVERED;
            case UNTIMED -> RecipientStatus.RELAYED_UNTOLD;
            case DISCARDED -> RecipientStatus.DELIVERED;
        };
    }

    /** From when on it may be tried. */
    static Instant released(Envelope envelope, Instant created) {
        return envelope.requests()
                .holdUntil()
                .map(until -> until.truncatedTo(ChronoUnit.MILLIS))
                .filter(created::isBefore)
                .orElse(created);
    }

    /** When the message is returned if it is not delivered by then. */
    static Optional<Instant> returnAt(Envelope envelope) {
        return by(envelope, Mode.RETURN);
    }

    /** When the sender is told if it is not delivered by then. */
    static Optional<Instant> tellAt(Envelope envelope) {
        return by(envelope, Mode.NOTIFY);
    }

    /** Whether it must not be tried any more, for it is too late for the sender (RFC 2852 §4.1.3). */
    static boolean overdue(Envelope envelope, Instant now) {
        return returnAt(envelope).filter(by -> !by.isAfter(now)).isPresent();
    }

    private static Optional<Instant> by(Envelope envelope, Mode mode) {
        return envelope.requests()
                .deliverBy()
                .filter(by -> by.mode() == mode)
                .map(by -> by.by().truncatedTo(ChronoUnit.MILLIS));
    }
}
