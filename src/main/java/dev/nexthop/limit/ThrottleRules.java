package dev.nexthop.limit;

import dev.nexthop.event.Events;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The throttles of one configuration, over what all of them have counted. */
public final class ThrottleRules {
    /** No throttle. */
    public static final ThrottleRules NONE = new ThrottleRules(List.of(), null, Lookups.NONE, null);

    private final List<ThrottleSettings> all;
    private final List<ThrottleSettings> before;
    private final List<ThrottleSettings> atHost;
    private final @Nullable Throttles throttles;
    private final Lookups lookups;
    private final @Nullable Events events;

    private ThrottleRules(
            List<ThrottleSettings> all, @Nullable Throttles throttles, Lookups lookups, @Nullable Events events) {
        this.all = List.copyOf(all);
        this.before = all.stream().filter(one -> !one.ofHost()).toList();
        this.atHost = all.stream().filter(ThrottleSettings::ofHost).toList();
        this.throttles = throttles;
        this.lookups = lookups;
        this.events = events;
    }

    /**
     * Throttles at work.
     *
     * @param all those that are enabled
     * @param throttles what is counted
     * @param lookups who answers the look-ups of conditions
     * @param events hears of a condition that fails
     */
    public static ThrottleRules of(List<ThrottleSettings> all, Throttles throttles, Lookups lookups, Events events) {
        return new ThrottleRules(all, throttles, lookups, events);
    }

    /**
     * Throttles that only say for whom they are.
     *
     * @param all those that are enabled
     * @param lookups who answers the look-ups of conditions
     */
    public static ThrottleRules dry(List<ThrottleSettings> all, Lookups lookups) {
        return new ThrottleRules(all, null, lookups, null);
    }

    /** All of them. */
    public List<ThrottleSettings> all() {
        return all;
    }

    /** What counts. */
    public Throttles throttles() {
        if (throttles == null) {
            throw new IllegalStateException("there is no throttle");
        }
        return throttles;
    }

    /** Whether anything counts, now or in an earlier configuration. */
    public boolean counting() {
        return throttles != null;
    }

    /** Whether there is one that is asked before an attempt. */
    public boolean anyBefore() {
        return !before.isEmpty();
    }

    /** Whether there is one that is asked at a host. */
    public boolean anyAtHost() {
        return !atHost.isEmpty();
    }

    /**
     * What a recipient needs before an attempt.
     *
     * @param facts the recipient, with its hop
     */
    public List<Claim> before(Facts facts) {
        return claims(before, facts);
    }

    /**
     * What a recipient needs at a host.
     *
     * @param facts the recipient, with the host
     */
    public List<Claim> atHost(Facts facts) {
        return claims(atHost, facts);
    }

    private List<Claim> claims(List<ThrottleSettings> some, Facts facts) {
        List<Claim> claims = new ArrayList<>(some.size());
        for (ThrottleSettings one : some) {
            if (isMeant(one, facts)) {
                claims.add(new Claim(
                        one, one.keys().stream().map(key -> key.of(facts)).collect(Collectors.joining(", "))));
            }
        }
        return claims;
    }

    /** A condition that can't be computed is taken for true: a throttle never lets somebody pass by mistake. */
    private boolean isMeant(ThrottleSettings one, Facts facts) {
        if (one.match().condition().isEmpty()) {
            return true;
        }
        try {
            return one.match().condition().get().value(facts, lookups);
        } catch (EvaluationException e) {
            if (events != null) {
                events.alarm(
                        "throttle",
                        "the match of throttle '" + one.id() + "' has no value, so it holds: " + e.getMessage());
            }
            return true;
        }
    }
}
