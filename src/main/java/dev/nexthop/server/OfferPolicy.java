package dev.nexthop.server;

import dev.nexthop.mail.Reception;

/** Who is offered which extensions ({@code session.extensions.*}). */
@FunctionalInterface
public interface OfferPolicy {
    /** Nobody anything. */
    OfferPolicy NOTHING = reception -> Offers.NOTHING;

    /**
     * What a client is offered now; asked at each greeting command and again when the client has logged in.
     *
     * @param reception who the client is
     */
    Offers to(Reception reception);
}
