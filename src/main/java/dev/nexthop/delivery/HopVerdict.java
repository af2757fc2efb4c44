package dev.nexthop.delivery;

import dev.nexthop.mail.Diagnosis;

/** What an attempt taught about the next hop as a whole, apart from the fate of its recipients. */
public sealed interface HopVerdict {
    /** It took a transaction, or refused only these recipients or this message. */
    record Healthy() implements HopVerdict {}

    /**
     * None of its hosts could be used.
     *
     * @param diagnosis why, for the last host
     */
    record Unreachable(Diagnosis diagnosis) implements HopVerdict {}

    /**
     * A host was reached and asks to be left alone for now, such as 421.
     *
     * @param diagnosis its words
     */
    record Busy(Diagnosis diagnosis) implements HopVerdict {}
}
