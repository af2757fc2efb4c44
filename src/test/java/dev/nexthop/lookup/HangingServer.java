package dev.nexthop.lookup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes connections and never says a word. */
final class HangingServer implements AutoCloseable {
    private final ServerSocket socket;
    private final List<Socket> taken = new CopyOnWriteArrayList<>();

    HangingServer() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try {
                    taken.add(socket.accept());
                } catch (IOException e) {
                    return; // The test is over.
                }
            }
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket one : taken) {
            one.close();
        }
    }
}
