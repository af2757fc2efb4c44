package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.route.Manner;
import dev.nexthop.route.NextHop;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.TlsPolicy;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code queue.outbound.source-ip}: which address mail leaves from, under which name, and what happens without it. */
class SourceAddressTest {
    private static final InetAddress FOREIGN = InetAddress.ofLiteral("192.0.2.99");
    private static final InetAddress OURS = InetAddress.ofLiteral("127.0.0.77");

    private final Scene scene = new Scene();
    private final FaultServer server = FaultServer.start(FaultServer.Way.SMTP);

    @BeforeEach
    void domain() {
        scene.mxPolicy = new OutboundSettings.MxPolicy(true, server.port());
        scene.host("here.example", "127.0.0.1").host("there.example", "127.0.0.1");
        scene.mxHosts("x.example", "10 here.example", "20 there.example");
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        scene.close();
    }

    private static Attempt send(Delivery delivery) {
        return delivery.attempt(Scene.job(Scene.mx("x.example"), "a@x.example"));
    }

    @Test
    void anAddressThatThisMachineLacksIsNoFaultOfTheHost() {
        scene.sources = List.of(FOREIGN);
        Delivery delivery = scene.delivery();
        for (int i = 0; i < 2; i++) {
            Attempt attempt = send(delivery);
            assertThat(Scene.words(attempt)).containsExactly("deferred 4.4.0");
            assertThat(attempt.outcomes().getFirst().diagnosis().reason())
                    .startsWith("this machine can't send from the source address 192.0.2.99: ")
                    .endsWith("; there.example [127.0.0.1] was not asked");
            assertThat(attempt.outcomes().getFirst().diagnosis().error()).isEqualTo(ErrorKind.IO);
            assertThat(attempt.verdict()).as("nothing against the host").isInstanceOf(HopVerdict.Healthy.class);
        }
        assertThat(scene.alarms).singleElement().asString().startsWith("source-ip: this machine can't send from");
        assertThat(server.connections()).isZero();
        scene.sources = List.of();
        assertThat(Scene.words(send(scene.delivery()))).containsExactly("delivered 2.0.0");
    }

    @Test
    void aConfiguredHostIsNotDownForIt() {
        scene.sources = List.of(FOREIGN);
        NextHop hop = new NextHop.Relay(List.of(Scene.remote("r", "127.0.0.1", server.port(), Dialect.SMTP)));
        for (int i = 0; i <= Manner.Health.DEFAULT.failures(); i++) {
            Attempt attempt = scene.delivery().attempt(Scene.job(hop, "a@x.example"));
            assertThat(Scene.words(attempt)).containsExactly("deferred 4.4.0");
        }
        assertThat(scene.health.isUp("r")).isTrue();
    }

    @Test
    void aPoolGoesOnWithoutTheAddressThatIsMissing() {
        scene.sources = List.of(FOREIGN, OURS);
        scene.addressMemory.missing(FOREIGN);
        for (int i = 0; i < 20; i++) {
            assertThat(Scene.words(send(scene.delivery()))).containsExactly("delivered 2.0.0");
        }
        assertThat(scene.alarms).isEmpty();
        scene.now = scene.now.plus(AddressMemory.KEPT);
        Delivery delivery = scene.delivery();
        for (int i = 0; i < 20; i++) {
            send(delivery);
        }
        assertThat(scene.alarms).as("it is looked for again").isNotEmpty();
    }

    @Test
    void theNameOfTheSourceIsSaid() {
        scene.sources = List.of(OURS);
        scene.sourceNames = Map.of("127.0.0.77", "out1.example");
        assertThat(ehlo(OURS)).isEqualTo("out1.example");
        scene.sourceNames = Map.of("127.0.0.78", "out2.example");
        assertThat(ehlo(OURS)).isEqualTo("us.example");
    }

    @Test
    void rulesOfTheNameAndOfTimeoutsKnowTheSource() throws Exception {
        scene.sources = List.of(OURS);
        scene.hostname = rules("'from-' + local_ip");
        assertThat(ehlo(OURS)).isEqualTo("from-127.0.0.77");
        scene.sources = List.of();
        assertThat(ehlo(OURS)).isEqualTo("from-");
        assertThat(Terms.known("", "h", OURS, Optional.of(OURS)).localIp()).isEqualTo("127.0.0.77");
    }

    @Test
    void allAddressesOfAHostAreTriedFromOneSource() throws Exception {
        scene.sources = List.of(OURS, InetAddress.ofLiteral("127.0.0.78"), InetAddress.ofLiteral("127.0.0.79"));
        for (int i = 0; i < 20; i++) {
            Terms terms = scene.terms();
            InetAddress first = terms.mx("h.example", InetAddress.ofLiteral("127.0.0.1"), TlsPolicy.CONFIGURED)
                    .source()
                    .orElseThrow();
            for (int j = 2; j < 9; j++) {
                assertThat(terms.mx("h.example", InetAddress.ofLiteral("127.0.0." + j), TlsPolicy.CONFIGURED)
                                .source())
                        .contains(first);
            }
            assertThat(terms.mx("h.example", InetAddress.ofLiteral("::1"), TlsPolicy.CONFIGURED).source())
                    .isEmpty();
        }
    }

    @Test
    void aSourceOfTheOtherFamilyIsAMistakeThatIsNamed() {
        scene.sources = List.of(InetAddress.ofLiteral("::1"));
        Attempt attempt = send(scene.delivery());
        assertThat(Scene.words(attempt)).containsExactly("deferred 4.3.5");
        assertThat(attempt.outcomes().getFirst().diagnosis().reason())
                .contains("queue.outbound.source-ip.v4 holds 0:0:0:0:0:0:0:1, which is of the other family");
    }

    private String ehlo(InetAddress address) {
        try {
            return scene.terms().mx("h.example", address, TlsPolicy.CONFIGURED).ehlo();
        } catch (EvaluationException e) {
            throw new AssertionError(e);
        }
    }

    private static Conditional<String> rules(String expression) {
        Rules rules = ((Compilation.Ok<Rules>)
                        Rules.compile(List.of(new RuleSource(null, expression, "")), Scope.of(Variable.HOST_SCOPE)))
                .result();
        return ((Compilation.Ok<Conditional<String>>) Conditional.of(rules, Conversion.TEXT)).result();
    }
}
