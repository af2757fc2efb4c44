package dev.nexthop.delivery;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which addresses did not answer lately, which family of addresses this machine has no route for, and which source
 * addresses it does not have. It changes the order in which addresses are tried and nothing else; where
 * {@code queue.outbound.limits.multihomed} cuts that order, one that failed lately gives its place to one that did not, and
 * no host is left without an address to try. Bounded, forgets by itself. Thread-safe, and without a lock while nothing is
 * remembered, which is the usual case.
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
        private volatile boolean nothing = true;

        Lately(InstantSource clock) {
            this.clock = clock;
        }

        boolean nothing() {
            return nothing;
        }

        void add(K what) {
            synchronized (observed) {
                observed.remove(what); // So that it becomes the youngest.
                observed.put(what, clock.instant());
                if (observed.size() > MOST) {
                    observed.pollFirstEntry();
                }
                nothing = false;
            }
        }

        void forget(K what) {
            if (nothing) {
                return;
            }
            synchronized (observed) {
                observed.remove(what);
                expire();
            }
        }

        boolean holds(K what) {
            if (nothing) {
                return false;
            }
            synchronized (observed) {
                expire();
                return observed.containsKey(what);
            }
        }

        /** The eldest come first, so that each look costs no more than what it finds to forget. */
        private void expire() {
            Instant now = clock.instant();
            Map.Entry<K, Instant> eldest = observed.firstEntry();
            while (eldest != null && !now.isBefore(eldest.getValue().plus(KEPT))) {
                observed.pollFirstEntry();
                eldest = observed.firstEntry();
            }
            nothing = observed.isEmpty();
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
        if (addresses.size() < 2 || failed.nothing() && routeless.nothing()) {
            return addresses;
        }
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
        if (missing.nothing()) {
            return sources;
        }
        List<InetAddress> usable =
                sources.stream().filter(source -> !missing.holds(source)).toList();
        return usable.isEmpty() ? sources : usable;
    }
}
