package dev.nexthop.client;

import dev.nexthop.mail.Step;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens TCP connections, from a chosen source address where there is one. */
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
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true); // Our writes are whole; Nagle would hold the last one back.
            if (target.source().isPresent()) {
                socket.bind(new InetSocketAddress(target.source().get(), 0));
            }
            socket.connect(target.address(), Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE));
            return new Connection(socket, watchdog);
        } catch (SocketTimeoutException e) {
            discard(socket);
            throw new SessionException(
                    Step.CONNECT, new Response.TimedOut("no connection within " + Connection.words(time)));
        } catch (IOException e) {
            discard(socket);
            throw new SessionException(Step.CONNECT, new Response.Unreachable(String.valueOf(e.getMessage())));
        }
    }

    private static void discard(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a socket that never connected failed", e);
        }
    }
}
