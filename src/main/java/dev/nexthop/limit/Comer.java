package dev.nexthop.limit;

/**
 * Who asks.
 *
 * @param turn its place in the order of all who wait for a slot; {@link #NEW} for who has not waited for one
 * @param waited whether it has waited for its time
 * @param asks whether it only asks when it may go, because it may go elsewhere: no time is kept for it
 */
public record Comer(long turn, boolean waited, boolean asks) {
    /** One that has nowhere else to go; the parameters are those of the record. */
    public Comer(long turn, boolean waited) {
        this(turn, waited, false);
    }

    /** The turn of who has not waited for a slot. */
    public static final long NEW = Long.MAX_VALUE;
}
