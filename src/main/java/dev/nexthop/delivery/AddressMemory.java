package dev.nexthop.delivery;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Which addresses did not answer lately, which family of addresses this machine has no route for, and which source
 * addresses it does not have. It changes the order in which addresses are tried and nothing else: none is left out for
 * what is remembered, so what is wrong in here costs time at most. Bounded, forgets by itself. Thread-safe.
 */
public final class AddressMemory {
    /** So long an observation counts. */
    public static final Duration KEPT = Duration.ofMinutes(10);

    private static final int MOST = 10_000;

    private final Lately<InetAddress> failed;
    private final Lately<Class<?>> routeless;
    private final Lately<InetAddress> missing;

    /**
     * Nothing is remembered.
     *
     * @param clock what time it is
     */
    public AddressMemory(InstantSource clock) {
        failed = new Lately<>(clock);
        routeless = new Lately<>(clock);
        missing = new Lately<>(clock);
    }

    /** What was observed, and when; the eldest goes first. */
    private static final class Lately<K> {
        private final InstantSource clock;
        private final LinkedHashMap<K, Instant> observed = new LinkedHashMap<>();

        Lately(InstantSource clock) {
            this.clock = clock;
        }

        synchronized void add(K what) {
            observed.remove(what); // So that it becomes the youngest.
            observed.put(what, clock.instant());
            if (observed.size() > MOST) {
                observed.pollFirstEntry();
            }
        }

        synchronized void forget(K what) {
            observed.remove(what);
        }

        synchronized boolean holds(K what) {
            Instant at = observed.get(what);
            if (at != null && !clock.instant().isBefore(at.plus(KEPT))) {
                observed.remove(what);
                return false;
            }
            return at != null;
        }
    }

    /** No connection came about. */
    void failed(InetAddress address) {
        failed.add(address);
    }

    /** This machine has no route to any address like this one. */
    void noRoute(InetAddress address) {
        routeless.add(address.getClass());
    }

    /** A connection came about. */
    void reached(InetAddress address) {
        failed.forget(address);
        routeless.forget(address.getClass());
    }

    /** This machine could not send from an address. */
    void missing(InetAddress source) {
        missing.add(source);
    }

    /** A connection began at an address. */
    void present(InetAddress source) {
        missing.forget(source);
    }

    private boolean doubtful(InetAddress address) {
        return failed.holds(address) || routeless.holds(address.getClass());
    }

    /** All of them, those that failed lately behind the others; the order is else as it was. */
    List<InetAddress> doubtfulLast(List<InetAddress> addresses) {
        List<InetAddress> order = new ArrayList<>(addresses.size());
        List<InetAddress> last = new ArrayList<>();
        for (InetAddress address : addresses) {
            (doubtful(address) ? last : order).add(address);
        }
        order.addAll(last);
        return order;
    }

    /** The sources that this machine is not known to lack; all of them when it lacks every one. */
    List<InetAddress> usable(List<InetAddress> sources) {
        List<InetAddress> usable =
                sources.stream().filter(source -> !missing.holds(source)).toList();
        return usable.isEmpty() ? sources : usable;
    }
}
