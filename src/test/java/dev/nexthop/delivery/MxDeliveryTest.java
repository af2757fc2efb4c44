package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.smtp.Domain;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 5321 §5.1 and RFC 7505, host by host. */
class MxDeliveryTest {
    private final Scene scene = new Scene();
    private FaultServer server = FaultServer.start(FaultServer.Way.SMTP);

    @BeforeEach
    void port() {
        scene.mxPolicy = new OutboundSettings.MxPolicy(true, server.port());
        scene.host("here.example", "127.0.0.1");
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        scene.close();
    }

    private Attempt send(String domain) {
        return scene.delivery().attempt(Scene.job(Scene.mx(domain), "a@" + domain));
    }

    private void expect(String domain, String outcome) {
        assertThat(Scene.words(send(domain))).containsExactly(outcome);
    }

    @Test
    void whatDnsSaysForGoodIsFinalAndWhatItCannotSayWaits() {
        scene.mx.put("null.example", new MxAnswer.NullMx());
        scene.mx.put("later.example", new MxAnswer.TryLater("SERVFAIL"));
        expect("null.example", "failed 5.1.10"); // RFC 7505 §4.1
        expect("unheard-of.example", "failed 5.1.2");
        expect("later.example", "deferred 4.4.3");
        assertThat(send("later.example").verdict()).isInstanceOf(HopVerdict.Unreachable.class);
        assertThat(send("null.example").verdict()).isInstanceOf(HopVerdict.Healthy.class);
        assertThat(server.connections()).isZero();
    }

    @Test
    void aDomainWithoutMxRecordsIsItsOwnHost() {
        scene.mx.put("here.example", new MxAnswer.Implicit("here.example"));
        scene.mx.put("empty.example", new MxAnswer.Implicit("empty.example"));
        expect("here.example", "delivered 2.0.0");
        expect("empty.example", "failed 5.1.2");
    }

    @Test
    void hostsThatDoNotExistAreSkippedAndOnlyAllOfThemAreFinal() {
        scene.mxHosts("some.example", "10 gone.example", "20 here.example");
        scene.mxHosts("none.example", "10 gone.example", "20 away.example");
        scene.mxHosts("doubt.example", "10 gone.example", "20 later.example");
        scene.addresses.put("later.example", new AddressAnswer.TryLater("SERVFAIL"));
        expect("some.example", "delivered 2.0.0");
        expect("none.example", "failed 5.4.4");
        expect("doubt.example", "deferred 4.4.3");
    }

    @Test
    void theListIsCutWhereItNamesUs() {
        scene.mxHosts("best.example", "10 us.example", "20 here.example");
        scene.mxHosts("equal.example", "10 here.example", "10 US.example");
        scene.mxHosts("backup.example", "10 refused.example", "20 us.example", "30 here.example");
        scene.host("refused.example", "127.0.0.3");
        expect("best.example", "failed 5.4.6");
        expect("equal.example", "failed 5.4.6");
        expect("backup.example", "deferred 4.4.1");
        assertThat(server.connections()).isZero();
    }

    @Test
    void ourAddressUnderAnotherNameIsStillUs() {
        scene.own = new OwnIdentity(Set.of(), Set.of(InetAddress.ofLiteral("127.0.0.1")));
        scene.host("other.example", "127.0.0.2");
        scene.mxHosts("loop.example", "10 other.example", "10 here.example");
        expect("loop.example", "failed 5.4.6");
        assertThat(send("loop.example").outcomes().getFirst().diagnosis().reason())
                .contains("loops back to this host");
    }

    @Test
    void dnsDoesNotSendUsToOurselvesOrIntoOurNetwork() {
        scene.mxPolicy = new OutboundSettings.MxPolicy(false, server.port());
        scene.host("inside.example", "10.1.2.3");
        scene.mxHosts("loopback.example", "10 here.example");
        scene.mxHosts("private.example", "10 inside.example");
        scene.mxHosts("zero.example", "10 zero-host.example");
        scene.host("zero-host.example", "0.0.0.0");
        expect("loopback.example", "failed 5.4.6");
        expect("private.example", "deferred 4.4.4");
        expect("zero.example", "deferred 4.4.4");
        expect("[127.0.0.1]", "failed 5.4.6");
        assertThat(server.connections()).isZero();
    }

