package dev.nexthop.server;

import dev.nexthop.smtp.Dialect;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All SMTP and LMTP listeners and their sessions. Started once, stopped once; in between its settings may change while
 * sessions run.
 */
public final class Server {
    /** How often the watch looks for sessions whose time is over. */
    private static final Duration WATCH = Duration.ofSeconds(1);

    /** How long a session may take to die once its connection is closed. */
    private static final Duration LAST_MOMENT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final ServerSettings first;
    private final Services services;
    private final SessionContext.Time time;
    private final Sessions sessions;
    private final PasswordChecks passwords;
    private volatile List<Listener> listeners = List.of();
    private volatile boolean stopped;

    /**
     * Where a listener listens.
     *
     * @param id the listener
     * @param address with the port that the kernel chose, where it was 0
     */
    public record Listening(String id, InetSocketAddress address) {}

    /**
     * A server that does nothing yet.
     *
     * @param settings how it meets its clients
     * @param services what sessions work with
     * @param clock for the dates of messages
     */
    public Server(ServerSettings settings, Services services, InstantSource clock) {
        this(settings, services, clock, System::nanoTime);
    }

    Server(ServerSettings settings, Services services, InstantSource clock, LongSupplier nanos) {
        this.first = settings;
        this.services = services;
        this.time = new SessionContext.Time(clock, nanos);
        this.sessions = new Sessions(settings.connections());
        this.passwords = new PasswordChecks();
    }

    /**
     * Opens every listener, and only when all are open takes connections.
     *
     * @throws IOException when an address can't be opened, naming it; nothing stays open then
     */
    public void start() throws IOException {
        try {
            apply(first, services);
        } catch (IOException e) {
            passwords.close();
            throw e;
        }
        Thread.ofPlatform().daemon().name("session-deadlines").start(this::watch);
    }

    /**
     * Takes other settings while it runs, as {@link #prepare} and {@link Change#commit} do. Not beside another change or a
     * stop.
     *
     * @param settings how it meets its clients from now on
     * @param services what new sessions work with
     * @throws IOException when a new address can't be opened, naming it; everything stays as it was then
     */
    public void apply(ServerSettings settings, Services services) throws IOException {
        prepare(settings, services, false).commit();
    }

    /**
     * Opens the addresses that are new in other settings; nobody is served there yet, and all else stays as it is. An
     * address that stays keeps its socket, so that no connection is refused there at any time.
     *
     * @param settings how the server is to meet its clients
     * @param services what new sessions are to work with
     * @param parting whether sessions that run then are to end between two transactions, with 421
     * @return the change, to be committed or abandoned
     * @throws IOException when a new address can't be opened, naming it; nothing is changed then
     */
    public Change prepare(ServerSettings settings, Services services, boolean parting) throws IOException {
        Change change = new Change(settings.connections(), sessions.era() + (parting ? 1 : 0));
        try {
            for (ListenerSettings listener : settings.listeners()) {
                if (listener.protocol() != Protocol.HTTP) {
                    change.open(new SessionContext(
                            settings,
                            listener,
                            services,
                            passwords,
                            new HelloReplies(settings, listener, dialect(listener)),
                            time,
                            change.era));
                }
            }
            return change;
        } catch (IOException | RuntimeException e) {
            change.abandon();
            throw e;
        }
    }

    /** Other settings that are ready to be taken. */
    public final class Change {
        private final ConnectionLimits connections;
        private final int era;
        private final List<Listener> left = new ArrayList<>(listeners);
        private final List<Listener> all = new ArrayList<>();
        private final List<Listener> opened = new ArrayList<>();
        private final Map<Listener, SessionContext> contexts = new LinkedHashMap<>();

        private Change(ConnectionLimits connections, int era) {
            this.connections = connections;
            this.era = era;
        }

        private void open(SessionContext context) throws IOException {
            for (InetSocketAddress address : context.listener().bind()) {
                Optional<Listener> kept = left.stream()
                        .filter(listener -> listener.serves(context.listener().id(), address))
                        .findFirst();
                Listener listener = kept.isPresent() ? kept.get() : Listener.bind(context, sessions, address);
                if (kept.isPresent()) {
                    left.remove(listener);
                } else {
                    opened.add(listener);
                }
                all.add(listener);
                contexts.put(listener, context);
            }
        }

        /**
         * Serves new connections under the new settings; running sessions go on under theirs until they end, or
         * only until their transaction ends when they are to part. Addresses that
         * are no longer asked for are closed.
         */
        public void commit() {
            sessions.limits(connections);
            contexts.forEach(Listener::follow);
            sessions.begin(era);
            opened.forEach(Listener::start);
            listeners = List.copyOf(all);
            left.forEach(Listener::stop);
        }

        /** Closes what was opened. */
        public void abandon() {
            opened.forEach(Listener::stop);
        }
    }

    /** Where it listens, in the order of the settings. */
    public List<Listening> listening() {
        return listeners.stream()
                .map(listener -> new Listening(listener.id(), listener.address()))
                .toList();
    }

    /** Connections open now. */
    public int connections() {
        return sessions.count();
    }

    /**
     * Stops: no new connections; sessions without a transaction are told 421 at once, the others when their
     * transaction ends or the time is over.
     *
     * @param grace how long transactions may go on
     */
    public void stop(Duration grace) {
        listeners.forEach(Listener::stop);
        sessions.drain();
        if (!sessions.awaitEnd(grace.toNanos())) {
            LOG.warn("{} sessions are cut off: they did not end within {}", sessions.count(), grace);
            sessions.abort();
            sessions.awaitEnd(LAST_MOMENT.toNanos());
        }
        stopped = true;
        passwords.close();
    }

    Sessions sessions() {
        return sessions;
    }

    private static Dialect dialect(ListenerSettings listener) {
        return listener.protocol() == Protocol.LMTP ? Dialect.LMTP : Dialect.SMTP;
    }

    private void watch() {
        while (!stopped) {
            LockSupport.parkNanos(WATCH.toNanos());
            sessions.expire(time.nanos().getAsLong());
        }
    }
}
