package dev.nexthop.limit;

/**
 * Who asks.
 *
 * @param turn its place in the order of all who wait for a slot; {@link #NEW} for who has not waited for one
 * @param waited whether it has waited for its time
 */
public record Comer(long turn, boolean waited) {
    /** The turn of who has not waited for a slot. */
    public static final long NEW = Long.MAX_VALUE;
}
