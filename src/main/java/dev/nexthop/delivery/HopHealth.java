package dev.nexthop.delivery;

import dev.nexthop.route.RemoteHost;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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

    /** The hosts as they are defined since the newest change; empty until one changes. */
    private volatile Map<String, List<RemoteHost>> defined = Map.of();

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
     * Forgets hosts: what was learned was about something else, and so is what attempts bring that still run under the
     * definition of before.
     *
     * @param hops ids whose definition has changed
     * @param newest all hosts as they are defined now, by id
     */
    public void forget(Set<String> hops, Map<String, List<RemoteHost>> newest) {
        defined = newest;
        failing.keySet().removeAll(hops);
    }

    /** The host answered. */
    void heard(RemoteHost host) {
        if (current(host)) {
            failing.remove(host.id());
        }
    }

    /** No address of the host was of use. */
    void lost(RemoteHost host) {
        if (!current(host)) {
            return;
        }
        Instant now = clock.instant();
        failing.merge(
                host.id(), new Failures(1, now), (old, _) -> new Failures(Math.min(FAILURES, old.inARow() + 1), now));
    }

    private boolean current(RemoteHost host) {
        List<RemoteHost> now = defined.get(host.id());
        return now == null || now.contains(host);
    }
}
