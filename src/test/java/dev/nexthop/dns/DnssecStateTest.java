package dev.nexthop.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.smtp.Domain;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the AD bit, CD, and extended errors of a resolver on loopback come to. */
class DnssecStateTest {
    private final AtomicLong nanos = new AtomicLong();
    private final TestNameServer dns = TestNameServer.start("""
            signed.example.              300 IN MX 10 mx.signed.example.
            mx.signed.example.           300 IN A 192.0.2.1
            near.signed.example.         300 IN CNAME mx.signed.example.
            out.signed.example.          300 IN CNAME www.plain.example.
            in.plain.example.            300 IN CNAME mx.signed.example.
            www.plain.example.           300 IN A 192.0.2.2
            plain.example.               300 IN MX 10 www.plain.example.
            _25._tcp.mx.signed.example.  300 IN TLSA 3 1 1 0A0B
            _25._tcp.out.signed.example. 300 IN CNAME _tlsa.plain.example.
            _tlsa.plain.example.         300 IN TLSA 3 1 1 0C0D
            broken.example.              300 IN A 192.0.2.3
            broken.example.              300 IN MX 10 mx.signed.example.
            """)
            .secure("signed.example", "mx.signed.example", "near.signed.example", "out.signed.example")
            .secure("_25._tcp.mx.signed.example", "_26._tcp.mx.signed.example", "_25._tcp.out.signed.example");
    private final DnsjavaResolver resolver = of(dns.believed("signed.example", "broken.example"));

    private DnsjavaResolver of(ResolverSettings settings) {
        return new DnsjavaResolver(settings, Optional.empty(), nanos::get);
    }

    @AfterEach
    void close() {
        dns.close();
    }

