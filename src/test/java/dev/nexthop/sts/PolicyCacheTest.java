package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dns.TestNameServer;
import dev.nexthop.e2e.PolicyHost;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.Domain;
import dev.nexthop.store.Faults;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 8461 §3.3, §5.1 and §10.2: how long a policy is kept, when another is fetched, and who hears of it. */
class PolicyCacheTest {
    private static final String POLICY = PolicyHost.enforce("mx.example.org");

    @TempDir
    private Path folder;

    private Setting setting;

    @BeforeEach
    void open() throws IOException, GeneralSecurityException {
        setting = Setting.at(folder).txt("a1");
        setting.host.serve(POLICY);
    }

    @AfterEach
    void close() throws IOException {
        setting.close();
    }

    private static StsAnswer.Known known(StsAnswer answer) {
        assertThat(answer).isInstanceOf(StsAnswer.Known.class);
        return (StsAnswer.Known) answer;
    }

    private static StsPolicy.Mode mode(StsAnswer answer) {
        return known(answer).policy().mode();
    }

    @Test
    void aPolicyIsFetchedOnceAndAskedForByItsName() {
        StsPolicy policy = known(setting.ask()).policy();
        assertThat(policy.id()).isEqualTo("a1");
        assertThat(policy.mode()).isEqualTo(StsPolicy.Mode.ENFORCE);
        assertThat(policy.patterns()).containsExactly("mx.example.org");
        assertThat(known(setting.ask()).policy()).isEqualTo(policy);
        assertThat(setting.host.requests())
                .singleElement()
                .asString()
                .startsWith("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.org\r\n")
                .doesNotContainIgnoringCase("cookie");
        assertThat(setting.heard()).isEmpty();
    }

    @Test
    void anotherIdBringsAnotherPolicyAndReleasesWhatWaits() {
        setting.ask();
        setting.txt("a2").host.serve(PolicyHost.policy("testing", 604_800, "mx.example.org"));
        assertThat(mode(setting.ask())).isEqualTo(StsPolicy.Mode.TESTING);
        assertThat(setting.heard()).containsExactly("changed example.org");
    }

    @Test
    void anotherIdOfTheSamePolicyReleasesNothing() {
        setting.ask();
        assertThat(known(setting.txt("a2").ask()).policy().id()).isEqualTo("a2");
        assertThat(setting.heard()).isEmpty();
    }

    @Test
    void aPolicyThatCouldNotBeHadReleasesWhatWaitsWhenItCan() {
        setting.host.answer("HTTP/1.1 500 Oops\r\n\r\n");
        assertThat(setting.ask()).isInstanceOf(StsAnswer.Unknown.class);
        setting.host.serve(POLICY);
        setting.later(PolicyCache.RETRY_PAUSE);
        assertThat(mode(setting.ask())).isEqualTo(StsPolicy.Mode.ENFORCE);
        assertThat(setting.heard()).containsExactly("changed example.org");
    }

    @Test
    void aFailureIsNotRepeatedForFiveMinutesUnlessTheIdIsAnother() {
        setting.host.answer("HTTP/1.1 404 Not Found\r\n\r\n");
        StsAnswer first = setting.ask();
        assertThat(setting.later(Duration.ofSeconds(299)).ask()).isEqualTo(first);
        assertThat(setting.host.requests()).hasSize(1);
        setting.txt("a2").ask();
        assertThat(setting.host.requests()).hasSize(2);
        setting.later(Duration.ofMinutes(5)).ask();
        assertThat(setting.host.requests()).hasSize(3);
    }

    @Test
    void itIsKeptForItsAgeAndNoLonger() {
        setting.ask();
        setting.host.answer("HTTP/1.1 404 Not Found\r\n\r\n");
        assertThat(setting.later(Duration.ofDays(7)).ask()).isInstanceOf(StsAnswer.Known.class);
        assertThat(setting.later(Duration.ofSeconds(1)).ask()).isInstanceOf(StsAnswer.Unknown.class);
        assertThat(setting.cache().kept(Setting.DOMAIN)).isEmpty();
    }

