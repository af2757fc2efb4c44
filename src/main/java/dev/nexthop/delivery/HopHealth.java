package dev.nexthop.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which configured hosts take mail, as far as recent attempts tell; rules ask it with {@code hop_up('id')}. A host is down
 * after {@link #FAILURES} attempts in a row that found none of its addresses of use, and gets another chance {@link #PAUSE}
 * after the last of them. Any word of the host about a message counts as life, a refusal too. Thread-safe.
 */
public final class HopHealth {
    /** So many failures in a row make a host down. */
    public static final int FAILURES = 3;

    /** So long after its last failure a host that is down gets mail again. */
    public static final Duration PAUSE = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final Map<String, Failures> failing = new ConcurrentHashMap<>();

    private record Failures(int inARow, Instant last) {}

    /**
     * Every host is up.
     *
     * @param clock what time it is
     */
    public HopHealth(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Whether a host takes mail.
     *
     * @param hop the id of a remote host; one that was never tried is up
     * @return false while attempts to reach it fail
     */
    public boolean isUp(String hop) {
        Failures failures = failing.get(hop);
        return failures == null
                || failures.inARow() < FAILURES
                || !clock.instant().isBefore(failures.last().plus(PAUSE));
    }

    /**
     * Forgets hosts: what was learned was about something else.
     *
     * @param hops ids whose definition has changed
     */
    public void forget(Set<String> hops) {
        failing.keySet().removeAll(hops);
    }

    /** The host answered. */
    void heard(String hop) {
        failing.remove(hop);
    }

    /** No address of the host was of use. */
    void lost(String hop) {
        Instant now = clock.instant();
        failing.merge(hop, new Failures(1, now), (old, _) -> new Failures(Math.min(FAILURES, old.inARow() + 1), now));
    }
}
