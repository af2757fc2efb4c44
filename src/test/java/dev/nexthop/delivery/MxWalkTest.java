package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.TestNameServer;
import dev.nexthop.smtp.Domain;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** From the records of a name server to the hosts that are tried, and to the outcome when there are none. */
class MxWalkTest {
    private final TestNameServer dns = TestNameServer.start("""
            good.test.            300 IN A 203.0.114.1
            good6.test.           300 IN AAAA 2a00:db8::1
            two.test.             300 IN MX 20 good6.test.
            two.test.             300 IN MX 10 good.test.
            bare.test.            300 IN A 203.0.114.2
            nothing.test.         300 IN TXT "neither MX nor address"
            null.test.            300 IN MX 0 .
            root-and-more.test.   300 IN MX 0 .
            root-and-more.test.   300 IN MX 10 good.test.
            literal.test.         300 IN MX 10 203.0.114.1.
            literal-and.test.     300 IN MX 5 203.0.114.9.
            literal-and.test.     300 IN MX 10 good.test.
            short-literal.test.   300 IN MX 10 127.1.
            alias-domain.test.    300 IN CNAME two.test.
            alias-target.test.    300 IN MX 10 www.test.
            www.test.             300 IN CNAME good.test.
            alias-of-us.test.     300 IN MX 10 www-of-us.test.
            www-of-us.test.       300 IN CNAME US.test.
            us.test.              300 IN A 203.0.114.200
            circle-domain.test.   300 IN CNAME circle2.test.
            circle2.test.         300 IN CNAME circle-domain.test.
            circle-target.test.   300 IN MX 10 circle-domain.test.
            circle-first.test.    300 IN MX 10 circle-domain.test.
            circle-first.test.    300 IN MX 20 good.test.
            to-gone.test.         300 IN CNAME gone.test.
            gone-target.test.     300 IN MX 10 gone.test.
            gone-first.test.      300 IN MX 10 gone.test.
            gone-first.test.      300 IN MX 20 good.test.
            _under.test.          300 IN MX 10 _mx.test.
            _mx.test.             300 IN A 203.0.114.3
            blank.test.           300 IN MX 10 bl\\032ank.test.
            blank.test.           300 IN MX 20 good.test.
            localhost-mx.test.    300 IN MX 10 localhost.
            own.test.             300 IN MX 10 US.test.
            nat-name.test.        300 IN MX 10 balancer.test.
            nat-address.test.     300 IN MX 10 mapped-to-us.test.
            mapped-to-us.test.    300 IN A 203.0.114.77
            six-to-us.test.       300 IN MX 10 six-us.test.
            six-us.test.          300 IN AAAA 64:ff9b::203.0.114.77
            backup.test.          300 IN MX 10 good.test.
            backup.test.          300 IN MX 20 us.test.
            backup.test.          300 IN MX 30 bare.test.
            dead-then-us.test.    300 IN MX 10 gone.test.
            dead-then-us.test.    300 IN MX 20 us.test.
            private.test.         300 IN MX 10 inside.test.
            inside.test.          300 IN A 10.1.2.3
            mixed.test.           300 IN MX 10 half-inside.test.
            half-inside.test.     300 IN A 10.1.2.3
            half-inside.test.     300 IN A 203.0.114.4
            private-first.test.   300 IN MX 10 inside.test.
            private-first.test.   300 IN MX 20 good.test.
            loop6.test.           300 IN MX 10 loop6-host.test.
            loop6-host.test.      300 IN AAAA 2002:7f00:1::1
            zero.test.            300 IN MX 10 zero-host.test.
            zero-host.test.       300 IN A 0.0.0.0
            mapped.test.          300 IN MX 10 mapped-host.test.
            mapped-host.test.     300 IN AAAA ::ffff:10.0.0.1
            """);
    private final Resolver resolver = DnsjavaResolver.of(dns.settings(Duration.ofMillis(300)));
    private final OwnIdentity own =
            new OwnIdentity(Set.of("us.test", "balancer.test."), Set.of(InetAddress.ofLiteral("203.0.114.77")));

    @AfterEach
    void close() {
        dns.close();
    }

