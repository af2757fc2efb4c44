package dev.nexthop.delivery;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.route.Manner;
import dev.nexthop.route.RemoteHost;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which configured hosts take mail, as far as attempts and probes tell; rules ask it with {@code hop_up('id')}. A host is
 * down after as many attempts in a row as {@code remote.<id>.health.failures} says that found none of its addresses of use.
 * From then on others are tried before it, until {@code health.pause} after the last failure one attempt finds out, alone,
 * whether it is back. Any word of the host about a message counts as life, a refusal too. Thread-safe.
 */
public final class HopHealth {
    /** Hosts that are remembered; only changing SRV records could bring more. */
    private static final int REMEMBERED = 10_000;

    private final InstantSource clock;
    private final Watcher watcher;
    private final Map<Place, State> states = new ConcurrentHashMap<>();

    /** The hosts as they are defined by what is in force; empty until told. */
    private volatile Map<String, List<RemoteHost>> defined = Map.of();

    /** Whether {@link #defined} was told; until then every host counts. */
    private volatile boolean told;

    private volatile Consumer<RemoteHost> prober = _ -> {};

    /** Hears when a host goes down, once, and when it is back. Calls must return at once. */
    public interface Watcher {
        /** Nobody listens. */
        Watcher NONE = new Watcher() {
            @Override
            public void down(String hop, String text) {}

            @Override
            public void up(String hop, String text) {}
        };

        /**
         * A host is down.
         *
         * @param hop its id
         * @param text one sentence
         */
        void down(String hop, String text);

        /**
         * A host is back.
         *
         * @param hop its id
         * @param text one sentence
         */
        void up(String hop, String text);
    }

    /** What tells hosts apart that share an id. */
    private record Place(String id, String address, int port) {
        static Place of(RemoteHost host) {
            return new Place(host.id(), host.address(), host.port());
        }

        @Override
        public String toString() {
            return "hop '" + id + "', " + (port == 0 ? address : address + " port " + port);
        }
    }

    /**
     * What is known of a host.
     *
     * @param failures in a row
     * @param down whether they were enough
     * @param since when it went down or came back; null when it never was down
     * @param last its last failure
     * @param trouble of that failure; null when there was none
     * @param trial of the attempt that is finding out whether it is back; null when none is
     */
    private record State(
            RemoteHost host,
            int failures,
            boolean down,
            @Nullable Instant since,
            Instant last,
            @Nullable Diagnosis trouble,
            @Nullable Turn trial) {
        State by(@Nullable Turn turn) {
            return new State(host, failures, down, since, last, trouble, turn);
        }

        boolean pauseOver(Instant now) {
            return !now.isBefore(last.plus(host.manner().health().pause()));
        }
    }

    /**
     * How a host fares.
     *
     * @param id of the hop
     * @param address as it is configured, or as SRV records name it
     * @param port 0 for a unix socket
     * @param up whether it takes mail, as far as is known
     * @param failures attempts in a row that found no address of use
     * @param since when it went down or came back; empty when it never was down
     * @param error the last trouble; empty when there was none
     */
    public record Status(
            String id,
            String address,
            int port,
            boolean up,
            int failures,
            Optional<Instant> since,
            Optional<String> error) {}

    /**
     * Every host is up, and nobody hears of changes.
     *
     * @param clock what time it is
     */
    public HopHealth(InstantSource clock) {
        this(clock, Watcher.NONE);
    }

    /**
     * Every host is up.
     *
     * @param clock what time it is
     * @param watcher hears of changes
     */
    public HopHealth(InstantSource clock, Watcher watcher) {
        this.clock = clock;
        this.watcher = watcher;
    }

    /**
     * Whether a hop takes mail.
     *
     * @param hop the id of a remote; one that was never tried is up
     * @return false while each of its hosts is down
     */
    public boolean isUp(String hop) {
        Instant now = clock.instant();
        List<RemoteHost> hosts = defined.get(hop);
        if (hosts != null) {
            return hosts.stream().anyMatch(host -> open(states.get(Place.of(host)), now));
        }
        List<State> known = states.values().stream()
                .filter(state -> state.host().id().equals(hop))
                .toList();
        return known.isEmpty() || known.stream().anyMatch(state -> open(state, now));
    }

