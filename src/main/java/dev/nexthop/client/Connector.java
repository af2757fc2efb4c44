package dev.nexthop.client;

import dev.nexthop.mail.Step;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections: TCP, from a chosen source address and through a proxy where there is one, or a unix socket. */
public final class Connector {
    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

    private final Watchdog watchdog;

    /**
     * Connects on the caller's thread.
     *
     * @param watchdog ends what takes too long
     */
    public Connector(Watchdog watchdog) {
        this.watchdog = watchdog;
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
        SocketChannel channel = null;
        try {
            // The kernel connects at once or not at all: the other end is a process of this machine.
            channel = SocketChannel.open(path);
            return new Connection(new Link.Unix(channel), watchdog);
        } catch (IOException e) {
            discard(channel);
            throw unreachable(path + ": " + e.getMessage());
        }
    }

    private static Link tcp(InetSocketAddress host, Target target, Duration time) throws SessionException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true); // Our writes are whole; Nagle would hold the last one back.
            if (target.source().isPresent()) {
                bind(socket, target.source().get());
            }
            socket.connect(host, Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE));
            return new Link.Tcp(socket);
        } catch (SocketTimeoutException e) {
            discard(socket);
            throw new SessionException(
                    Step.CONNECT, new Response.TimedOut("no connection within " + Connection.words(time)));
        } catch (IOException e) {
            discard(socket);
            String proxy =
                    target.proxy().isPresent() ? "the proxy " + target.proxy().get() + ": " : "";
            throw new SessionException(Step.CONNECT, new Response.Unreachable(proxy + e.getMessage(), noRoute(e)));
        }
    }

    private static void bind(Socket socket, InetAddress source) throws SessionException {
        try {
            socket.bind(new InetSocketAddress(source, 0));
        } catch (IOException e) {
            discard(socket);
            throw new SessionException(
                    Step.CONNECT,
                    new Response.NoSource("this machine can't send from the source address " + source.getHostAddress()
                            + ": " + e.getMessage()));
        }
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

    private static void discard(@Nullable Closeable socket) {
        if (socket == null) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a socket that never connected failed", e);
        }
    }
}
