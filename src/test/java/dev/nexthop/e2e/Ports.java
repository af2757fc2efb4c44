package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Free ports of loopback; none is given twice in one run. They lie below those that the kernel gives to connections, which
 * would else take one between its choice and its use, and each fork of the tests has a range of its own.
 */
final class Ports {
    private static final int FIRST = 11_000;
    private static final int RANGE = 6_000;
    private static final int FORKS = 3;

    private static int next = (int) (ProcessHandle.current().pid() * 37 % RANGE);
    private static int given;

    private Ports() {}

    static synchronized int free() {
        int fork = Integer.getInteger("nexthop.fork", 1);
        int start = FIRST + Math.floorMod(fork - 1, FORKS) * RANGE;
        while (given < RANGE) {
            given++;
            int port = start + next++ % RANGE;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port is free from " + start + " to " + (start + RANGE - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false; // somebody has it
        }
    }
}
