package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** microsocks, a SOCKS5 proxy, and tinyproxy, one for HTTP CONNECT; both note where they were asked to go. */
final class ProxyPeer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final Path home;
    private final List<Process> processes = new ArrayList<>();

    private ProxyPeer(Path home) {
        this.home = home;
    }

    /**
     * Starts both in the folder, and waits until they listen.
     *
     * @param places their ports: socks, connect; and smtp, the one that HTTP CONNECT may go to
     */
    static ProxyPeer start(Path home, Places places) throws IOException {
        places.ports("socks", "connect");
        ProxyPeer proxies = new ProxyPeer(home);
        proxies.start("socks", "microsocks", "-i", "127.0.0.1", "-p", Integer.toString(places.port("socks")));
        Path settings = Files.writeString(home.resolve("tinyproxy.conf"), places.fill("""
                Port @connect@
                Listen 127.0.0.1
                Allow 127.0.0.1
                ConnectPort @smtp@
                LogLevel Connect
                Timeout 60
                """));
        proxies.start("connect", "tinyproxy", "-d", "-c", settings.toString());
        for (String name : List.of("socks", "connect")) {
            Await.until(name, START_LIMIT, () -> {
                try (Socket socket = Network.ours().connect(new InetSocketAddress("127.0.0.1", places.port(name)))) {
                    return socket.isConnected();
                }
            });
        }
        return proxies;
    }

    private void start(String name, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of(command));
        words.set(0, PrivateRoot.UNPACKED.resolve("usr/bin").resolve(command[0]).toString());
        processes.add(new ProcessBuilder(words)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile())
                .start());
    }

    private Path log(String name) {
        return home.resolve(name + ".log");
    }

    /** That each was asked to go to the port. */
    Stream<DynamicTest> tests(int port) {
        return Stream.of("socks", "connect")
                .map(name -> dynamicTest(
                        name + " was asked for the way",
                        () -> assertThat(Files.readString(log(name)))
                                .containsPattern("127\\.0\\.0\\.1[: ]+(port )?" + port)));
    }

    @Override
    public void close() {
        processes.forEach(process -> Await.ended(process, STOP_LIMIT));
    }
}
