package dev.nexthop.dns;

/** What DNSSEC says about an answer (RFC 4033 §5), from the best to the worst. */
public enum Security {
    /** Signed from a trust anchor down, and every signature holds; also the proof that something is not there. */
    SECURE,
    /** Proven to be unsigned: somebody above delegates without a DS record. */
    INSECURE,
    /** Nobody looked, or who looked can't be believed: DNSSEC is off here. */
    INDETERMINATE,
    /** Signed, and the signatures do not hold: not an answer at all. */
    BOGUS;

    /**
     * What two answers are worth together: no more than the worse of them.
     *
     * @param other of another answer on the way
     */
    public Security and(Security other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
