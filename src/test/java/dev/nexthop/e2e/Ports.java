package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Free ports of loopback; none is given twice in one run. They lie below those that the kernel gives to connections, which
 * would else take one between its choice and its use. Each JVM that runs tests on this machine claims a range by listening on the first
 * port of it until it ends: what is free in there is free until its own tests use it.
 */
public final class Ports {
    private static final int FIRST = 11_000;
    private static final int RANGE = 2_500;
    private static final int RANGES = 7;

    private static final ServerSocket CLAIM = claim();
    private static int given;

    private Ports() {}

    private static ServerSocket claim() {
        IOException last = new IOException("nothing was tried");
        for (int range = 0; range < RANGES; range++) {
            try {
                return listen(FIRST + range * RANGE);
            } catch (IOException e) {
                last = e; // another JVM has it
            }
        }
        throw new IllegalStateException("all " + RANGES + " ranges of ports are claimed by others", last);
    }

    /** A port that nobody listens on. */
    public static synchronized int free() {
        while (given < RANGE - 1) {
            int port = CLAIM.getLocalPort() + ++given;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port is left of the " + RANGE + " from " + CLAIM.getLocalPort() + " on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = listen(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false; // somebody has it
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }
}