    private static boolean open(@Nullable State state, Instant now) {
        return state == null || !state.down() || (state.pauseOver(now) && state.trial() == null);
    }

    /**
     * Forgets hosts: what was learned was about something else, and so is what attempts bring that still run under the
     * definition of before.
     *
     * @param hops ids whose definition has changed
     * @param newest all hosts as they are defined now, by id
     */
    public void forget(Set<String> hops, Map<String, List<RemoteHost>> newest) {
        define(newest);
        states.keySet().removeIf(place -> hops.contains(place.id()));
    }

    /**
     * A configuration is in force: its hosts are the ones that count, and whoever goes down from now on, or is down, is
     * probed by its means.
     *
     * @param hosts all that are defined, by id
     * @param probes takes a host that is down; returns at once
     */
    public void serve(Map<String, List<RemoteHost>> hosts, Consumer<RemoteHost> probes) {
        define(hosts);
        prober = probes;
        states.values().stream()
                .filter(State::down)
                .map(State::host)
                .filter(this::configured)
                .forEach(probes);
    }

    private void define(Map<String, List<RemoteHost>> hosts) {
        defined = hosts;
        told = true;
    }

    /** Every defined host, and those that SRV records named: in the order of ids, addresses and ports. */
    public List<Status> all() {
        Map<Place, Status> all = new LinkedHashMap<>();
        defined.values().stream()
                .flatMap(List::stream)
                .forEach(host -> all.put(Place.of(host), status(Place.of(host), null)));
        states.forEach((place, state) -> all.put(place, status(place, state)));
        return all.values().stream()
                .sorted(Comparator.comparing(Status::id)
                        .thenComparing(Status::address)
                        .thenComparingInt(Status::port))
                .toList();
    }

    private static Status status(Place place, @Nullable State state) {
        if (state == null) {
            return new Status(place.id(), place.address(), place.port(), true, 0, Optional.empty(), Optional.empty());
        }
        return new Status(
                place.id(),
                place.address(),
                place.port(),
                !state.down(),
                state.failures(),
                Optional.ofNullable(state.since()),
                Optional.ofNullable(state.trouble()).map(Diagnosis::reason));
    }

    /** Why a host is down; null while it is up, or when it is not what is defined any more. */
    @Nullable
    Diagnosis downFor(RemoteHost host) {
        State state = states.get(Place.of(host));
        return state != null && state.down() && state.host().equals(host) ? state.trouble() : null;
    }

    /**
     * The order in which an attempt goes through hosts: those that are down stand behind those that are up, and nobody is
     * left out. When the first of all is down and its pause is over, it may be this attempt that finds out whether it is back.
     *
     * @param hosts in the order that was asked for
     */
    Turn turn(List<RemoteHost> hosts) {
        if (states.isEmpty() || hosts.size() == 1 && !down(hosts.getFirst())) {
            return new Turn(hosts); // The usual case, once for each message.
        }
        List<RemoteHost> first = new ArrayList<>(hosts.size());
        List<RemoteHost> behind = new ArrayList<>();
        Turn turn = new Turn(hosts);
        for (RemoteHost host : hosts) {
            State state = states.get(Place.of(host));
            if (state == null || !state.down()) {
                first.add(host);
            } else if (first.isEmpty() && turn.claim(host)) {
                first.add(host);
            } else {
                behind.add(host);
            }
        }
        first.addAll(behind);
        turn.order = List.copyOf(first);
        return turn;
    }

    /**
     * The order as it was asked for, of whoever finds out nothing with mail.
     *
     * @param hosts in that order
     */
    Turn asGiven(List<RemoteHost> hosts) {
        return new Turn(hosts);
    }

    private boolean down(RemoteHost host) {
        State state = states.get(Place.of(host));
        return state != null && state.down();
    }