    @Test
    void anAgeOfNothingIsAMinute() {
        setting.host.serve(PolicyHost.policy("enforce", 0, "mx.example.org"));
        setting.ask();
        setting.later(Duration.ofMinutes(1)).ask();
        assertThat(setting.host.requests()).hasSize(1);
        setting.later(Duration.ofSeconds(1)).ask();
        assertThat(setting.host.requests()).hasSize(2);
    }

    @Test
    void itOutlivesARestart() throws IOException {
        StsPolicy policy = known(setting.ask()).policy();
        setting.host.close();
        setting.noTxt().restart();
        StsAnswer.Known answer = known(setting.later(Duration.ofDays(6)).ask());
        assertThat(answer.policy()).isEqualTo(policy);
        assertThat(answer.trouble().map(StsAnswer.Trouble::fault)).contains(TlsFault.STS_POLICY_FETCH_ERROR);
        KeptPolicy kept = setting.cache().kept(Setting.DOMAIN).orElseThrow();
        assertThat(kept.fetched()).isEqualTo(Setting.START);
        assertThat(kept.age(setting.now())).isEqualTo(Duration.ofDays(6));
        assertThat(kept.expires()).isEqualTo(Setting.START.plus(Duration.ofDays(7)));
    }

    @Test
    void whatCannotBeReadAtTheStartIsToldAndFetchedAgain() throws IOException {
        setting.ask();
        setting.restart().restart(Faults::damageTables); // what the first left in its log is a table behind the second
        assertThat(setting.cache().takeLosses())
                .singleElement()
                .asString()
                .endsWith("; the policies from there on are fetched again when they are needed");
        assertThat(setting.cache().kept(Setting.DOMAIN)).isEmpty();
        assertThat(mode(setting.ask())).isEqualTo(StsPolicy.Mode.ENFORCE);
        assertThat(setting.cache().kept(Setting.DOMAIN)).isPresent();
    }

    @Test
    void modeNoneEndsAPolicy() {
        setting.ask();
        setting.txt("a2").host.serve("version: STSv1\nmode: none\nmax_age: 86400\n");
        assertThat(mode(setting.ask())).isEqualTo(StsPolicy.Mode.NONE);
        setting.noTxt().later(Duration.ofDays(2));
        assertThat(setting.ask()).isInstanceOf(StsAnswer.None.class);
    }