    @Test
    void aLiteralNeedsNoDns() { // RFC 5321 §4.1.3
        expect("[127.0.0.1]", "delivered 2.0.0");
        expect("[ipv6:1::2::3]", "failed 5.1.3");
    }

    @Test
    void noMoreHostsAreTriedThanAllowed() {
        scene.maxMx = 2;
        scene.host("refused.example", "127.0.0.3").host("refused2.example", "127.0.0.4");
        scene.mxHosts("x.example", "10 refused.example", "20 refused2.example", "30 here.example");
        expect("x.example", "deferred 4.4.1");
        scene.maxMx = 0;
        expect("x.example", "delivered 2.0.0");
    }

    @Test
    void allAddressesOfAHostAreTriedWithinTheLimitOfEachFamily() {
        scene.host("two.example", "127.0.0.3", "127.0.0.1");
        scene.host("three.example", "127.0.0.5", "127.0.0.6", "127.0.0.1");
        scene.host("six.example", "::1");
        scene.mxHosts("two.example", "10 two.example");
        scene.mxHosts("three.example", "10 three.example");
        scene.mxHosts("six.example", "10 six.example");
        expect("two.example", "delivered 2.0.0");
        expect("three.example", "deferred 4.4.1");
        scene.strategy = OutboundSettings.IpStrategy.IPV4_ONLY;
        expect("six.example", "deferred 4.4.4");
    }

