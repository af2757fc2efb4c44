package dev.nexthop.server;

import java.util.List;

/**
 * What a listener offers ({@code session.extensions.*}, {@code session.auth.*}). SIZE, 8BITMIME, SMTPUTF8 and
 * ENHANCEDSTATUSCODES and LIMITS are always on.
 *
 * @param pipelining whether PIPELINING is offered (RFC 2920)
 * @param vrfy whether VRFY gets 252 instead of 502
 * @param expn whether EXPN gets 252 instead of 502
 * @param mechanisms SASL mechanisms in the order of preference; empty: no AUTH
 * @param plaintextAuth whether AUTH is allowed without TLS to clients that are not on a loopback address
 * @param offers who may ask what about a message
 */
public record Extensions(
        boolean pipelining,
        boolean vrfy,
        boolean expn,
        List<Mechanism> mechanisms,
        boolean plaintextAuth,
        OfferPolicy offers) {
    /** A SASL mechanism that this server speaks. */
    public enum Mechanism {
        /** RFC 4616. */
        PLAIN,
        /** The old two-step one that many clients still prefer. */
        LOGIN
    }

    /** PIPELINING, VRFY, and AUTH under TLS or from loopback. */
    public static final Extensions DEFAULT =
            new Extensions(true, true, false, List.of(Mechanism.PLAIN, Mechanism.LOGIN), false);

    /** Extensions without offers to ask for anything; the parameters are those of the record. */
    public Extensions(
            boolean pipelining, boolean vrfy, boolean expn, List<Mechanism> mechanisms, boolean plaintextAuth) {
        this(pipelining, vrfy, expn, mechanisms, plaintextAuth, OfferPolicy.NOTHING);
    }

    /** The same with other offers. */
    public Extensions offering(OfferPolicy policy) {
        return new Extensions(pipelining, vrfy, expn, mechanisms, plaintextAuth, policy);
    }

    /** Copies the list. */
    public Extensions {
        mechanisms = List.copyOf(mechanisms);
    }
}