    private String said(String what, String name) {
        return switch (what) {
            case "mx" ->
                switch (resolver.mx(new Domain(name))) {
                    case MxAnswer.Hosts hosts -> hosts.security().toString();
                    case MxAnswer.Implicit implicit -> "implicit " + implicit.security();
                    case MxAnswer.NullMx other -> other.toString();
                    case MxAnswer.NoSuchDomain other -> other.toString();
                    case MxAnswer.TryLater later -> later.toString();
                };
            case "a" ->
                switch (resolver.addresses(name)) {
                    case AddressAnswer.Addresses found ->
                        found.security().whole() + " " + found.security().name();
                    case AddressAnswer.None none -> none.toString();
                    case AddressAnswer.TryLater later -> later.toString();
                };
            default ->
                switch (resolver.tlsa(name)) {
                    case TlsaAnswer.Records found -> found.records() + " " + found.security();
                    case TlsaAnswer.None none -> "none " + none.security();
                    case TlsaAnswer.TryLater later -> later.toString();
                };
        };
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # asked, name,                       one answer for all CNAMEs,  a question for each
            mx,   signed.example,              SECURE,                     SECURE
            mx,   mx.signed.example,           implicit SECURE,            implicit SECURE
            mx,   plain.example,               INSECURE,                   INSECURE
            a,    mx.signed.example,           SECURE SECURE,              SECURE SECURE
            a,    near.signed.example,         SECURE SECURE,              SECURE SECURE
            a,    out.signed.example,          INSECURE SECURE,            INSECURE SECURE
            a,    in.plain.example,            INSECURE INSECURE,          INSECURE INSECURE
            a,    www.plain.example,           INSECURE INSECURE,          INSECURE INSECURE
            tlsa, _25._tcp.mx.signed.example,  [3 1 1 0a0b] SECURE,        [3 1 1 0a0b] SECURE
            tlsa, _25._tcp.out.signed.example, [3 1 1 0c0d] INSECURE,      [3 1 1 0c0d] INSECURE
            tlsa, _26._tcp.mx.signed.example,  none SECURE,                none SECURE
            tlsa, mx.signed.example,           none SECURE,                none SECURE
            tlsa, _25._tcp.www.plain.example,  none INSECURE,              none INSECURE
            """)
    void anAnswerIsAsSecureAsTheWorstOnItsWay(String what, String name, String whole, String stepwise) {
        assertThat(said(what, name)).isEqualTo(whole);
        assertThat(said(what, name)).as("kept").isEqualTo(whole);
        nanos.addAndGet(Duration.ofDays(2).toNanos());
        dns.followNoCnames();
        assertThat(said(what, name)).isEqualTo(stepwise);
    }

    @Test
    void onlyAnAliasThatIsNotSecureCostsAQuestionMore() {
        assertThat(said("a", "near.signed.example")).isEqualTo("SECURE SECURE");
        assertThat(said("a", "www.plain.example")).isEqualTo("INSECURE INSECURE");
        assertThat(dns.questions()).isEqualTo(4);
        assertThat(said("a", "out.signed.example")).isEqualTo("INSECURE SECURE");
        assertThat(dns.questions("out.signed.example", "CNAME")).isEqualTo(1);
        assertThat(dns.questions()).isEqualTo(7);
    }

    /** RFC 8914 §4 and RFC 4035 §3.2.2: who asks, how often, and what it means. */
    @ParameterizedTest
    @CsvSource({
        "BOGUS,          BOGUS,         1, (DNSSEC_BOGUS: no signature)",
        "SILENTLY_BOGUS, BOGUS,         3, is bogus",
        "SERVFAIL,       INDETERMINATE, 3, answered SERVFAIL",
        "UNREACHABLE,    INDETERMINATE, 2, (NO_REACHABLE_AUTHORITY)",
        "REFUSED,        INDETERMINATE, 2, answered REFUSED",
    })
    void whyAServerFails(TestNameServer.Fault fault, Security security, int questions, String reason) {
        dns.fault("broken.example", fault);
        assertThat(resolver.mx(new Domain("broken.example"))).isInstanceOfSatisfying(MxAnswer.TryLater.class, later -> {
            assertThat(later.security()).isEqualTo(security);
            assertThat(later.reason()).contains("broken.example").contains(reason);
        });
        assertThat(dns.questions()).isEqualTo(questions);
        assertThat(resolver.addresses("broken.example"))
                .isInstanceOfSatisfying(
                        AddressAnswer.TryLater.class,
                        later -> assertThat(later.security()).isEqualTo(security));
        assertThat(resolver.tlsa("broken.example").security()).isEqualTo(security);
    }

    /** The addresses are known all the same; only who asks for DANE has to wait (RFC 7672 §2.2.2). */
    @Test
    void anAliasWhoseOwnStateCantBeHadKeepsItsAddresses() {
        AddressAnswer.Addresses found = new AddressAnswer.Addresses(List.of(), List.of(), Optional.of("www.example"));
        RawAnswer nothing = new RawAnswer.Trouble("no answer", Duration.ZERO, Security.INDETERMINATE);
        assertThat(DnsjavaResolver.withOwnState(found, nothing).security())
                .isEqualTo(new AddressAnswer.Trust(Security.INSECURE, Security.BOGUS));
    }

    @Test
    void nobodyElseIsAskedWhenAnAnswerIsBogus() {
        try (TestNameServer credulous = TestNameServer.start("broken.example. 300 IN MX 10 mx.example.")) {
            dns.fault("broken.example", TestNameServer.Fault.BOGUS);
            DnsjavaResolver both = of(new ResolverSettings(
                    List.of(dns.address(), credulous.address()),
                    Duration.ofSeconds(1),
                    2,
                    true,
                    100,
                    DnssecSettings.STANDARD));
            assertThat(both.mx(new Domain("broken.example"))).isInstanceOf(MxAnswer.TryLater.class);
            assertThat(credulous.questions()).isZero();
        }
    }

    @Test
    void aQuestionAsksForAVerdictOnlyWhereItIsBelieved() {
        assertThat(said("mx", "signed.example")).isEqualTo("SECURE");
        assertThat(dns.flags()).isEqualTo("DO AD"); // RFC 6840 §5.7
        MxAnswer answer = of(dns.settings()).mx(new Domain("signed.example"));
        assertThat(dns.flags()).isEmpty();
        assertThat(answer)
                .isInstanceOfSatisfying(
                        MxAnswer.Hosts.class,
                        hosts -> assertThat(hosts.security()).isEqualTo(Security.INDETERMINATE));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,   true",
        "127.0.0.53,  true",
        "::1,         true",
        "192.0.2.53,  true",
        "192.0.2.54,  false",
        "10.0.0.1,    false",
    })
    void loopbackAndWhatIsListedIsBelieved(String address, boolean believed) {
        DnssecSettings settings = new DnssecSettings(
                DnssecSettings.Mode.TRUST_AD, List.of(InetAddress.ofLiteral("192.0.2.53")), "", "", "");
        assertThat(settings.trusts(new InetSocketAddress(InetAddress.ofLiteral(address), 53)))
                .isEqualTo(believed);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # signed name,     bogus name,        with the fault,  verdict
            signed.example,    broken.example,    BOGUS,           able
            signed.example,    broken.example,    SERVFAIL,        able
            signed.example,    broken.example,    ,                'unable: .*answers for broken.example.*'
            signed.example,    gone.example,      ,                'untested: .*gone.example has no address.*'
            plain.example,     broken.example,    BOGUS,           'unable: .*plain.example is not marked.*'
            broken.example,    '',                BOGUS,           'unable: .*broken.example is taken for bogus.*'
            broken.example,    '',                SERVFAIL,        'untested: .*broken.example was not answered.*'
            signed.example,    '',                ,                able
            '',                broken.example,    BOGUS,           able
            '',                broken.example,    SERVFAIL,        'untested: .*broken.example was not answered.*'
            '',                broken.example,    ,                'unable: .*answers for broken.example.*'
            '',                '',                ,                'untested: .*are both empty'
            """)
    void whatTheSelfTestShows(String signed, String bogus, TestNameServer.Fault fault, String verdict) {
        if (fault != null) {
            dns.fault("broken.example", fault);
        }
        DnsjavaResolver tested = of(dns.believed(signed, bogus));
        assertThat(tested.verdict()).isInstanceOf(Verdict.Untested.class);
        assertThat(tested.test().line()).matches(verdict);
        assertThat(tested.verdict()).isEqualTo(tested.test());
    }

