package dev.nexthop.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.smtp.Domain;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsjavaResolverTest {
    private final AtomicLong nanos = new AtomicLong();
    private final TestNameServer dns = TestNameServer.start("""
            example.org.          300 IN MX 20 b.example.org.
            example.org.          300 IN MX 10 A.Example.Org.
            example.org.          300 IN MX 20 c.example.org.
            a.example.org.        300 IN A 192.0.2.1
            a.example.org.        300 IN A 192.0.2.2
            a.example.org.        300 IN AAAA 2001:db8::1
            six.example.          300 IN AAAA 2001:db8::6
            mapped.example.       300 IN AAAA ::ffff:192.0.2.9
            only-a.example.       300 IN A 192.0.2.3
            null.example.         300 IN MX 0 .
            null10.example.       300 IN MX 10 .
            half-null.example.    300 IN MX 0 .
            half-null.example.    300 IN MX 10 a.example.org.
            literal.example.      300 IN MX 10 192.0.2.1.
            literal.example.      300 IN MX 20 a.example.org.
            no-host.example.      300 IN MX 10 192.0.2.1.
            no-host.example.      300 IN MX 10 sp\\032ace.example.
            alias.example.        300 IN CNAME example.org.
            alias-none.example.   300 IN CNAME gone.example.
            alias-bare.example.   300 IN CNAME only-a.example.
            one.example.          300 IN CNAME two.example.
            two.example.          300 IN CNAME one.example.
            xn--strae-oqa.example. 300 IN MX 10 ss.example.
            strasse.example.      300 IN MX 10 wrong.example.
            short.example.        5   IN A 192.0.2.5
            txt.example.          300 IN TXT "v=spf1 ip4:192.0.2.0/24" " -all"
            txt.example.          300 IN TXT "s\\195\\188\\195\\159"
            alias-txt.example.    300 IN CNAME txt.example.
            1.2.0.192.in-addr.arpa. 300 IN PTR Mail.Example.Org.
            1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 300 IN PTR six.example.org.
            """);
    private final DnsjavaResolver resolver = of(dns.settings());

    @TempDir
    Path folder;

    private DnsjavaResolver of(ResolverSettings settings) {
        return new DnsjavaResolver(settings, Optional.empty(), nanos::get);
    }

    @AfterEach
    void close() {
        dns.close();
    }

    private MxAnswer mx(String domain) {
        return resolver.mx(new Domain(domain));
    }

    private static AddressAnswer.Addresses found(List<String> four, List<String> six) {
        return new AddressAnswer.Addresses(
                four.stream().map(Inet4Address::ofLiteral).toList(),
                six.stream()
                        .map(text -> (Inet6Address) Inet6Address.ofLiteral(text))
                        .toList());
    }

    // RFC 5321 §5.1: sorted by preference, lower first.
    @Test
    void mailHostsComeByPreference() {
        assertThat(mx("Example.ORG"))
                .isEqualTo(new MxAnswer.Hosts(List.of(
                        new MxHost(10, "a.example.org"),
                        new MxHost(20, "b.example.org"),
                        new MxHost(20, "c.example.org"))));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # domain              what it means                                 why
            only-a.example,       'Implicit[host=only-a.example, security=INDETERMINATE]',            # RFC 5321 §5.1
            alias-bare.example,   'Implicit[host=alias-bare.example, security=INDETERMINATE]',        # the CNAME is followed, there is no MX
            null.example,         NullMx[],                                     # RFC 7505 §3
            null10.example,       NullMx[],                                     # a careless preference
            half-null.example,    'Hosts[hosts=[MxHost[preference=10, name=a.example.org]], security=INDETERMINATE]',
            literal.example,      'Hosts[hosts=[MxHost[preference=20, name=a.example.org]], security=INDETERMINATE]',
            no-host.example,      'TryLater[reason=the MX records of no-host.example name no host: 192.0.2.1., sp\\032ace.example., security=INDETERMINATE]',
            gone.example,         NoSuchDomain[reason=gone.example does not exist],
            alias-none.example,   NoSuchDomain[reason=gone.example does not exist],
            localhost,            'Implicit[host=localhost, security=INDETERMINATE]',                 # RFC 6761 §6.3
            straße.example,       'Hosts[hosts=[MxHost[preference=10, name=ss.example]], security=INDETERMINATE]',
            xn--strae-oqa.example,'Hosts[hosts=[MxHost[preference=10, name=ss.example]], security=INDETERMINATE]',
            """)
    void whatAnAnswerMeans(String domain, String meaning) {
        assertThat(mx(domain)).hasToString(meaning);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b.example", "-\u00e4.example", "b\u0301\u05d0.example", "a\\b.example", "-a.example"})
    void aNameThatCanNotBeIsNoDomainAndIsNotAsked(String name) {
        assertThat(mx(name)).isInstanceOf(MxAnswer.NoSuchDomain.class);
        assertThat(resolver.addresses(name)).isInstanceOf(AddressAnswer.None.class);
        assertThat(dns.questions()).isZero();
    }

    @Test
    void aLabelThatIsTooLongIsNoDomain() {
        assertThat(mx("a".repeat(64) + ".example")).isInstanceOf(MxAnswer.NoSuchDomain.class);
        assertThat(dns.questions()).isZero();
    }

    /** RFC 5321 §5.1: anything but an answer means later, never a bounce and never the implicit MX. */
    @ParameterizedTest
    @EnumSource(
            value = TestNameServer.Fault.class,
            names = {"SERVFAIL", "REFUSED", "SILENT", "TRUNCATED_WITHOUT_TCP", "LAME", "GARBAGE", "WRONG_ID"})
    void whateverIsNoAnswerMeansLater(TestNameServer.Fault fault) {
        dns.fault("example.org", fault).fault("a.example.org", fault);
        DnsjavaResolver hasty = of(dns.settings(Duration.ofMillis(250)));
        assertThat(hasty.mx(new Domain("example.org")))
                .isInstanceOfSatisfying(
                        MxAnswer.TryLater.class,
                        later -> assertThat(later.reason()).contains("MX of example.org"));
        assertThat(hasty.addresses("a.example.org")).isInstanceOf(AddressAnswer.TryLater.class);
        dns.mend("example.org").mend("a.example.org");
        int asked = dns.questions();
        assertThat(hasty.mx(new Domain("example.org")))
                .as("trouble is kept for some seconds")
                .isInstanceOf(MxAnswer.TryLater.class);
        assertThat(dns.questions()).isEqualTo(asked);
        nanos.addAndGet(RawAnswer.FAILURE_KEPT.toNanos() + 1);
        assertThat(hasty.mx(new Domain("example.org")))
                .as("and no longer")
                .isInstanceOf(MxAnswer.Hosts.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = TestNameServer.Fault.class,
            names = {"TRUNCATED", "SILENT_UDP", "NO_EDNS"})
    void anotherWayOfAskingHelps(TestNameServer.Fault fault) {
        dns.fault("example.org", fault);
        assertThat(mx("example.org")).isInstanceOf(MxAnswer.Hosts.class);
        assertThat(dns.tcpQuestions() > 0).isEqualTo(fault != TestNameServer.Fault.NO_EDNS);
    }

    @Test
    void withoutTcpOnErrorASilentServerIsNotAskedByTcp() {
        dns.fault("example.org", TestNameServer.Fault.SILENT_UDP);
        ResolverSettings settings = new ResolverSettings(List.of(dns.address()), Duration.ofMillis(100), 1, false, 10);
        assertThat(of(settings).mx(new Domain("example.org"))).isInstanceOf(MxAnswer.TryLater.class);
        assertThat(dns.tcpQuestions()).isZero();
    }

    @Test
    void recordsOfOtherNamesAreNoAnswer() {
        dns.fault("example.org", TestNameServer.Fault.OTHER_NAME);
        assertThat(mx("example.org"))
                .hasToString("TryLater[reason=the answer to the MX of example.org has only records of other names, security=INDETERMINATE]");
    }

    @Test
    void aLongAnswerComesWhole() {
        dns.add(IntStream.range(0, 150)
                .mapToObj(i -> "big.example. 300 IN MX " + i + " host-" + i + ".some-long-name.example.")
                .collect(Collectors.joining("\n")));
        assertThat(mx("big.example"))
                .isInstanceOfSatisfying(
                        MxAnswer.Hosts.class, hosts -> assertThat(hosts.hosts()).hasSize(150));
        assertThat(dns.tcpQuestions()).isPositive();
    }

    @Test
    void aServerThatIsDownIsPassedOver() throws Exception {
        try (TestNameServer dead = TestNameServer.start("")) {
            dead.fault("example.org", TestNameServer.Fault.SILENT).fault("null.example", TestNameServer.Fault.SILENT);
            DnsjavaResolver both = of(new ResolverSettings(
                    List.of(dead.address(), dns.address()), Duration.ofMillis(500), 2, false, 100));
            assertThat(both.mx(new Domain("example.org"))).isInstanceOf(MxAnswer.Hosts.class);
            assertThat(dead.questions()).isEqualTo(1);
            assertThat(both.mx(new Domain("null.example"))).isInstanceOf(MxAnswer.NullMx.class);
            assertThat(dead.questions())
                    .as("the server that answered is asked first")
                    .isEqualTo(1);
        }
    }

    @Test
    void cnamesAreFollowedByUsWhereTheServerDoesNot() {
        dns.followNoCnames();
        assertThat(mx("alias.example")).isEqualTo(mx("example.org"));
        assertThat(mx("alias-none.example")).isInstanceOf(MxAnswer.NoSuchDomain.class);
        AddressAnswer.Addresses bare = found(List.of("192.0.2.3"), List.of());
        assertThat(resolver.addresses("only-a.example")).isEqualTo(bare);
        assertThat(resolver.addresses("alias-bare.example"))
                .isEqualTo(new AddressAnswer.Addresses(bare.v4(), bare.v6(), Optional.of("only-a.example")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cnamesInACircleMeanLater(boolean followed) {
        if (!followed) {
            dns.followNoCnames();
        }
        assertThat(mx("one.example"))
                .isInstanceOfSatisfying(
                        MxAnswer.TryLater.class,
                        later -> assertThat(later.reason()).contains("in a circle"));
        assertThat(dns.questions()).isLessThan(12);
    }

    @Test
    void bothFamiliesComeTogether() {
        assertThat(resolver.addresses("a.example.org"))
                .isEqualTo(found(List.of("192.0.2.1", "192.0.2.2"), List.of("2001:db8::1")));
        assertThat(resolver.addresses("SIX.example.")).isEqualTo(found(List.of(), List.of("2001:db8::6")));
        assertThat(resolver.addresses("mapped.example")).isInstanceOf(AddressAnswer.None.class);
        assertThat(resolver.addresses("null.example"))
                .hasToString("None[reason=null.example has neither an A nor an AAAA record]");
        assertThat(resolver.addresses("gone.example")).hasToString("None[reason=gone.example does not exist]");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.77,      192.0.2.77,",
        "2001:db8::77,    ,           2001:db8::77",
        "::ffff:192.0.2.8,192.0.2.8,",
        "localhost,       127.0.0.1,  ::1",
        "mx.LocalHost.,   127.0.0.1,  ::1",
    })
    void someNamesNeedNoDns(String host, String four, String six) {
        assertThat(resolver.addresses(host))
                .isEqualTo(found(
                        Optional.ofNullable(four).stream().toList(),
                        Optional.ofNullable(six).stream().toList()));
        assertThat(dns.questions()).isZero();
    }

    @Test
    void answersAreKeptForTheirTtl() {
        assertThat(resolver.addresses("short.example")).isEqualTo(found(List.of("192.0.2.5"), List.of()));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
        assertThat(resolver.addresses("short.example")).isEqualTo(found(List.of("192.0.2.5"), List.of()));
        assertThat(dns.questions("short.example", "A")).isEqualTo(1);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(resolver.addresses("short.example")).isEqualTo(found(List.of("192.0.2.5"), List.of()));
        assertThat(dns.questions("short.example", "A")).isEqualTo(2);
        assertThat(dns.questions("short.example", "AAAA"))
                .as("its absence is kept longer")
                .isEqualTo(1);
    }

    // RFC 2308 §5
    @Test
    void absenceIsKeptForTheMinimumOfTheZone() {
        assertThat(mx("gone.example")).isInstanceOf(MxAnswer.NoSuchDomain.class);
        dns.add("gone.example. 300 IN MX 10 a.example.org.");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(TestNameServer.NEGATIVE_TTL - 1));
        assertThat(mx("gone.example")).isInstanceOf(MxAnswer.NoSuchDomain.class);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(mx("gone.example")).isInstanceOf(MxAnswer.Hosts.class);
    }

    @Test
    void oneQuestionServesAllWhoAskAtOnce() throws Exception {
        dns.fault("example.org", TestNameServer.Fault.SILENT_UDP); // Slow: the answer comes by TCP, after a timeout.
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<MxAnswer>> all = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                all.add(threads.submit(() -> mx("example.org")));
            }
            for (Future<MxAnswer> one : all) {
                assertThat(one.get(30, TimeUnit.SECONDS)).isInstanceOf(MxAnswer.Hosts.class);
            }
        }
        assertThat(dns.questions("example.org", "MX")).isEqualTo(2);
    }

    @Test
    void manyQuestionsAtOnceAreAllAnswered() throws Exception {
        dns.add(IntStream.range(0, 400)
                .mapToObj(i -> "d" + i + ".many.example. 300 IN MX 10 m" + i + ".example.")
                .collect(Collectors.joining("\n")));
        DnsjavaResolver patient =
                of(new ResolverSettings(List.of(dns.address()), Duration.ofSeconds(5), 2, true, 1_000));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<MxAnswer>> all = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String domain = "d" + i + ".many.example";
                all.add(threads.submit(() -> patient.mx(new Domain(domain))));
            }
            for (int i = 0; i < 400; i++) {
                assertThat(all.get(i).get(60, TimeUnit.SECONDS))
                        .isEqualTo(new MxAnswer.Hosts(List.of(new MxHost(10, "m" + i + ".example"))));
            }
        }
    }

    @Test
    void oneFamilyIsEnoughWhenTheOtherFails() throws Exception {
        RawAnswer.Trouble trouble = new RawAnswer.Trouble("broken");
        dns.fault("only-a.example", TestNameServer.Fault.SERVFAIL);
        assertThat(resolver.addresses("only-a.example")).isInstanceOf(AddressAnswer.TryLater.class);
        org.xbill.DNS.Name h = org.xbill.DNS.Name.fromConstantString("h.");
        RawAnswer.NoData none = new RawAnswer.NoData("none", Duration.ZERO, Security.INSECURE);
        RawAnswer.Records records = new RawAnswer.Records(
                List.of(new org.xbill.DNS.ARecord(h, org.xbill.DNS.DClass.IN, 1, Inet4Address.ofLiteral("192.0.2.3"))),
                Duration.ZERO,
                Security.SECURE);
        assertThat(HostAddresses.together(h, records, trouble))
                .as("a family that fails makes the other no less secure")
                .isInstanceOfSatisfying(AddressAnswer.Addresses.class, found -> assertThat(
                                found.security().whole())
                        .isEqualTo(Security.SECURE));
        assertThat(HostAddresses.together(h, none, records))
                .isInstanceOfSatisfying(AddressAnswer.Addresses.class, found -> assertThat(
                                found.security().whole())
                        .isEqualTo(Security.INSECURE));
        assertThat(HostAddresses.together(h, none, trouble)).isEqualTo(new AddressAnswer.TryLater("broken"));
        assertThat(HostAddresses.together(h, trouble, none)).isEqualTo(new AddressAnswer.TryLater("broken"));
        RawAnswer.Trouble bogus = new RawAnswer.Trouble("forged", Duration.ZERO, Security.BOGUS);
        assertThat(HostAddresses.together(h, trouble, bogus))
                .isEqualTo(new AddressAnswer.TryLater("forged", Security.BOGUS));
        assertThat(HostAddresses.together(h, none, none)).isInstanceOf(AddressAnswer.None.class);
    }

    @Test
    void theHostsFileComesBeforeDnsWhereTheSystemIsAsked() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "10.9.8.7 a.example.org relay\n");
        DnsjavaResolver system = new DnsjavaResolver(dns.settings(), Optional.of(hosts), nanos::get);
        assertThat(system.addresses("A.example.org")).isEqualTo(found(List.of("10.9.8.7"), List.of()));
        assertThat(system.addresses("relay")).isEqualTo(found(List.of("10.9.8.7"), List.of()));
        assertThat(dns.questions()).isZero();
        assertThat(system.addresses("six.example")).isEqualTo(found(List.of(), List.of("2001:db8::6")));
        DnsjavaResolver without = new DnsjavaResolver(dns.settings(), Optional.of(folder.resolve("none")), nanos::get);
        assertThat(without.addresses("six.example")).isEqualTo(found(List.of(), List.of("2001:db8::6")));
    }

    @Test
    void aServerGivenByNameIsRefused() {
        ResolverSettings named = new ResolverSettings(
                List.of(InetSocketAddress.createUnresolved("dns.example", 53)), Duration.ofSeconds(1), 1, true, 10);
        assertThatThrownBy(() -> DnsjavaResolver.of(named)).hasMessageContaining("dns.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"txt.example", "alias-txt.example"})
    void theStringsOfATextBelongTogether(String name) { // RFC 7208 §3.3
        assertThat(resolver.texts(name))
                .isEqualTo(new TextAnswer.Texts(List.of("v=spf1 ip4:192.0.2.0/24 -all", "süß")));
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, mail.example.org", "2001:db8::1, six.example.org"})
    void addressesHaveNames(String address, String name) { // RFC 1035 §3.5, RFC 3596 §2.5
        assertThat(resolver.names(InetAddress.ofLiteral(address))).isEqualTo(new TextAnswer.Texts(List.of(name)));
    }

    @Test
    void noTextAndNoNameIsNoFailure() {
        assertThat(resolver.texts("only-a.example")).isInstanceOf(TextAnswer.None.class);
        assertThat(resolver.texts("gone.example")).isInstanceOf(TextAnswer.None.class);
        assertThat(resolver.texts("no name")).isInstanceOf(TextAnswer.None.class);
        assertThat(resolver.names(InetAddress.ofLiteral("192.0.2.77"))).isInstanceOf(TextAnswer.None.class);
        dns.close();
        assertThat(resolver.texts("txt.example")).isInstanceOf(TextAnswer.TryLater.class);
    }
}
