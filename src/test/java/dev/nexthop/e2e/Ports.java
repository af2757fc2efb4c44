package dev.nexthop.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Free ports of loopback; none is given twice in one run. They lie below those that the kernel gives to connections, which
 * would else take one between its choice and its use. Each JVM that runs tests on this machine claims a range by a lock on a file, which
 * it has until it ends: what is free in there is free until its own tests use it.
 */
public final class Ports {
    private static final int FIRST = 11_000;
    private static final int RANGE = 2_500;
    private static final int RANGES = 7;

    private static final Claim CLAIM = Claim.first();
    private static int given;

    private Ports() {}

    /** A range, and the lock that makes it ours. */
    private record Claim(int start, FileLock lock) {
        static Claim first() {
            Path folder = Path.of(System.getProperty("java.io.tmpdir"));
            for (int range = 0; range < RANGES; range++) {
                FileLock lock = lock(folder.resolve("nexthop-test-ports-" + range + ".lock"));
                if (lock != null) {
                    return new Claim(FIRST + range * RANGE, lock);
                }
            }
            throw new IllegalStateException("all " + RANGES + " ranges of ports are claimed by others");
        }

        private static @Nullable FileLock lock(Path file) {
            try {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock();
                if (lock == null) {
                    channel.close();
                }
                return lock;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A port that nobody listens on. */
    public static synchronized int free() {
        while (given < RANGE) {
            int port = CLAIM.start() + given++;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port is left of the " + RANGE + " from " + CLAIM.start() + " on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false; // somebody has it
        }
    }
}