    /** The order of one attempt, and what it has to find out; it must be closed. */
    final class Turn implements AutoCloseable {
        private List<RemoteHost> order;
        private @Nullable Place trial;

        private Turn(List<RemoteHost> order) {
            this.order = order;
        }

        List<RemoteHost> order() {
            return order;
        }

        /** Whoever did not come to try the host leaves it to the next. */
        @Override
        public void close() {
            if (trial != null) {
                states.computeIfPresent(trial, (_, state) -> state.trial() == this ? state.by(null) : state);
            }
        }

        private boolean claim(RemoteHost host) {
            Instant now = clock.instant();
            Place place = Place.of(host);
            State after = states.computeIfPresent(
                    place,
                    (_, state) ->
                            state.down() && state.trial() == null && state.pauseOver(now) ? state.by(this) : state);
            boolean claimed = after != null && after.trial() == this;
            trial = claimed ? place : trial;
            return claimed;
        }
    }

    /** The host answered. */
    void heard(RemoteHost host) {
        if (states.isEmpty()) {
            return;
        }
        Place place = Place.of(host);
        State old = states.get(place);
        if (old == null || old.failures() == 0 || !current(host)) {
            return;
        }
        Instant now = clock.instant();
        boolean[] back = {false};
        states.computeIfPresent(place, (_, state) -> {
            if (!current(host)) {
                return state; // Asked again within: it may have been defined anew since.
            }
            back[0] = state.down();
            Instant since = back[0] ? now : state.since();
            return new State(host, 0, false, since, state.last(), state.trouble(), null);
        });
        if (back[0]) {
            watcher.up(host.id(), place + ": takes mail again");
        }
    }

    /**
     * No address of the host was of use.
     *
     * @param trouble of the last of them
     */
    void lost(RemoteHost host, Diagnosis trouble) {
        if (!current(host)) {
            return;
        }
        Manner.Health health = host.manner().health();
        Instant now = clock.instant();
        Place place = Place.of(host);
        boolean[] fell = {false};
        states.compute(place, (_, state) -> {
            if (!current(host)) {
                return state; // Asked again within: it may have been forgotten since, and must not come back.
            }
            int failures = state == null ? 1 : Math.min(Integer.MAX_VALUE - 1, state.failures()) + 1;
            boolean was = state != null && state.down();
            boolean down = was || failures >= health.failures();
            fell[0] = down && !was;
            Instant since = fell[0] ? now : state == null ? null : state.since();
            return new State(host, failures, down, since, now, trouble, null);
        });
        bound();
        if (fell[0]) {
            String times = health.failures() == 1 ? "one attempt" : health.failures() + " attempts in a row";
            watcher.down(
                    host.id(),
                    place + ": is down, " + times + " found no address of use; the last: " + trouble.reason());
            if (configured(host)) {
                prober.accept(host);
            }
        }
    }

    /** SRV records may name others the next time: whether those are back is only asked when they are named. */
    private boolean configured(RemoteHost host) {
        return defined.getOrDefault(host.id(), List.of()).contains(host);
    }

    /** Forgets who failed longest ago. */
    private void bound() {
        if (states.size() > REMEMBERED) {
            states.entrySet().stream()
                    .min(Comparator.comparing(entry -> entry.getValue().last()))
                    .ifPresent(oldest -> states.remove(oldest.getKey(), oldest.getValue()));
        }
    }

    /** Whether a host is as it is defined now; one that SRV records named has the manner of the one that named them. */
    private boolean current(RemoteHost host) {
        if (!told) {
            return true;
        }
        List<RemoteHost> now = defined.getOrDefault(host.id(), List.of());
        return now.contains(host) || now.stream().anyMatch(one -> names(one, host));
    }

    private static boolean names(RemoteHost one, RemoteHost host) {
        return one.manner().selection().service().isPresent()
                && one.login().equals(host.login())
                && one.manner().atPlace().equals(host.manner());
    }
}
