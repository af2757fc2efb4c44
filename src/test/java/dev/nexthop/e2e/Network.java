package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where sockets are made and commands are run: this machine's own network, or a namespace. */
record Network(Optional<Namespace> namespace) {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** The machine's own. */
    static Network ours() {
        return new Network(Optional.empty());
    }

    static Network of(Namespace namespace) {
        return new Network(Optional.of(namespace));
    }

    /** The words that run a command there. */
    List<String> entering(List<String> command) {
        return namespace.map(there -> there.entering(command)).orElse(command);
    }

    /** A connection from there. */
    Socket connect(InetSocketAddress address) throws IOException {
        return namespace.isPresent() ? namespace.get().inside(() -> connected(address)) : connected(address);
    }

    /** A listening socket there. */
    ServerSocket listen(InetSocketAddress address) throws IOException {
        return namespace.isPresent() ? namespace.get().inside(() -> bound(address)) : bound(address);
    }

    // The socket is handed to the caller, who closes it.
    @SuppressWarnings("resource")
    private static Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(address, (int) CONNECT.toMillis());
        return socket;
    }

    // As above.
    @SuppressWarnings("resource")
    private static ServerSocket bound(InetSocketAddress address) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(address, 512);
        return socket;
    }
}
