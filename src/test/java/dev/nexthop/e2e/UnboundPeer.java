package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Unbound over a {@link SignedTree}: it validates under the tree's trust anchor and sets AD, or leaves that to others. */
final class UnboundPeer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final SignedTree tree;
    private final InetSocketAddress address;
    private final boolean validates;
    private Process server;

    private UnboundPeer(Path folder, SignedTree tree, InetSocketAddress address, boolean validates)
            throws IOException {
        this.folder = folder;
        this.tree = tree;
        this.address = address;
        this.validates = validates;
        this.server = start();
    }

    /** A resolver that validates, on a free port of loopback. */
    static UnboundPeer validating(Path folder, SignedTree tree) throws IOException {
        return new UnboundPeer(folder, tree, new InetSocketAddress("127.0.0.1", Ports.free()), true);
    }

    /** The same at an address of the tree's network, such as port 53 in a namespace. */
    static UnboundPeer validating(Path folder, SignedTree tree, InetSocketAddress address) throws IOException {
        return new UnboundPeer(folder, tree, address, true);
    }

    /** A resolver that hands on signatures unread, on a free port of loopback. */
    static UnboundPeer credulous(Path folder, SignedTree tree) throws IOException {
        return new UnboundPeer(folder, tree, new InetSocketAddress("127.0.0.1", Ports.free()), false);
    }

    /** Where it listens, by UDP and TCP. */
    InetSocketAddress address() {
        return address;
    }

    /** The configuration of a server that asks it. */
    String resolver() {
        return """
                [resolver]
                type = "custom"
                custom = ["udp://%s:%d"]
                timeout = "5s"
                """.formatted(address.getAddress().getHostAddress(), address.getPort());
    }

    /** Begins anew with an empty cache, and with the zones that the tree has now. */
    void forget() throws IOException {
        Await.ended(server, LIMIT);
        server = start();
    }

    private Process start() throws IOException {
        Files.writeString(folder.resolve("unbound.conf"), config());
        Process started = Unpacked.start(
                tree.network(),
                folder,
                "unbound",
                "-d",
                "-p",
                "-c",
                folder.resolve("unbound.conf").toString());
        Await.until("Unbound", LIMIT, () -> Unpacked.listens(tree.network(), address, started));
        return started;
    }

    private String config() {
        StringBuilder text = new StringBuilder("""
                server:
                 interface: %s@%d
                 access-control: 0.0.0.0/0 allow
                 directory: "%s"
                 username: ""
                 chroot: ""
                 pidfile: ""
                 use-syslog: no
                 num-threads: 1
                 outgoing-range: 256
                 do-ip6: no
                 do-not-query-localhost: no
                 unblock-lan-zones: yes
                 insecure-lan-zones: no
                 local-zone: "test." nodefault
                 local-zone: "invalid." nodefault
                 ede: yes
                 val-log-level: 2
                 module-config: "%s"
                """.formatted(
                        address.getAddress().getHostAddress(),
                        address.getPort(),
                        folder,
                        validates ? "validator iterator" : "iterator"));
        if (validates) {
            text.append(" trust-anchor-file: \"" + tree.trustAnchor() + "\"\n");
        }
        text.append("remote-control:\n control-enable: no\n");
        for (String zone : tree.names()) {
            text.append("stub-zone:\n name: \"%s.\"\n stub-addr: %s@%d\n"
                    .formatted(
                            zone,
                            tree.address().getAddress().getHostAddress(),
                            tree.address().getPort()));
        }
        return text.toString();
    }

    @Override
    public void close() {
        Await.ended(server, LIMIT);
    }
}
