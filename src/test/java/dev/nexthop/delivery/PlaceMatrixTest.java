package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.Bridge;
import dev.nexthop.client.FaultServer;
import dev.nexthop.client.Proxy;
import dev.nexthop.client.Secret;
import dev.nexthop.route.Manner;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.schedule.Aftermath;
import dev.nexthop.smtp.Dialect;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Faults on the way to a configured host, before it can say a word: unix sockets and proxies. Whatever a proxy says is the
 * hop's trouble and never the message's: it is temporary, and the next host is tried.
 */
class PlaceMatrixTest {
    private final Scene scene = new Scene();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        scene.close();
    }

    private void expect(Attempt attempt, String outcome) {
        assertThat(Scene.words(attempt)).containsExactly(outcome, outcome);
        assertThat(Aftermath.of(attempt, FaultMatrixTest.RETRY))
                .isEqualTo(
                        Stream.of(outcome, outcome).map(FaultMatrixTest::fate).toList());
    }

    private Attempt send(RemoteHost... hosts) {
        return scene.delivery().attempt(Scene.job(new NextHop.Relay(List.of(hosts)), "r0@x.example", "r1@x.example"));
    }

    /** Alone the mail waits; with another host behind it goes there; and the host counts as lost. */
    private void isOfNoUse(RemoteHost host, String outcome, String word) throws IOException {
        Attempt alone = send(host);
        expect(alone, outcome);
        assertThat(alone.verdict()).isInstanceOf(HopVerdict.Unreachable.class);
        assertThat(alone.outcomes().getFirst().diagnosis().reason()).contains(word);
        try (FaultServer second = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost behind = Scene.remote("second", "127.0.0.1", second.port(), Dialect.SMTP);
            Attempt attempt = send(host, behind);
            expect(attempt, "delivered 2.0.0");
            assertThat(attempt.verdict()).isInstanceOf(HopVerdict.Healthy.class);
            assertThat(second.taken()).hasSize(1);
        }
        send(host);
        assertThat(scene.health.isUp(host.id())).isFalse();
        assertThat(scene.turns).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"missing", "refused", "file", "directory"})
    void unixSockets(String fault) throws Exception {
        Path path = directory.resolve("lmtp");
        switch (fault) {
            case "refused" -> {
                try (FaultServer server = FaultServer.start(FaultServer.Way.LMTP)) {
                    Bridge.unix(UnixDomainSocketAddress.of(path), server.address())
                            .close();
                }
                assertThat(path).as("left behind, and nobody listens").exists();
            }
            case "file" -> Files.writeString(path, "not a socket");
            case "directory" -> Files.createDirectory(path);
            default -> assertThat(path).doesNotExist();
        }
        isOfNoUse(Scene.remote("store", path.toString(), 0, Dialect.LMTP), "deferred 4.4.1", path.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "greeting=554 5.3.2 closed,   deferred 4.3.2",
        "ehlo=drop,                   deferred 4.4.2",
        "rcpt=550 5.1.1 who,          failed 5.1.1",
        "rcpt=450 4.2.0 later,        deferred 4.2.0",
        "dot=452 4.2.2 full,          deferred 4.2.2",
        "dot=552 5.2.2 full,          failed 5.2.2",
        "dot=drop,                    deferred 4.4.2"
    })
    void whatIsSaidThroughAUnixSocketCountsAsOverTcp(String script, String outcome) throws Exception {
        Path path = directory.resolve("lmtp");
        try (FaultServer server = FaultServer.start(FaultServer.Way.LMTP, script);
                Bridge bridge = Bridge.unix(UnixDomainSocketAddress.of(path), server.address())) {
            expect(send(Scene.remote("store", path.toString(), 0, Dialect.LMTP)), outcome);
            assertThat(bridge.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SOCKS5,       refuse,    refused",
        "SOCKS5,       forbid,    allow",
        "SOCKS5,       jane:else, user",
        "HTTP_CONNECT, refuse,    502",
        "HTTP_CONNECT, forbid,    403",
        "HTTP_CONNECT, jane:else, 407",
        "SOCKS5,       down,      the proxy socks5://127.0.0.1",
        "HTTP_CONNECT, down,      the proxy http://127.0.0.1"
    })
    @SuppressWarnings("try")
    void proxies(Proxy.Kind kind, String fault, String word) throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                Bridge bridge = Bridge.proxy(kind, fault, server.address())) {
            int port = bridge.address().getPort();
            if (fault.equals("down")) {
                bridge.close();
            }
            isOfNoUse(behind(kind, "127.0.0.1", port, server.port()), "deferred 4.4.1", word);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void aProxyWithoutAnAddress() throws Exception {
        isOfNoUse(behind(Proxy.Kind.SOCKS5, "gone.example", 1080, 25), "deferred 4.4.4", "gone.example");
    }

    private static RemoteHost behind(Proxy.Kind kind, String proxy, int port, int hostPort) {
        Manner manner = new Manner(
                Manner.Selection.IN_ORDER,
                Optional.of(new Manner.Via(kind, proxy, port, Optional.of(new Proxy.User("jane", Secret.of("hush"))))),
                Optional.empty(),
                List.of(),
                Manner.Timeouts.NONE,
                Manner.Health.DEFAULT);
        RemoteHost plain = Scene.remote("relay", "127.0.0.1", hostPort, Dialect.SMTP);
        return new RemoteHost(
                plain.id(),
                plain.address(),
                plain.port(),
                plain.dialect(),
                plain.tls(),
                plain.login(),
                plain.limits(),
                manner);
    }
}
