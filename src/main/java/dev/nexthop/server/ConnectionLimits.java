package dev.nexthop.server;

/**
 * How many connections there may be at once.
 *
 * @param total over all listeners
 * @param perAddress from one client address
 */
public record ConnectionLimits(int total, int perAddress) {
    /** The defaults. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(8_192, 1_024);
}
