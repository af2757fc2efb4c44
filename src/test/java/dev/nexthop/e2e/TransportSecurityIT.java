package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TestChains;
import dev.nexthop.tls.TlsaUse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * The whole way with real parts: a server under Unbound that validates signed zones, MX hosts with TLS, a policy host. Then
 * somebody takes over the network, and nothing is said to him; then he goes, and the mail goes.
 */
@Tag("unbound")
@Tag("namespace")
class TransportSecurityIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String DANE_HOST = "127.0.2.1";
    private static final String STS_HOST = "127.0.2.2";
    private static final String POLICY_HOST = "127.0.2.3";
    private static final String ATTACKER = "127.0.2.4";

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final TestCertificates authority = new TestCertificates();
    private final TestChains.Chain chain = new TestChains("mx.dane.test", "dane.test", "target.dane.test").of("good");
    private Namespace namespace;
    private Network network;
    private SignedTree tree;
    private UnboundPeer unbound;

    @BeforeEach
    void network() throws Exception {
        namespace = scenario.closing(Namespace.open());
        network = Network.of(namespace);
        tree = scenario.closing(SignedTree.serve(
                scenario.folder("nsd"), network, new InetSocketAddress("127.0.0.1", 5353), zones("mx", false)));
        unbound = scenario.closing(
                UnboundPeer.validating(scenario.folder("unbound"), tree, new InetSocketAddress("127.0.0.1", 53)));
    }

    private List<SignedZone> zones(String stsHost, boolean attacked) {
        TlsaRecord record = TlsaUse.of(3, 1, 1, chain.part("leaf"));
        SignedZone dane = SignedZone.signed("dane.test", """
                @            MX   10 mx
                mx           A    %s
                _25._tcp.mx  TLSA %s
                """.formatted(DANE_HOST, record));
        String policy = """
                _mta-sts     TXT  "v=STSv1; id=20260101;"
                mta-sts      A    %s
                """.formatted(POLICY_HOST);
        SignedZone sts =
                SignedZone.unsigned("sts.test", """
                @            MX   10 %s
                mx           A    %s
                attacker     A    %s
                """.formatted(stsHost, STS_HOST, ATTACKER) + (attacked ? "" : policy));
        return List.of(attacked ? dane.bogus("_25._tcp.mx", "TLSA") : dane, sts);
    }

    private FaultServer exchanger(String address, @Nullable SSLContext tls) throws IOException {
        return namespace.inside(() ->
                FaultServer.start(new InetSocketAddress(address, 25), new FaultServer.Way(Dialect.SMTP, tls, false)));
    }

    private ServerFile file(Path ca) throws IOException {
        return ServerFile.in(scenario.home())
                .routing("""
                        [queue.outbound]
                        next-hop = false
                        limits.private-mx = true
                        tls.ca = "%s"
                        """.formatted(ca))
                .part("resolver", unbound.resolver() + "self-test.signed = \"\"\nself-test.bogus = \"\"\n")
                .retryEvery(2);
    }

    @Test
    void whoTakesOverTheNetworkGetsNoWord() throws Exception {
        ServerFile file = file(authority.pem(scenario.folder("ca")));
        FaultServer daneHost = exchanger(DANE_HOST, chain.context());
        FaultServer stsHost = exchanger(STS_HOST, authority.server("mx.sts.test"));
        PolicyHost policyHost = PolicyHost.on(
                        network.listen(new InetSocketAddress(POLICY_HOST, 443)), authority.server("mta-sts.sts.test"))
                .serve(PolicyHost.enforce("mx.sts.test"));
        try (NexthopProcess server = NexthopProcess.start(file, network, Map.of())) {
            send(server, "first");
            server.drained(LIMIT);
            server.logged("tls=dane", "tls=mta-sts");
            assertThat(daneHost.taken()).hasSize(1);
            assertThat(stsHost.taken()).hasSize(1);
            JsonNode live = live(server, "a@dane.test");
            assertThat(live.path("mx").asString()).isEqualTo("secure");
            assertThat(live.path("outcome").asString())
                    .startsWith("would go to mx.dane.test")
                    .endsWith("tls=dane");
            assertThat(live(server, "b@sts.test").path("outcome").asString()).endsWith("tls=mta-sts");
            server.terminate();
        }
        daneHost.close();
        stsHost.close();
        policyHost.close();

        tree.replace(zones("attacker", true).toArray(SignedZone[]::new));
        unbound.forget();
        FaultServer falseDane = exchanger(DANE_HOST, TestCertificates.selfSigned("mx.dane.test"));
        FaultServer falseSts = exchanger(STS_HOST, null);
        FaultServer attacker = exchanger(ATTACKER, authority.server("attacker.sts.test"));
        // The policy was kept over the restart, and nothing else was.
        NexthopProcess server = scenario.closing(NexthopProcess.start(file, network, Map.of()));
        send(server, "second");
        deferred(server, "a@dane.test", "dns");
        deferred(server, "b@sts.test", "mta-sts");
        for (FaultServer one : List.of(falseDane, falseSts, attacker)) {
            assertThat(one.taken()).isEmpty();
            assertThat(one.commands()).noneMatch(line -> line.startsWith("MAIL"));
            one.close();
        }

        FaultServer daneAgain = scenario.closing(exchanger(DANE_HOST, chain.context()));
        FaultServer stsAgain = scenario.closing(exchanger(STS_HOST, authority.server("mx.sts.test")));
        tree.replace(zones("mx", false).toArray(SignedZone[]::new));
        unbound.forget();
        server.terminate();
        NexthopProcess again = scenario.closing(NexthopProcess.start(file, network, Map.of()));
        again.drained(LIMIT);
        assertThat(daneAgain.taken()).hasSize(1);
        assertThat(stsAgain.taken()).hasSize(1);
    }

    private static void send(NexthopProcess server, String subject) throws IOException {
        server.take("jane@example.org", List.of("a@dane.test"), Mail.simple(subject));
        server.take("jane@example.org", List.of("b@sts.test"), Mail.simple(subject));
    }

    private static JsonNode live(NexthopProcess server, String recipient) throws Exception {
        return server.json("explain", "--from", "jane@example.org", "--to", recipient, "--live")
                .path("recipients")
                .path(0)
                .path("live");
    }

    private static void deferred(NexthopProcess server, String recipient, String error) {
        JsonNode seen =
                server.recipient(recipient, LIMIT, it -> it.path("attempts").asInt() >= 2);
        assertThat(seen.path("status").asString()).isEqualTo("deferred");
        assertThat(seen.path("last").toString()).contains(error);
    }
}
