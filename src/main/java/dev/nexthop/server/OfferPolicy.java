package dev.nexthop.server;

import dev.nexthop.mail.Reception;

/** Who is offered which extensions ({@code session.extensions.*}). */
@FunctionalInterface
public interface OfferPolicy {
    /** Nobody anything. */
    OfferPolicy NOTHING = reception -> Offers.NOTHING;

    /** The highest priority that there is (RFC 6710). */
    int HIGHEST_PRIORITY = 9;

    /**
     * What a client is offered now; asked at each greeting command and again when the client has logged in.
     *
     * @param reception who the client is
     */
    Offers to(Reception reception);

    /**
     * The highest priority that a client may get (RFC 6710), 0 to 9; asked for each message that wants more than 0.
     *
     * @param reception who the client is
     */
    default int highestPriority(Reception reception) {
        return HIGHEST_PRIORITY;
    }
}
