package dev.nexthop.server;

import dev.nexthop.smtp.Dialect;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All SMTP and LMTP listeners and their sessions. Started once, stopped once. */
public final class Server {
    /** How often the watch looks for sessions whose time is over. */
    private static final Duration WATCH = Duration.ofSeconds(1);

    /** How long a session may take to die once its connection is closed. */
    private static final Duration LAST_MOMENT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final ServerSettings settings;
    private final Services services;
    private final SessionContext.Time time;
    private final Sessions sessions;
    private final PasswordChecks passwords;
    private final List<Listener> listeners = new ArrayList<>();
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
     * @param services what sessions work with; they outlive the server
     * @param clock for the dates of messages
     */
    public Server(ServerSettings settings, Services services, InstantSource clock) {
        this(settings, services, clock, System::nanoTime);
    }

    Server(ServerSettings settings, Services services, InstantSource clock, LongSupplier nanos) {
        this.settings = settings;
        this.services = services;
        this.time = new SessionContext.Time(clock, nanos);
        this.sessions = new Sessions(settings.connections());
        this.passwords = new PasswordChecks(services.directory());
    }

    /**
     * Opens every listener, and only when all are open takes connections.
     *
     * @throws IOException when an address can't be opened, naming it; nothing stays open then
     */
    public void start() throws IOException {
        try {
            for (ListenerSettings listener : settings.listeners()) {
                if (listener.protocol() != Protocol.HTTP) {
                    open(listener);
                }
            }
        } catch (IOException e) {
            listeners.forEach(Listener::stop);
            passwords.close();
            throw e;
        }
        listeners.forEach(Listener::start);
        Thread.ofPlatform().daemon().name("session-deadlines").start(this::watch);
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

    private void open(ListenerSettings listener) throws IOException {
        Dialect dialect = listener.protocol() == Protocol.LMTP ? Dialect.LMTP : Dialect.SMTP;
        SessionContext context = new SessionContext(
                settings, listener, services, passwords, new HelloReplies(settings, listener, dialect), time);
        for (InetSocketAddress address : listener.bind()) {
            listeners.add(Listener.bind(context, sessions, address));
        }
    }

    private void watch() {
        while (!stopped) {
            LockSupport.parkNanos(WATCH.toNanos());
            sessions.expire(time.nanos().getAsLong());
        }
    }
}
