package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A private internet: our host and the rest of the world, in two namespaces joined by a cable, with a name server that
 * knows every name there is. Ports 24, 25 and 53 are free in both.
 */
final class Internet implements AutoCloseable {
    /** Address of our host, as others see it. */
    static final String HOST = "198.51.100.1";

    private static final String NAME_SERVER = "192.0.2.53";

    private final Namespace host;
    private final Namespace world;
    private final NameServer names;

    private Internet(Namespace host, Namespace world, NameServer names) {
        this.host = host;
        this.world = world;
        this.names = names;
    }

    static Internet open() throws IOException, InterruptedException {
        Namespace host = Namespace.open();
        Namespace world = Namespace.open();
        Namespace.link(host, HOST, world, "198.51.100.2");
        world.address(NAME_SERVER);
        return new Internet(host, world, NameServer.on(world, NAME_SERVER, 53));
    }

    /** Where the server under test runs. */
    Network host() {
        return Network.of(host);
    }

    /** Where everybody else is. */
    Network world() {
        return Network.of(world);
    }

    /** The name server of the world. */
    NameServer names() {
        return names;
    }

    /** The configuration that asks that name server. */
    String resolver() {
        return """
                [resolver]
                type = "custom"
                custom = ["udp://%s:53"]
                timeout = "2s"
                """.formatted(NAME_SERVER);
    }

    /** Gives the world another address. */
    void address(String address) throws IOException, InterruptedException {
        world.address(address);
    }

    /** A mail exchanger for the domain, on port 25 of an address of its own. */
    Sink exchanger(String domain, String address) throws IOException, InterruptedException {
        address(address);
        names.with(domain + ".", "MX", "10 mx." + domain + ".").with("mx." + domain + ".", "A", address);
        return Sink.on(world(), new InetSocketAddress(address, 25), false);
    }

    @Override
    public void close() {
        names.close();
        host.close();
        world.close();
    }
}
