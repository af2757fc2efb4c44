package dev.nexthop.mail;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the client asked of everybody who handles the message, beyond its delivery. It travels on to servers that offer
 * the extension in question.
 *
 * @param returned how much of the message a notification of failure returns, RET= (RFC 3461 §4.3)
 * @param envelopeId the sender's name for the transaction, ENVID= (RFC 3461 §4.4), decoded; empty when not given
 * @param recipients for each recipient of the envelope, in its order; an empty list when none has requests of its own
 * @param requireTls REQUIRETLS (RFC 8689 §2)
 * @param deliverBy BY= (RFC 2852 §4)
 * @param holdUntil HOLDFOR= or HOLDUNTIL= (RFC 4865 §3)
 */
public record Requests(
        Optional<Returned> returned,
        String envelopeId,
        List<Recipient> recipients,
        boolean requireTls,
        Optional<DeliverBy> deliverBy,
        Optional<Instant> holdUntil) {
    /** Nothing was asked, the usual case. */
    public static final Requests NONE =
            new Requests(Optional.empty(), "", List.of(), false, Optional.empty(), Optional.empty());

    /** Copies the list. */
    public Requests {
        recipients = List.copyOf(recipients);
    }

    /** How much of the message comes back. */
    public enum Returned {
        /** All of it. */
        FULL,
        /** The header. */
        HDRS
    }

    /** When the sender hears of a recipient (RFC 3461 §4.1). */
    public enum Notify {
        /** Not at all; stands alone. */
        NEVER,
        /** On delivery. */
        SUCCESS,
        /** On failure. */
        FAILURE,
        /** When it takes long. */
        DELAY
    }

    /**
     * What was asked about one recipient.
     *
     * @param notices NOTIFY=; empty when not given
     * @param original ORCPT=
     */
    public record Recipient(Set<Notify> notices, Optional<Original> original) {
        /** Nothing. */
        public static final Recipient NONE = new Recipient(Set.of(), Optional.empty());

        /** Copies the set. */
        public Recipient {
            notices = Set.copyOf(notices);
            if (notices.contains(Notify.NEVER) && notices.size() > 1) {
                throw new IllegalArgumentException("NOTIFY=NEVER stands alone (RFC 3461 §4.1)");
            }
        }
    }

    /**
     * The address that the sender wrote (RFC 3461 §4.2, RFC 6533 §3).
     *
     * @param type such as {@code rfc822} or {@code utf-8}
     * @param address decoded
     */
    public record Original(String type, String address) {
        /** Refuses a type that is no atom, as it is sent as it is. */
        public Original {
            if (type.isEmpty() || !type.chars().allMatch(c -> c > ' ' && c < 127 && c != ';' && c != '+' && c != '=')) {
                throw new IllegalArgumentException("the type of an original recipient is an atom");
            }
        }
    }

    /**
     * By when, and what otherwise (RFC 2852 §4).
     *
     * @param by the moment
     * @param mode what happens then
     * @param trace whether each relay on the way is reported
     */
    public record DeliverBy(Instant by, Mode mode, boolean trace) {}

    /** What happens when the moment has come. */
    public enum Mode {
        /** The message is returned. */
        RETURN,
        /** The sender is told, and delivery goes on. */
        NOTIFY
    }

    /** Whether anything was asked. */
    public boolean any() {
        return !equals(NONE);
    }
}
