package dev.nexthop.delivery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Listens and takes nobody: its queue is full, so that the kernel leaves further connections without an answer. */
final class Unaccepting implements AutoCloseable {
    private final ServerSocket listening;
    private final List<SocketChannel> queue = new ArrayList<>();

    Unaccepting(InetSocketAddress where) throws IOException {
        listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(where, 1);
        for (int i = 0; i < 8; i++) {
            SocketChannel one = SocketChannel.open();
            one.configureBlocking(false);
            one.connect(where);
            queue.add(one);
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel one : queue) {
            one.close();
        }
        listening.close();
    }
}
