package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.Bridge;
import dev.nexthop.client.FaultServer;
import dev.nexthop.client.Proxy;
import dev.nexthop.client.Secret;
import dev.nexthop.dns.ServiceAnswer;
import dev.nexthop.dns.ServiceHost;
import dev.nexthop.route.Manner;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TlsDemand;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a configured host is found and spoken to: weights, SRV records, unix sockets, proxies, and its own manner. */
class RelaysTest {
    private static final TestCertificates CA = new TestCertificates();
    private static final String SERVICE = "_submission._tcp";

    private final Scene scene = new Scene();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        scene.close();
    }

    private Attempt send(RemoteHost... hosts) {
        return scene.delivery().attempt(Scene.job(new NextHop.Relay(List.of(hosts)), "a@x.example"));
    }

    private static RemoteHost with(RemoteHost host, TlsDemand tls, Manner manner) {
        return new RemoteHost(
                host.id(), host.address(), host.port(), host.dialect(), tls, host.login(), host.limits(), manner);
    }

    private static RemoteHost with(RemoteHost host, Manner manner) {
        return with(host, host.tls(), manner);
    }

    private static RemoteHost at(FaultServer server) {
        return Scene.remote("relay", "127.0.0.1", server.port(), Dialect.SMTP);
    }

    private static Manner selection(int weight, Optional<String> service) {
        return new Manner(
                new Manner.Selection(weight, service),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Manner.Timeouts.NONE,
                Manner.Health.DEFAULT);
    }

    @Test
    void loadIsSharedByWeightAndTheRestStandsIn() throws Exception {
        try (FaultServer often = FaultServer.start(FaultServer.Way.SMTP);
                FaultServer seldom = FaultServer.start(FaultServer.Way.SMTP);
                FaultServer never = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost[] hosts = {
                with(at(never), selection(0, Optional.empty())),
                with(at(often), selection(3, Optional.empty())),
                with(at(seldom), selection(1, Optional.empty()))
            };
            Delivery delivery = scene.delivery();
            Job job = Scene.job(new NextHop.Relay(List.of(hosts)), "a@x.example");
            for (int i = 0; i < 80; i++) {
                assertThat(Scene.words(delivery.attempt(job))).containsExactly("delivered 2.0.0");
            }
            assertThat(often.taken().size()).isBetween(45, 75);
            assertThat(seldom.taken().size()).isEqualTo(80 - often.taken().size());
            assertThat(never.taken()).isEmpty();
            hosts[1] = with(Scene.remote("relay", "gone.example", 25, Dialect.SMTP), selection(3, Optional.empty()));
            hosts[2] = with(Scene.remote("relay", "lost.example", 25, Dialect.SMTP), selection(1, Optional.empty()));
            assertThat(Scene.words(send(hosts))).containsExactly("delivered 2.0.0");
            assertThat(never.taken()).hasSize(1);
        }
    }

    @Test
    void serviceRecordsSayHostPortAndOrder() throws Exception {
        try (FaultServer first = FaultServer.start(FaultServer.Way.SMTP, "greeting=421 busy");
                FaultServer second = FaultServer.start(FaultServer.Way.SMTP)) {
            scene.host("mx1.example.com", "127.0.0.1").host("mx2.example.com", "127.0.0.1");
            scene.services.put(
                    SERVICE + ".example.com",
                    new ServiceAnswer.Hosts(List.of(
                            new ServiceHost(10, 0, first.port(), "mx1.example.com"),
                            new ServiceHost(20, 0, second.port(), "mx2.example.com"))));
            RemoteHost remote =
                    with(Scene.remote("relay", "example.com", 25, Dialect.SMTP), selection(-1, Optional.of(SERVICE)));
            Attempt attempt = send(remote);
            assertThat(Scene.words(attempt)).containsExactly("delivered 2.0.0");
            assertThat(attempt.outcomes().getFirst().diagnosis().host()).isEqualTo("mx2.example.com");
            assertThat(first.connections()).isEqualTo(1);
        }
    }

    @Test
    void noMoreServicePlacesAreTriedThanMxHosts() throws Exception {
        scene.maxMx = 2;
        try (FaultServer busy = FaultServer.start(FaultServer.Way.SMTP, "greeting=421 busy")) {
            List<ServiceHost> places = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                scene.host("h" + i + ".example.com", "127.0.0.1");
                places.add(new ServiceHost(i, 0, busy.port(), "h" + i + ".example.com"));
            }
            scene.services.put(SERVICE + ".example.com", new ServiceAnswer.Hosts(places));
            send(with(Scene.remote("relay", "example.com", 25, Dialect.SMTP), selection(-1, Optional.of(SERVICE))));
            assertThat(busy.connections()).isEqualTo(2);
        }
    }

    @Test
    void serviceRecordsThatLeadNowhereAreTemporary() {
        RemoteHost remote =
                with(Scene.remote("relay", "example.com", 25, Dialect.SMTP), selection(-1, Optional.of(SERVICE)));
        assertThat(Scene.words(send(remote))).containsExactly("deferred 4.4.4");
        scene.services.put(SERVICE + ".example.com", new ServiceAnswer.Unavailable());
        Attempt attempt = send(remote);
        assertThat(Scene.words(attempt)).containsExactly("deferred 4.4.4");
        assertThat(attempt.outcomes().getFirst().diagnosis().reason()).contains("there is no service");
        scene.services.put(SERVICE + ".example.com", new ServiceAnswer.TryLater("SERVFAIL"));
        assertThat(Scene.words(send(remote))).containsExactly("deferred 4.4.3");
    }

    @ParameterizedTest
    @CsvSource({
        "mail.example.com, mail.example.com, '',             delivered 2.0.0",
        "mail.other.test,  mail.other.test,  '',             deferred 4.7.5",
        "mail.other.test,  example.com,      '',             delivered 2.0.0",
        "mail.other.test,  named.test,       named.test,     delivered 2.0.0",
        "notexample.com,   notexample.com,   '',             deferred 4.7.5"
    })
    void serviceRecordsDoNotChooseWhomWeTrust(String target, String certificate, String name, String outcome)
            throws Exception {
        FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, CA.server(certificate), true);
        try (FaultServer server = FaultServer.start(way)) {
            scene.host(target, "127.0.0.1");
            scene.services.put(
                    SERVICE + ".example.com",
                    new ServiceAnswer.Hosts(List.of(new ServiceHost(1, 1, server.port(), target))));
            TlsDemand demand = new TlsDemand(
                    true,
                    StartTls.OPTIONAL,
                    CertificateCheck.REQUIRE,
                    name.isEmpty() ? Optional.empty() : Optional.of(name),
                    Optional.of(CA.pem(directory)));
            RemoteHost remote = with(
                    Scene.remote("relay", "example.com", 25, Dialect.SMTP),
                    demand,
                    selection(-1, Optional.of(SERVICE)));
            assertThat(Scene.words(send(remote))).containsExactly(outcome);
        }
    }

    @Test
    void aUnixSocketIsAHostWithoutDns() throws Exception {
        Path path = directory.resolve("lmtp");
        try (FaultServer server = FaultServer.start(FaultServer.Way.LMTP);
                Bridge bridge = Bridge.unix(UnixDomainSocketAddress.of(path), server.address())) {
            RemoteHost remote = Scene.remote("dovecot", path.toString(), 0, Dialect.LMTP);
            Attempt attempt = send(remote);
            assertThat(Scene.words(attempt)).containsExactly("delivered 2.0.0");
            assertThat(attempt.outcomes().getFirst().diagnosis().host()).isEqualTo(path.toString());
            assertThat(bridge.requests()).containsExactly("direct");
            assertThat(server.commands().getFirst()).isEqualTo("LHLO us.example");
        }
        RemoteHost gone = Scene.remote("dovecot", directory.resolve("gone").toString(), 0, Dialect.LMTP);
        assertThat(Scene.words(send(gone))).containsExactly("deferred 4.4.1");
    }

    @ParameterizedTest
    @CsvSource({"SOCKS5, none", "SOCKS5, jane:hush", "HTTP_CONNECT, none", "HTTP_CONNECT, jane:hush"})
    void aProxyIsAskedForTheAddress(Proxy.Kind kind, String wants) throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                Bridge bridge = Bridge.proxy(kind, wants, server.address())) {
            scene.host("proxy.example", "127.0.0.1").host("relay.example", "127.0.0.1");
            Optional<Proxy.User> user =
                    wants.equals("none") ? Optional.empty() : Optional.of(new Proxy.User("jane", Secret.of("hush")));
            Manner manner = new Manner(
                    Manner.Selection.IN_ORDER,
                    Optional.of(new Manner.Via(
                            kind, "proxy.example", bridge.address().getPort(), user)),
                    Optional.empty(),
                    List.of(),
                    Manner.Timeouts.NONE,
                    Manner.Health.DEFAULT);
            RemoteHost remote = Scene.remote("relay", "relay.example", server.port(), Dialect.SMTP);
            assertThat(Scene.words(send(with(remote, manner)))).containsExactly("delivered 2.0.0");
            assertThat(bridge.requests()).hasSize(1);
            assertThat(bridge.requests().getFirst()).contains("127.0.0.1");
        }
    }

    @Test
    void aProxyWithoutAnAddressDefers() {
        scene.host("relay.example", "127.0.0.1");
        Manner manner = new Manner(
                Manner.Selection.IN_ORDER,
                Optional.of(new Manner.Via(Proxy.Kind.SOCKS5, "gone.example", 1080, Optional.empty())),
                Optional.empty(),
                List.of(),
                Manner.Timeouts.NONE,
                Manner.Health.DEFAULT);
        Attempt attempt = send(with(Scene.remote("relay", "relay.example", 25, Dialect.SMTP), manner));
        assertThat(Scene.words(attempt)).containsExactly("deferred 4.4.4");
        assertThat(attempt.outcomes().getFirst().diagnosis().reason()).contains("proxy 'gone.example'");
    }

    @Test
    void aHostHasItsOwnNameSourceAndTimes() throws Exception {
        Manner.Timeouts times = new Manner.Timeouts(
                Optional.empty(),
                Optional.of(Duration.ofMillis(200)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Manner manner = new Manner(
                Manner.Selection.IN_ORDER,
                Optional.empty(),
                Optional.of("out.example"),
                List.of(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.9")),
                times,
                Manner.Health.DEFAULT);
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                FaultServer silent = FaultServer.start(FaultServer.Way.SMTP, "greeting=stall")) {
            assertThat(Scene.words(send(with(at(server), manner)))).containsExactly("delivered 2.0.0");
            assertThat(server.commands().getFirst()).isEqualTo("EHLO out.example");
            Attempt attempt = send(with(at(silent), manner));
            assertThat(Scene.words(attempt)).containsExactly("deferred 4.4.2");
            assertThat(attempt.outcomes().getFirst().diagnosis().reason()).contains("200 ms");
        }
    }

    private static Manner from(Optional<Manner.Via> via, String... sources) {
        return new Manner(
                Manner.Selection.IN_ORDER,
                via,
                Optional.empty(),
                Stream.of(sources).map(InetAddress::ofLiteral).toList(),
                Manner.Timeouts.NONE,
                Manner.Health.DEFAULT);
    }

    @Test
    void aFamilyWithoutASourceIsNotAsked() throws Exception {
        scene.strategy = OutboundSettings.IpStrategy.IPV6_THEN_IPV4;
        scene.host("relay.example", "::1", "127.0.0.1");
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            RemoteHost remote = Scene.remote("relay", "relay.example", server.port(), Dialect.SMTP);
            assertThat(Scene.words(send(with(remote, from(Optional.empty(), "127.0.0.9")))))
                    .containsExactly("delivered 2.0.0");
            List<InetAddress> both = List.of(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1"));
            assertThat(scene.addressMemory.doubtfulLast(both))
                    .as("nobody went there")
                    .isEqualTo(both);
            RemoteHost other = with(at(server), from(Optional.empty(), "::1"));
            for (int i = 0; i <= Manner.Health.DEFAULT.failures(); i++) {
                Attempt attempt = send(other);
                assertThat(Scene.words(attempt)).containsExactly("deferred 4.4.0");
                assertThat(attempt.outcomes().getFirst().diagnosis().reason())
                        .startsWith("remote.relay.source-ip has no address of the family of 127.0.0.1, ");
                assertThat(attempt.verdict()).isInstanceOf(HopVerdict.Healthy.class);
            }
            assertThat(scene.health.isUp("relay")).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void throughAProxyItsFamilyIsTheOneThatNeedsASource() throws Exception {
        scene.host("relay.example", "2001:db8::7").host("proxy.example", "127.0.0.1");
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                Bridge bridge = Bridge.proxy(Proxy.Kind.HTTP_CONNECT, "none", server.address())) {
            Optional<Manner.Via> via = Optional.of(new Manner.Via(
                    Proxy.Kind.HTTP_CONNECT, "proxy.example", bridge.address().getPort(), Optional.empty()));
            RemoteHost remote = Scene.remote("relay", "relay.example", server.port(), Dialect.SMTP);
            Attempt attempt = send(with(remote, from(via, "2001:db8::9")));
            assertThat(Scene.words(attempt)).containsExactly("deferred 4.4.0");
            assertThat(attempt.outcomes().getFirst().diagnosis().reason()).contains("an address of proxy.example");
            assertThat(bridge.requests()).isEmpty();
            assertThat(Scene.words(send(with(remote, from(via, "127.0.0.9"))))).containsExactly("delivered 2.0.0");
        }
    }

    @Test
    void theOtherAddressOfAProxyIsTakenNext() throws Exception {
        scene.host("relay.example", "127.0.0.1").host("proxy.example", "127.0.0.3", "127.0.0.1");
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                Bridge bridge = Bridge.proxy(Proxy.Kind.SOCKS5, "none", server.address())) {
            Optional<Manner.Via> via = Optional.of(new Manner.Via(
                    Proxy.Kind.SOCKS5, "proxy.example", bridge.address().getPort(), Optional.empty()));
            RemoteHost remote = with(Scene.remote("relay", "relay.example", server.port(), Dialect.SMTP), from(via));
            Attempt first = send(remote);
            assertThat(Scene.words(first)).containsExactly("deferred 4.4.1");
            assertThat(first.outcomes().getFirst().diagnosis().reason()).contains("the proxy socks5://");
            assertThat(Scene.words(send(remote))).containsExactly("delivered 2.0.0");
            assertThat(bridge.requests()).hasSize(1);
        }
    }
}
