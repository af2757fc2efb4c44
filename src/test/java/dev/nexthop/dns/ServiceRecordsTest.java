package dev.nexthop.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceRecordsTest {
    private final TestNameServer dns = TestNameServer.start("""
            _smtp._tcp.example.org.     300 IN SRV 20 0 25 c.example.org.
            _smtp._tcp.example.org.     300 IN SRV 10 60 2525 A.Example.Org.
            _smtp._tcp.example.org.     300 IN SRV 10 40 25 b.example.org.
            _smtp._tcp.alias.example.   300 IN CNAME _smtp._tcp.example.org.
            _smtp._tcp.lost.example.    300 IN CNAME _smtp._tcp.gone.example.
            _smtp._tcp.off.example.     300 IN SRV 0 0 0 .
            _smtp._tcp.half.example.    300 IN SRV 0 0 0 .
            _smtp._tcp.half.example.    300 IN SRV 1 0 25 a.example.org.
            _smtp._tcp.twice.example.   300 IN SRV 2 7 25 a.example.org.
            _smtp._tcp.twice.example.   300 IN SRV 1 9 25 A.example.org.
            _smtp._tcp.twice.example.   300 IN SRV 3 9 26 a.example.org.
            _smtp._tcp.literal.example. 300 IN SRV 1 0 25 192.0.2.1.
            _smtp._tcp.zero.example.    300 IN SRV 1 0 0 a.example.org.
            _smtp._tcp.odd.example.     300 IN SRV 1 0 25 sp\\032ace.example.
            _smtp._tcp.text.example.    300 IN TXT "no service"
            _smtp._tcp.one.example.     300 IN CNAME _smtp._tcp.two.example.
            _smtp._tcp.two.example.     300 IN CNAME _smtp._tcp.one.example.
            """);
    private final DnsjavaResolver resolver = new DnsjavaResolver(dns.settings(), Optional.empty(), System::nanoTime);

    @AfterEach
    void close() {
        dns.close();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # domain,         what its SRV records mean
            example.org,      'Hosts[hosts=[ServiceHost[priority=10, weight=60, port=2525, name=a.example.org], ServiceHost[priority=10, weight=40, port=25, name=b.example.org], ServiceHost[priority=20, weight=0, port=25, name=c.example.org]]]'
            EXAMPLE.org,      'Hosts[hosts=[ServiceHost[priority=10, weight=60, port=2525, name=a.example.org], ServiceHost[priority=10, weight=40, port=25, name=b.example.org], ServiceHost[priority=20, weight=0, port=25, name=c.example.org]]]'
            alias.example,    'Hosts[hosts=[ServiceHost[priority=10, weight=60, port=2525, name=a.example.org], ServiceHost[priority=10, weight=40, port=25, name=b.example.org], ServiceHost[priority=20, weight=0, port=25, name=c.example.org]]]'
            off.example,      Unavailable[]
            half.example,     'Hosts[hosts=[ServiceHost[priority=1, weight=0, port=25, name=a.example.org]]]'
            twice.example,    'Hosts[hosts=[ServiceHost[priority=1, weight=9, port=25, name=a.example.org], ServiceHost[priority=3, weight=9, port=26, name=a.example.org]]]'
            literal.example,  TryLater[reason=the SRV records of _smtp._tcp.literal.example name no host: 192.0.2.1. port 25]
            zero.example,     TryLater[reason=the SRV records of _smtp._tcp.zero.example name no host: a.example.org. port 0]
            odd.example,      TryLater[reason=the SRV records of _smtp._tcp.odd.example name no host: sp\\032ace.example. port 25]
            text.example,     None[reason=_smtp._tcp.text.example has no SRV record]
            gone.example,     None[reason=_smtp._tcp.gone.example does not exist]
            lost.example,     None[reason=_smtp._tcp.gone.example does not exist]
            one.example,      'TryLater[reason=the CNAMEs of _smtp._tcp.one.example lead in a circle or through more than 8 names]'
            a..b,             'None[reason=''_smtp._tcp.a..b'' is not a name that DNS can hold]'
            """)
    void whatAnAnswerMeans(String domain, String meaning) {
        assertThat(resolver.services("_smtp._tcp." + domain)).hasToString(meaning);
    }

    /** Whatever is no answer never says that there is no service. */
    @ParameterizedTest
    @EnumSource(
            value = TestNameServer.Fault.class,
            names = {"SERVFAIL", "REFUSED", "SILENT", "LAME", "GARBAGE", "OTHER_NAME"})
    void whateverIsNoAnswerMeansLater(TestNameServer.Fault fault) {
        dns.fault("_smtp._tcp.example.org.", fault);
        DnsjavaResolver hasty =
                new DnsjavaResolver(dns.settings(Duration.ofMillis(100)), Optional.empty(), System::nanoTime);
        assertThat(hasty.services("_smtp._tcp.example.org")).isInstanceOf(ServiceAnswer.TryLater.class);
    }

    @Test
    void anAnswerIsBounded() {
        for (int i = 299; i >= 0; i--) {
            dns.add("_smtp._tcp.many.example. 300 IN SRV %d 0 25 h%d.example.org.%n".formatted(i, i));
        }
        assertThat(resolver.services("_smtp._tcp.many.example"))
                .isInstanceOfSatisfying(ServiceAnswer.Hosts.class, found -> {
                    assertThat(found.hosts()).hasSize(ServiceAnswer.MOST);
                    assertThat(found.hosts().getLast().name()).isEqualTo("h99.example.org");
                });
    }
}