    @Test
    void manyWhoAskAtOnceShareOneFetch() throws Exception {
        PolicyCache.Means means = setting.means();
        List<Callable<StsAnswer>> askers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            askers.add(() -> setting.cache().by(means).of(Setting.DOMAIN, Duration.ofSeconds(30)));
        }
        setting.host.drip(PolicyHost.response("200 OK", "text/plain", POLICY));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<StsAnswer> answer : threads.invokeAll(askers)) {
                assertThat(mode(answer.get())).isEqualTo(StsPolicy.Mode.ENFORCE);
            }
        }
        assertThat(setting.host.requests()).hasSize(1);
    }

    @Test
    void namesAreAskedForInALabels() {
        setting.dns.add("""
                _mta-sts.xn--bcher-kva.example. 300 IN TXT "v=STSv1; id=b1;"
                mta-sts.xn--bcher-kva.example. 300 IN A 127.0.0.1
                """);
        setting.host.certificate(setting.ca.server("mta-sts.xn--bcher-kva.example"));
        Domain spoken = new Domain("b\u00fccher.example");
        StsAnswer answer = setting.cache().by(setting.means()).of(spoken, Duration.ofSeconds(30));
        assertThat(known(answer).policy().domain()).isEqualTo(new Domain("xn--bcher-kva.example"));
        assertThat(setting.cache().kept(spoken)).map(KeptPolicy::asked).contains(spoken);
    }

    @Test
    void literalsAndThisMachineHaveNone() {
        for (String name : List.of("[192.0.2.1]", "localhost", "a.localhost", "-\u00fc-..example")) {
            StsAnswer answer = setting.cache().by(setting.means()).of(new Domain(name), Duration.ofSeconds(30));
            assertThat(answer).as(name).isInstanceOf(StsAnswer.None.class);
        }
        assertThat(setting.dns.questions("_mta-sts.localhost.", "TXT")).isZero();
    }

    @Test
    void aRoundRenewsWhatIsADayOldAndTheAgeBeginsAnew() {
        setting.ask();
        setting.later(Duration.ofHours(23)).round();
        assertThat(setting.host.requests()).hasSize(1);
        setting.later(Duration.ofHours(1)).round();
        assertThat(setting.host.requests()).hasSize(2);
        assertThat(setting.cache().kept(Setting.DOMAIN).orElseThrow().fetched()).isEqualTo(setting.now());
        assertThat(setting.heard()).isEmpty();
    }

    @Test
    void aRoundFindsANewPolicyWithoutAnybodyAsking() {
        setting.ask();
        setting.txt("a2").host.serve(PolicyHost.enforce("mx.example.org", "mx2.example.org"));
        setting.later(Refresher.CHECKED).round();
        assertThat(setting.cache().kept(Setting.DOMAIN).orElseThrow().policy().names("mx2.example.org"))
                .isTrue();
        assertThat(setting.heard()).containsExactly("changed example.org");
    }

    @Test
    void aPolicyThatChangedUnderItsOldIdCountsAsNew() {
        setting.ask();
        setting.host.serve(PolicyHost.enforce("mx2.example.org"));
        setting.later(Refresher.RENEWED).round();
        assertThat(setting.heard()).containsExactly("changed example.org");
    }

    @Test
    void aRoundThatCanNotRenewSaysSoOnce() {
        setting.ask();
        setting.host.answer("HTTP/1.1 404 Not Found\r\n\r\n");
        setting.later(Refresher.RENEWED).round();
        setting.later(Refresher.CHECKED).round();
        assertThat(setting.heard()).containsExactly("failing example.org");
        assertThat(known(setting.ask()).trouble()).isPresent();
        setting.host.serve(POLICY);
        setting.later(Refresher.CHECKED).round();
        assertThat(known(setting.ask()).trouble()).isEmpty();
        setting.noTxt().later(Refresher.RENEWED).round();
        assertThat(setting.heard()).containsExactly("failing example.org", "failing example.org");
    }

    @Test
    void nobodyIsToldOfAModeNoneThatCanNotBeRenewed() {
        setting.host.serve("version: STSv1\nmode: none\nmax_age: 864000\n");
        setting.ask();
        setting.host.answer("HTTP/1.1 404 Not Found\r\n\r\n");
        setting.later(Refresher.RENEWED).round();
        assertThat(setting.heard()).isEmpty();
    }

    @Test
    void whatNobodyAskedForLatelyIsLeftAlone() {
        setting.host.serve(PolicyHost.policy("enforce", 31_557_600, "mx.example.org"));
        setting.ask();
        int asked = setting.dns.questions("_mta-sts.example.org.", "TXT");
        setting.later(Refresher.USED).round();
        assertThat(setting.dns.questions("_mta-sts.example.org.", "TXT")).isEqualTo(asked);
        setting.ask();
        setting.later(Refresher.CHECKED).round();
        assertThat(setting.host.requests()).hasSize(2);
    }

    @Test
    void aRoundForgetsWhatHasExpiredOnDiskToo() throws IOException {
        setting.ask();
        setting.noTxt().later(Duration.ofDays(8)).round();
        assertThat(setting.restart().cache().policies().size()).isZero();
    }

    @Test
    void whatFailsIsLookedAtLessOften() {
        setting.ask();
        setting.host.answer("HTTP/1.1 404 Not Found\r\n\r\n");
        setting.later(Refresher.RENEWED).round();
        assertThat(setting.host.requests()).hasSize(2);
        setting.later(Refresher.CHECKED).round();
        assertThat(setting.host.requests()).hasSize(2);
        setting.later(Refresher.CHECKED).round();
        assertThat(setting.host.requests()).hasSize(3);
        setting.later(Refresher.CHECKED.multipliedBy(4)).round();
        setting.later(Refresher.CHECKED.multipliedBy(8)).round();
        setting.later(Refresher.CHECKED.multipliedBy(8)).round();
        assertThat(setting.host.requests()).hasSize(6);
        setting.host.serve(POLICY);
        setting.later(Refresher.CHECKED.multipliedBy(8)).round();
        setting.later(Refresher.RENEWED).round();
        assertThat(setting.host.requests()).hasSize(8);
        assertThat(Refresher.PATIENCE).isLessThanOrEqualTo(Duration.ofSeconds(15));
    }

    /** Whoever has a zone has as many names in it as he likes, and a large policy for each. */
    @Test
    void heavyPoliciesGoBeforeTheyFillTheMemory() throws Exception {
        KeptPolicies policies = setting.cache().policies();
        for (int i = 0; i < 10; i++) {
            put(policies, "small" + i + ".example", List.of("mx.example"), Setting.START.minusSeconds(1_000));
        }
        List<String> large = IntStream.range(0, PolicyFile.MOST_PATTERNS)
                .mapToObj(i -> ("a".repeat(60) + ".").repeat(3) + "n" + i + ".example")
                .toList();
        for (int i = 0; i < 200; i++) {
            put(policies, "large" + i + ".example", large, Setting.START);
            assertThat(policies.weight()).isLessThanOrEqualTo(KeptPolicies.MOST_WEIGHT);
        }
        assertThat(policies.size()).isBetween(50, 200);
        for (int i = 0; i < 10; i++) {
            assertThat(policies.at("small" + i + ".example")).isNotNull();
        }
        long before = policies.weight();
        setting.restart();
        assertThat(setting.cache().policies().weight()).isEqualTo(before);
    }

    private static void put(KeptPolicies policies, String name, List<String> patterns, Instant used) {
        Domain domain = new Domain(name);
        StsPolicy policy = new StsPolicy(domain, "a", StsPolicy.Mode.ENFORCE, patterns, Duration.ofDays(7));
        policies.put(new KeptPolicy(policy, domain, Setting.START, used), Setting.START);
    }

    @Test
    void whenThereAreTooManyThoseGoThatEnforceNothing() throws Exception {
        try (Setting small = Setting.keeping(100, Files.createDirectory(folder.resolve("small")))) {
            fill(small);
        }
    }

    private static void fill(Setting small) {
        KeptPolicies policies = small.cache().policies();
        for (int i = 0; i < 101; i++) {
            Domain domain = new Domain("d" + i + ".example");
            StsPolicy.Mode mode = i == 50 ? StsPolicy.Mode.TESTING : StsPolicy.Mode.ENFORCE;
            StsPolicy policy = new StsPolicy(domain, "a", mode, List.of("mx.example"), Duration.ofDays(7));
            Instant then = Setting.START.minusSeconds(i);
            policies.put(new KeptPolicy(policy, domain, then, then), Setting.START);
        }
        assertThat(policies.size()).isLessThanOrEqualTo(100);
        assertThat(policies.at("d50.example")).isNull();
        assertThat(policies.at("d0.example")).isNotNull();
    }

    @Test
    void dnsThatFailsDoesNotMakeItForget() {
        setting.ask();
        setting.dns.fault("_mta-sts.example.org.", TestNameServer.Fault.SERVFAIL);
        StsAnswer.Known answer = known(setting.ask());
        assertThat(answer.policy().mode()).isEqualTo(StsPolicy.Mode.ENFORCE);
        assertThat(answer.trouble().map(StsAnswer.Trouble::fault))
                .isEqualTo(Optional.of(TlsFault.STS_POLICY_FETCH_ERROR));
    }
}