    @Test
    void equalsAreTriedInRandomOrder() {
        scene.mxHosts("x.example", "10 a.example", "10 b.example", "10 c.example", "20 d.example");
        for (String name : List.of("a", "b", "c", "d")) {
            scene.host(name + ".example", "127.0.0.1");
        }
        Set<List<String>> orders = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            MxWalk walk = new MxWalk(scene, scene.own, new AddressPolicy(true), new Domain("x.example"));
            Random random = new Random(seed);
            List<String> order = new ArrayList<>();
            walk.nextGroup(random, 5).forEach(found -> order.add(found.name()));
            assertThat(order).containsExactlyInAnyOrder("a.example", "b.example", "c.example");
            assertThat(walk.nextGroup(random, 5)).extracting(MxWalk.Found::name).containsExactly("d.example");
            assertThat(walk.nextGroup(random, 5)).isEmpty();
            orders.add(order);
        }
        assertThat(orders).hasSize(6);
    }

    /** A domain may name a hundred equals; an attempt looks up no more than it can use, and others the next time. */
    @Test
    void ofManyEqualsOnlySomeAreLookedUp() {
        List<MxHost> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(new MxHost(10, "gone" + i + ".example"));
        }
        scene.mx.put("many.example", new MxAnswer.Hosts(many));
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < 20; seed++) {
            MxWalk walk = new MxWalk(scene, scene.own, new AddressPolicy(true), new Domain("many.example"));
            List<MxWalk.Found> group = walk.nextGroup(new Random(seed), 5);
            assertThat(group).hasSize(MxWalk.LOOKED_UP);
            group.forEach(found -> seen.add(found.name()));
            assertThat(walk.nextGroup(new Random(seed), 5)).isEmpty();
            assertThat(walk.deadEnd(false)).as("of the others nobody knows").isEmpty();
        }
        assertThat(seen).hasSizeGreaterThan(50);
        MxWalk wide = new MxWalk(scene, scene.own, new AddressPolicy(true), new Domain("many.example"));
        assertThat(wide.nextGroup(new Random(1), 40)).hasSize(40);
        expect("many.example", "deferred 4.4.4");
    }

    /** Our own name is found among equals without looking anything up, however many there are. */
    @Test
    void amongManyEqualsWeFindOurselves() {
        List<MxHost> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(new MxHost(10, i == 70 ? "us.example" : "gone" + i + ".example"));
        }
        scene.mx.put("many.example", new MxAnswer.Hosts(many));
        expect("many.example", "failed 5.4.6");
    }

    @Test
    void anAttemptDoesNotWaitForDnsForEver() {
        AtomicLong nanos = new AtomicLong();
        scene.mxHosts("x.example", "10 a.example", "20 b.example", "30 c.example", "40 d.example");
        scene.host("d.example", "127.0.0.1");
        AttemptResolver dns = new AttemptResolver(
                scene, () -> nanos.getAndAdd(Duration.ofSeconds(15).toNanos()));
        MxWalk walk = new MxWalk(dns, scene.own, new AddressPolicy(true), new Domain("x.example"));
        List<String> words = new ArrayList<>();
        for (List<MxWalk.Found> group = walk.nextGroup(new Random(1), 5);
                !group.isEmpty();
                group = walk.nextGroup(new Random(1), 5)) {
            group.forEach(found -> words.add(found.trouble().orElseThrow().status() + " "
                    + found.trouble().orElseThrow().reason()));
        }
        assertThat(words).hasSize(4);
        assertThat(words.subList(0, 3)).allMatch(text -> text.startsWith("4.4.4 "));
        assertThat(words.getLast())
                .isEqualTo("4.4.3 nobody was asked for the addresses of d.example:"
                        + " the DNS look-ups for hosts of its preference took more than 60 s");
        assertThat(walk.deadEnd(false)).as("d.example may exist").isEmpty();
        assertThat(dns.tlsa("_25._tcp.d.example")).isInstanceOf(TlsaAnswer.TryLater.class);
    }

    /** A backup is not shut out by name servers of better hosts that say nothing. */
    @Test
    void eachPreferenceHasItsTime() {
        AtomicLong nanos = new AtomicLong();
        scene.mxHosts("x.example", "10 a.example", "10 b.example", "10 c.example", "20 backup.example");
        scene.host("backup.example", "127.0.0.1");
        AttemptResolver dns = new AttemptResolver(
                scene, () -> nanos.getAndAdd(Duration.ofSeconds(25).toNanos()));
        MxWalk walk = new MxWalk(dns, scene.own, new AddressPolicy(true), new Domain("x.example"));
        dns.renew();
        assertThat(walk.nextGroup(new Random(1), 5)).hasSize(3);
        assertThat(dns.tlsa("_25._tcp.a.example"))
                .as("the time of the first is over")
                .isInstanceOf(TlsaAnswer.TryLater.class);
        dns.renew();
        assertThat(walk.nextGroup(new Random(1), 5))
                .singleElement()
                .satisfies(found -> assertThat(found.trouble()).isEmpty());
    }

    @Test
    void aThousandMxRecordsAreNotWalked() {
        List<MxHost> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add(new MxHost(i, "gone" + i + ".example"));
        }
        scene.mx.put("many.example", new MxAnswer.Hosts(many));
        scene.maxMx = 0;
        expect("many.example", "failed 5.4.4");
    }

    @Test
    void theSourceAddressIsUsed() throws Exception {
        scene.sources = List.of(InetAddress.ofLiteral("127.0.0.77"));
        scene.mxHosts("x.example", "10 here.example");
        expect("x.example", "delivered 2.0.0");
    }

    @Test
    void aDeadKeptConnectionIsReplacedWithoutADeferralAndWithoutADuplicate() throws Exception {
        scene.mxHosts("x.example", "10 here.example");
        Delivery delivery = scene.delivery();
        for (int i = 0; i < 3; i++) {
            delivery.attempt(Scene.job(Scene.mx("x.example"), "a@x.example"));
        }
        assertThat(server.connections()).as("kept").isEqualTo(1);
        server.hangUp();
        Attempt attempt = delivery.attempt(Scene.job(Scene.mx("x.example"), "a@x.example"));
        assertThat(Scene.words(attempt)).containsExactly("delivered 2.0.0");
        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.taken()).hasSize(4);
    }

    @Test
    void aConnectionForAnotherNameOfTheSameAddressIsNotShared() {
        scene.host("alias.example", "127.0.0.1");
        scene.mxHosts("x.example", "10 here.example").mxHosts("y.example", "10 alias.example");
        Delivery delivery = scene.delivery();
        delivery.attempt(Scene.job(Scene.mx("x.example"), "a@x.example"));
        delivery.attempt(Scene.job(Scene.mx("y.example"), "a@y.example"));
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void aServerThatClosesBehindEveryMessageIsNoTrouble() throws Exception {
        server.close();
        server = FaultServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), FaultServer.Way.SMTP, "mail=250 ok|drop");
        port();
        scene.mxHosts("x.example", "10 here.example");
        Delivery delivery = scene.delivery();
        for (int i = 0; i < 3; i++) {
            Attempt attempt = delivery.attempt(Scene.job(Scene.mx("x.example"), "a@x.example"));
            assertThat(Scene.words(attempt)).containsExactly("delivered 2.0.0");
        }
        assertThat(server.taken()).hasSize(3);
    }
}
