package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.route.NextHop;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.DanePlan;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TestChains;
import dev.nexthop.tls.TlsPolicy;
import dev.nexthop.tls.TlsVerdict;
import dev.nexthop.tls.TlsaUse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is seen on the way to a hop is what a delivery would meet, and no server hears of mail. */
class SurveyTest {
    private static final String DOMAIN = TestChains.DOMAIN;
    private static final String HOST = TestChains.HOST;

    private final TestChains.Chain chain = new TestChains().of("good");
    private final Scene scene = new Scene();
    private @Nullable FaultServer server;

    @BeforeEach
    void policies() {
        scene.outboundPolicies = new OutboundSettings.Policies(
                Conditional.constant(PolicyWish.OPTIONAL),
                Conditional.constant(PolicyWish.OPTIONAL),
                Conditional.constant(Duration.ofSeconds(20)),
                Optional.empty());
        scene.mx.put(DOMAIN, new MxAnswer.Hosts(List.of(new MxHost(10, HOST)), Security.SECURE));
        scene.addresses.put(HOST, Scene.loopback(Security.SECURE));
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            assertThat(server.taken()).isEmpty();
            assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
            server.close();
        }
        scene.close();
    }

    private FaultServer listen(@Nullable SSLContext tls, String... script) {
        FaultServer started = FaultServer.start(new FaultServer.Way(Dialect.SMTP, tls, false), script);
        server = started;
        scene.mxPolicy = new OutboundSettings.MxPolicy(true, started.port());
        return started;
    }

    private Survey.View look(NextHop hop) throws EvaluationException, IOException {
        return scene.survey()
                .look(hop, Scene.job(hop, "a@" + DOMAIN).recipients().getFirst());
    }

    @Test
    void aHostUnderDane() throws Exception {
        listen(chain.context());
        scene.tlsa.put(
                "_" + scene.mxPolicy.port() + "._tcp." + HOST,
                new TlsaAnswer.Records(List.of(TlsaUse.of(3, 1, 1, chain.part("leaf"))), Security.SECURE));
        Survey.View view = look(Scene.mx(DOMAIN));
        assertThat(view.mx()).contains(Security.SECURE);
        Survey.Seen seen = view.hosts().getFirst();
        assertThat(seen.dane()).containsInstanceOf(DanePlan.Authenticate.class);
        assertThat(seen.policy()).containsInstanceOf(TlsPolicy.Dane.class);
        Survey.Visit visit = seen.visits().getFirst();
        assertThat(visit.verdict()).containsInstanceOf(TlsVerdict.Dane.class);
        assertThat(visit.certificate().orElseThrow()).contains("CN=leaf").contains(HOST);
        assertThat(visit.trouble()).isEmpty();
    }

    @Test
    void aHostThatThePolicyDoesNotNameIsNotVisited() throws Exception {
        FaultServer started = listen(chain.context());
        scene.mx.put(DOMAIN, new MxAnswer.Hosts(List.of(new MxHost(10, HOST)), Security.INSECURE));
        StsPolicy policy = new StsPolicy(
                new Domain(DOMAIN), "1", StsPolicy.Mode.ENFORCE, List.of("mx.other.example"), Duration.ofDays(7));
        scene.policies = (_, _) -> new StsAnswer.Known(policy, Optional.empty());
        Survey.View view = look(Scene.mx(DOMAIN));
        assertThat(view.policy()).containsInstanceOf(StsAnswer.Known.class);
        Survey.Seen seen = view.hosts().getFirst();
        assertThat(seen.policy()).isEmpty();
        assertThat(seen.visits()).isEmpty();
        assertThat(seen.trouble().orElseThrow().error()).isEqualTo(ErrorKind.MTA_STS);
        assertThat(started.connections()).isZero();
    }

    @Test
    void everyHostIsVisitedAlsoBehindOneThatAnswers() throws Exception {
        listen(null);
        scene.mxHosts(DOMAIN, "10 one.example", "20 two.example", "30 gone.example");
        scene.host("one.example", "127.0.0.1").host("two.example", "127.0.0.1");
        Survey.View view = look(Scene.mx(DOMAIN));
        assertThat(view.hosts())
                .extracting(Survey.Seen::name)
                .containsExactly("one.example", "two.example", "gone.example");
        assertThat(view.hosts().get(1).visits().getFirst().verdict()).containsInstanceOf(TlsVerdict.Clear.class);
        assertThat(view.hosts().get(2).addresses()).containsInstanceOf(AddressAnswer.None.class);
        assertThat(view.hosts().get(2).trouble()).isPresent();
    }

    @Test
    void whatEndsTheWayBeforeAnyHostIsSaid() throws Exception {
        scene.mx.put(DOMAIN, new MxAnswer.NullMx());
        Survey.View view = look(Scene.mx(DOMAIN));
        assertThat(view.hosts()).isEmpty();
        assertThat(view.end().orElseThrow().status().toString()).isEqualTo("5.1.10");
    }

    @Test
    void aRelayIsVisitedAsAGuestAndWhatItLacksIsSaid() throws Exception {
        FaultServer started = listen(null, "greeting=554 5.7.1 not you");
        NextHop relay = new NextHop.Relay(List.of(Scene.remote("r", "127.0.0.1", started.port(), Dialect.SMTP)));
        Survey.View view = look(relay);
        assertThat(view.mx()).isEmpty();
        Survey.Visit visit = view.hosts().getFirst().visits().getFirst();
        assertThat(visit.place()).isEqualTo("127.0.0.1 [127.0.0.1]:" + started.port());
        assertThat(visit.trouble().orElseThrow().reason()).contains("554 5.7.1 not you");
        assertThat(scene.turns).as("nothing is learned of its health").isEmpty();
        assertThat(look(new NextHop.Local()).hosts()).isEmpty();
    }
}