    @Test
    void aResolverThatAnswersForgeriesIsNotBelievedUntilItIsMended() {
        assertThat(said("mx", "signed.example")).isEqualTo("SECURE");
        assertThat(resolver.test()).isInstanceOf(Verdict.Unable.class);
        assertThat(said("mx", "signed.example")).isEqualTo("INDETERMINATE");
        assertThat(said("a", "out.signed.example")).isEqualTo("INDETERMINATE INDETERMINATE");
        dns.fault("broken.example", TestNameServer.Fault.BOGUS);
        assertThat(resolver.test()).isEqualTo(new Verdict.Able());
        assertThat(said("mx", "signed.example")).isEqualTo("SECURE");
        assertThat(said("mx", "broken.example")).contains("security=BOGUS");
    }

    @Test
    void whereNobodyCanLookNobodyIsAsked() {
        DnsjavaResolver off = of(dns.settings());
        DnsjavaResolver far = of(new ResolverSettings(
                List.of(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 53)),
                Duration.ofSeconds(1),
                1,
                false,
                0,
                DnssecSettings.STANDARD));
        assertThat(off.test().line()).isEqualTo("unable: resolver.dnssec is \"off\"");
        assertThat(far.test().line()).startsWith("unable: no DNS server is on loopback or in resolver.trusted");
        assertThat(dns.questions()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "; nothing\n", ". IN A 192.0.2.1", ". IN DS x", ". IN DS 1 13 2 00\nx. A 192.0.2.1"})
    void aFileWithoutAnchorsIsRefused(String text) {
        assertThatThrownBy(() -> TrustAnchors.check(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theAnchorsOfTheRootAreShipped() throws Exception {
        try (var shipped = DnssecStateTest.class.getResourceAsStream("root-anchors.ds")) {
            assertThat(shipped).isNotNull();
            String text = new String(shipped.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            TrustAnchors.check(text);
            assertThat(text).contains(" DS 20326 8 2 ").contains(" DS 38696 8 2 ");
        }
        Validator validator = new Validator(new Exchange(List.of(), dns.settings()), "", Clock.systemUTC());
        assertThatThrownBy(() -> validator.ask(
                        new Question(org.xbill.DNS.Name.root, org.xbill.DNS.Type.SOA),
                        System.nanoTime() + Duration.ofSeconds(5).toNanos()))
                .hasMessage("no DNS server is configured");
    }
}
