package dev.nexthop.server;

import java.time.Duration;
import java.util.Optional;

/**
 * The extensions with requests about a message that a client is offered ({@code session.extensions.*}).
 *
 * @param dsn DSN (RFC 3461)
 * @param requireTls REQUIRETLS (RFC 8689), under TLS only
 * @param priorities MT-PRIORITY (RFC 6710) under this policy; empty: not offered
 * @param deliverBy DELIVERBY (RFC 2852) for moments up to this far away; empty: not offered
 * @param futureRelease FUTURERELEASE (RFC 4865) for as long as this; empty: not offered
 */
public record Offers(
        boolean dsn,
        boolean requireTls,
        Optional<Priorities> priorities,
        Optional<Duration> deliverBy,
        Optional<Duration> futureRelease) {
    /** A priority assignment policy (RFC 6710); all priorities from -9 to 9 are taken under each. */
    public enum Priorities {
        /** Of the gateways to X.400 (RFC 2156). */
        MIXER,
        /** Of military messages. */
        STANAG4406,
        /** Of emergency preparedness. */
        NSEP
    }

    /** None of them. */
    public static final Offers NOTHING = new Offers(false, false, Optional.empty(), Optional.empty(), Optional.empty());

    /** REQUIRETLS alone: what strangers are offered under TLS, unless the configuration says otherwise. */
    static final Offers REQUIRE_TLS = new Offers(false, true, Optional.empty(), Optional.empty(), Optional.empty());

    /** What of them is offered with TLS or without. */
    Offers over(boolean tls) {
        return tls || !requireTls ? this : new Offers(dsn, false, priorities, deliverBy, futureRelease);
    }
}
