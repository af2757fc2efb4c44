package dev.nexthop.report;

/** How much text the whole ledger may still keep, in characters. Not safe for several threads. */
final class Budget {
    /** What a text costs beside its characters. */
    static final int OVERHEAD = 48;

    private long left;

    Budget(long left) {
        this.left = left;
    }

    /** What a text costs. */
    static long weight(String text) {
        return (long) text.length() + OVERHEAD;
    }

    /** Takes it all, or nothing when that is too much. */
    boolean take(long weight) {
        if (weight > left) {
            return false;
        }
        left -= weight;
        return true;
    }

    void give(long weight) {
        left += weight;
    }
}