    /** The hosts with their addresses, group by group, and what is left to say. */
    private String walk(String domain) {
        MxWalk walk = new MxWalk(resolver, own, new AddressPolicy(false), new Domain(domain));
        if (walk.over().isPresent()) {
            return Scene.words(walk.over().get());
        }
        List<String> words = new ArrayList<>();
        for (List<MxWalk.Found> group = walk.nextGroup(new Random(1), 5);
                !group.isEmpty();
                group = walk.nextGroup(new Random(1), 5)) {
            for (MxWalk.Found found : group) {
                String addresses = found.addresses().v4().size() + "+"
                        + found.addresses().v6().size();
                words.add(found.name() + " "
                        + found.trouble().map(why -> why.status().toString()).orElse(addresses));
            }
        }
        walk.deadEnd(false).ifPresent(outcome -> words.add(Scene.words(outcome)));
        return String.join(", ", words);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            # domain,            hosts with the number of their IPv4 + IPv6 addresses, or the outcome
            two.test,            "good.test 1+0, good6.test 0+1"
            bare.test,           bare.test 1+0
            nothing.test,        "nothing.test 4.4.4, failed 5.1.2"
            unheard-of.test,     failed 5.1.2
            null.test,           failed 5.1.10
            root-and-more.test,  good.test 1+0
            # RFC 5321 §5.1: an address is no host name; a mistake alone defers, beside others it is passed over
            literal.test,        deferred 4.4.3
            literal-and.test,    good.test 1+0
            short-literal.test,  "127.1 4.4.4, failed 5.4.4"
            # CNAMEs are followed at the domain and, though RFC 2181 §10.3 forbids them, at the host
            alias-domain.test,   "good.test 1+0, good6.test 0+1"
            alias-target.test,   www.test 1+0
            alias-of-us.test,    failed 5.4.6
            circle-domain.test,  deferred 4.4.3
            circle-target.test,  circle-domain.test 4.4.3
            circle-first.test,   "circle-domain.test 4.4.3, good.test 1+0"
            to-gone.test,        failed 5.1.2
            gone-target.test,    "gone.test 4.4.4, failed 5.4.4"
            gone-first.test,     "gone.test 4.4.4, good.test 1+0"
            _under.test,         _mx.test 1+0
            blank.test,          good.test 1+0
            # ourselves, by name, by translated name and address, and by the address inside an address
            localhost-mx.test,   failed 5.4.6
            own.test,            failed 5.4.6
            nat-name.test,       failed 5.4.6
            nat-address.test,    failed 5.4.6
            six-to-us.test,      failed 5.4.6
            loop6.test,          failed 5.4.6
            backup.test,         good.test 1+0
            dead-then-us.test,   "gone.test 4.4.4, failed 5.4.6"
            # where DNS must not send us
            private.test,        inside.test 4.4.4
            mixed.test,          half-inside.test 1+0
            private-first.test,  "inside.test 4.4.4, good.test 1+0"
            zero.test,           zero-host.test 4.4.4
            mapped.test,         "mapped-host.test 4.4.4, failed 5.4.4"
            # RFC 5321 §4.1.3
            [203.0.114.1],       [203.0.114.1] 1+0
            [ipv6:2a00:db8::1],  [ipv6:2a00:db8::1] 0+1
            [203.0.114.77],      failed 5.4.6
            [10.0.0.1],          [10.0.0.1] 4.4.4
            [127.1],             "[127.1] 4.4.4, failed 5.1.3"
            [ipv6:fe80::1%lo],   "[ipv6:fe80::1%lo] 4.4.4, failed 5.1.3"
            [ipv6:::ffff:127.0.0.1], failed 5.4.6
            [nonsense],          "[nonsense] 4.4.4, failed 5.1.3"
            """)
    void whereADomainLeads(String domain, String hosts) {
        assertThat(walk(domain)).isEqualTo(hosts);
    }

    /** Trouble with the MX records never leads to the domain's own address; with a host's, never to a final failure. */
    @ParameterizedTest
    @EnumSource(
            value = TestNameServer.Fault.class,
            names = {"SERVFAIL", "REFUSED", "SILENT", "LAME", "GARBAGE", "WRONG_ID", "OTHER_NAME"})
    void troubleWithDnsIsNeverAnotherRoute(TestNameServer.Fault fault) {
        dns.fault("bare.test", fault).fault("gone.test", fault);
        assertThat(walk("bare.test")).isEqualTo("deferred 4.4.3");
        assertThat(walk("gone-target.test")).isEqualTo("gone.test 4.4.3");
        assertThat(walk("dead-then-us.test")).isEqualTo("gone.test 4.4.3");
        assertThat(walk("gone-first.test")).isEqualTo("gone.test 4.4.3, good.test 1+0");
    }

    @Test
    void hostsThatDoNotExistTakeNoPlaceUnderTheLimit() {
        try (Scene scene = new Scene()) {
            scene.mxHosts("x.test", "1 gone1.test", "2 gone2.test", "3 gone3.test", "4 here.test");
            scene.host("here.test", "127.0.0.9");
            scene.maxMx = 1;
            Attempt attempt = scene.delivery().attempt(Scene.job(Scene.mx("x.test"), "a@x.test"));
            assertThat(attempt.outcomes().getFirst().diagnosis().reason()).contains("here.test [127.0.0.9]");
        }
    }
}
