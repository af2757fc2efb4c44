package dev.nexthop.client;

import dev.nexthop.mail.Step;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections: TCP, from a chosen source address and through a proxy where there is one, or a unix socket. */
public final class Connector {
    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

    private final Watchdog watchdog;
    private final Supplier<Socket> sockets;

    /**
     * Connects on the caller's thread.
     *
     * @param watchdog ends what takes too long
     */
    public Connector(Watchdog watchdog) {
        this(watchdog, Socket::new);
    }

    Connector(Watchdog watchdog, Supplier<Socket> sockets) {
        this.watchdog = watchdog;
        this.sockets = sockets;
    }

    Connection connect(Target target, Duration time) throws SessionException {
        return switch (target.address()) {
            case UnixDomainSocketAddress path -> unix(path);
            case InetSocketAddress host
            when target.proxy().isPresent() -> through(target.proxy().get(), host, target, time);
            case InetSocketAddress host -> new Connection(tcp(host, target, time), watchdog);
            default ->
                throw new SessionException(
                        Step.CONNECT, new Response.Unreachable("this kind of address is not spoken to"));
        };
    }

    private Connection through(Proxy proxy, InetSocketAddress host, Target target, Duration time)
            throws SessionException {
        Connection connection = new Connection(tcp(proxy.address(), target, time), watchdog);
        connection.within(time);
        try {
            Tunnel.open(proxy, connection.link(), host);
            return connection;
        } catch (Tunnel.RefusedException e) {
            connection.close();
            throw unreachable(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            Response trouble = connection.trouble(e, time);
            connection.close();
            throw new SessionException(Step.CONNECT, trouble);
        }
    }

    private Connection unix(UnixDomainSocketAddress path) throws SessionException {
        SocketChannel channel;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (IOException e) {
            throw notBegun(e);
        }
        try {
            // The kernel connects at once or not at all: the other end is a process of this machine.
            channel.connect(path);
            return new Connection(new Link.Unix(channel), watchdog);
        } catch (IOException e) {
            discard(channel);
            throw unreachable(path + ": " + e.getMessage());
        }
    }

    private Link tcp(InetSocketAddress host, Target target, Duration time) throws SessionException {
        Socket socket = begin(target.source());
        try {
            socket.connect(host, Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE));
            return new Link.Tcp(socket);
        } catch (SocketTimeoutException e) {
            discard(socket);
            String why = "no connection within " + Connection.words(time);
            throw target.proxy().isPresent()
                    ? noProxy(target.proxy().get(), why)
                    : new SessionException(Step.CONNECT, new Response.TimedOut(why));
        } catch (IOException e) {
            discard(socket);
            throw target.proxy().isPresent()
                    ? noProxy(target.proxy().get(), e.getMessage())
                    : new SessionException(
                            Step.CONNECT,
                            new Response.Unreachable(
                                    String.valueOf(e.getMessage()),
                                    noRoute(e) ? Response.Blame.FAMILY : Response.Blame.HOST));
        }
    }

    private static SessionException noProxy(Proxy proxy, @Nullable String why) {
        return new SessionException(
                Step.CONNECT, new Response.Unreachable("the proxy " + proxy + ": " + why, Response.Blame.PROXY));
    }

    /** A socket that can connect. Whatever fails up to there is this machine's trouble, and nobody else's. */
    private Socket begin(Optional<InetAddress> source) throws SessionException {
        Socket socket = sockets.get();
        try {
            socket.setTcpNoDelay(true); // Our writes are whole; Nagle would hold the last one back.
        } catch (IOException e) {
            discard(socket);
            throw notBegun(e); // Only now there is a file descriptor.
        }
        if (source.isPresent()) {
            try {
                socket.bind(new InetSocketAddress(source.get(), 0));
            } catch (IOException e) {
                discard(socket);
                throw new SessionException(
                        Step.CONNECT,
                        new Response.NotBegun(
                                "this machine can't send from the source address "
                                        + source.get().getHostAddress() + ": " + e.getMessage(),
                                missing(e)));
            }
        }
        return socket;
    }

    private static SessionException notBegun(IOException e) {
        return new SessionException(
                Step.CONNECT, new Response.NotBegun("this machine can't open a socket: " + e.getMessage(), false));
    }

    /** Whether an address is none of this machine's (EADDRNOTAVAIL), and not merely without a free port. */
    private static boolean missing(IOException e) {
        return e instanceof BindException
                && String.valueOf(e.getMessage()).startsWith("Cannot assign requested address");
    }

    /** Whether the kernel said at once that the whole family leads nowhere; a host without route has a class of its own. */
    static boolean noRoute(IOException e) {
        String why = String.valueOf(e.getMessage());
        return e.getClass() == SocketException.class
                && (why.startsWith("Network is unreachable") || why.startsWith("Protocol family "));
    }

    private static SessionException unreachable(String why) {
        return new SessionException(Step.CONNECT, new Response.Unreachable(why));
    }

    private static void discard(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a socket that never connected failed", e);
        }
    }
}
