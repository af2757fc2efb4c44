package dev.nexthop.server;

import dev.nexthop.smtp.Replies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections at one address on a platform thread, which does nothing else: each connection goes to a virtual
 * thread of its own, under the settings that are in force at its start and for all of its life.
 */
final class Listener {
    /** Connections that the kernel keeps while the accepting thread is busy. */
    private static final int BACKLOG = 1024;

    /** The pause after a failed accept, as when no file descriptor is left. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** How long the accepting thread may take to notice the end. */
    private static final Duration LAST_ACCEPT = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final InetSocketAddress wanted;
    private final Sessions sessions;
    private final ServerSocket socket;
    private final Thread acceptor;
    private volatile SessionContext context;
    private volatile boolean stopped;

    private Listener(SessionContext context, Sessions sessions, InetSocketAddress wanted, ServerSocket socket) {
        this.context = context;
        this.wanted = wanted;
        this.sessions = sessions;
        this.socket = socket;
        this.acceptor =
                Thread.ofPlatform().name("accept-" + context.listener().id()).unstarted(this::accept);
    }

    /**
     * Opens the address. Connections queue until {@link #start}.
     *
     * @throws IOException that names listener and address
     */
    static Listener bind(SessionContext context, Sessions sessions, InetSocketAddress address) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw new IOException(
                    "listener \"" + context.listener().id() + "\" can't listen at " + address + ": " + e.getMessage(),
                    e);
        }
        return new Listener(context, sessions, address, socket);
    }

    void start() {
        acceptor.start();
    }

    /** New connections are served under these settings; those that there are keep theirs. */
    void follow(SessionContext newest) {
        context = newest;
    }

    /** Whether an address of a listener is the one that was asked for here; port 0 is another for each listener. */
    boolean serves(String listener, InetSocketAddress address) {
        return wanted.equals(address) && (address.getPort() != 0 || listener.equals(id()));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    String id() {
        return context.listener().id();
    }

    /** Takes no more connections; the address is free when this returns. */
    void stop() {
        stopped = true;
        try {
            socket.close();
        } catch (IOException e) {
            LOG.warn("listener \"{}\" does not close: {}", id(), e.getMessage());
        }
        try {
            // The kernel keeps the address open as long as a thread is inside accept.
            if (acceptor.isAlive()) {
                acceptor.join(LAST_ACCEPT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!stopped) {
            try {
                admit(socket.accept());
            } catch (IOException e) {
                if (!stopped) {
                    LOG.error("listener \"{}\" can't accept: {}", id(), e.getMessage());
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        }
    }

    private void admit(Socket client) {
        InetAddress address = client.getInetAddress();
        SessionContext current = occupied();
        if (address == null || !sessions.enter(address)) {
            refuse(client, current.listener());
            current.services().tenancy().leave();
            return;
        }
        Thread.startVirtualThread(() -> serve(client, address, current));
    }

    /** The newest settings, their services kept open for us. Services are closed only after they were replaced here. */
    private SessionContext occupied() {
        SessionContext current = context;
        while (!current.services().tenancy().enter()) {
            current = context;
        }
        return current;
    }

    private void serve(Socket client, InetAddress address, SessionContext current) {
        try {
            client.setTcpNoDelay(true);
            Connection connection = new Connection(
                    client,
                    current.settings().timeouts(),
                    current.settings().limits().lineEnds(),
                    current.time().nanos());
            Session session = new Session(current, connection, Peer.of(client));
            sessions.add(session);
            try {
                session.run();
            } finally {
                sessions.remove(session);
            }
        } catch (IOException e) {
            LOG.debug("a connection from {} broke before it began: {}", address, e.getMessage());
        } finally {
            close(client);
            sessions.leave(address);
            current.services().tenancy().leave();
        }
    }

    /** The words fit into the new socket's buffer, so that this does not wait. */
    private static void refuse(Socket client, ListenerSettings listener) {
        try (client) {
            if (listener.tls().filter(ListenerTls::implicit).isEmpty()) {
                client.getOutputStream().write(Replies.TOO_MANY_CONNECTIONS.wire());
            }
        } catch (IOException e) {
            LOG.debug("a refused connection broke: {}", e.getMessage());
        }
    }

    private static void close(Socket client) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.debug("a connection does not close: {}", e.getMessage());
        }
    }
}
