package dev.nexthop.config;

import dev.nexthop.mail.Reception;
import dev.nexthop.server.OfferPolicy;
import dev.nexthop.server.Offers;
import java.time.Duration;
import java.util.Optional;

/** {@code session.extensions.*}, as far as a client may ask for something: who is offered what. */
record OfferRules(
        ByListener<Boolean> dsn,
        ByListener<Boolean> requireTls,
        ByListener<Optional<Offers.Priorities>> priorities,
        ByListener<Integer> ceiling,
        ByListener<Optional<Duration>> deliverBy,
        ByListener<Optional<Duration>> futureRelease)
        implements OfferPolicy {

    /** The rules of a file; by default, what costs the queue something is for those who have logged in. */
    static OfferRules read(Values values) {
        return new OfferRules(
                users(values, SettingsOffers.DSN, true, false, "true"),
                values.value(SettingsOffers.REQUIRE_TLS),
                users(
                        values,
                        SettingsOffers.MT_PRIORITY,
                        Optional.of(Offers.Priorities.MIXER),
                        Optional.empty(),
                        "mixer"),
                values.value(SettingsOffers.PRIORITY_CEILING),
                users(values, SettingsOffers.DELIVER_BY, Optional.of(Duration.ofDays(15)), Optional.empty(), "15d"),
                users(values, SettingsOffers.FUTURE_RELEASE, Optional.of(Duration.ofDays(7)), Optional.empty(), "7d"));
    }

    @Override
    public Offers to(Reception reception) {
        return new Offers(
                dsn.of(reception),
                requireTls.of(reception),
                priorities.of(reception),
                deliverBy.of(reception),
                futureRelease.of(reception));
    }

    @Override
    public int highestPriority(Reception reception) {
        return ceiling.of(reception);
    }

    private static <T> ByListener<T> users(
            Values values, Setting<ByListener<T>> setting, T users, T others, String shown) {
        String rules = "if " + ByListener.LOGGED_IN + " then " + shown + "; else false";
        return values.valueOr(setting, ByListener.loggedIn(users, others), rules);
    }
}
