package dev.nexthop.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Servers that are believed about DNSSEC beside one that is not: who is asked, and what is kept of the answers. */
class BelievedServersTest {
    private static final String ZONE = """
            signed.example. 300 IN TXT "here"
            other.example.  300 IN TXT "here"
            third.example.  300 IN TXT "here"
            broken.example. 300 IN A 192.0.2.3
            """;

    private final AtomicLong nanos = new AtomicLong();
    private final TestNameServer near = TestNameServer.start(ZONE).secure("signed.example", "other.example");
    private final TestNameServer next = TestNameServer.start(ZONE).secure("signed.example", "third.example");
    private final TestNameServer far = TestNameServer.start(ZONE);

    @AfterEach
    void close() {
        near.close();
        next.close();
        far.close();
    }

    /** All but {@link #far} are believed. */
    private Lookups asking(Duration timeout, InetSocketAddress... servers) {
        ResolverSettings settings =
                new ResolverSettings(List.of(servers), timeout, 2, false, 100, DnssecSettings.STANDARD);
        return new Lookups(
                new Exchange(settings.servers(), settings, server -> !server.equals(far.address())),
                settings.cacheSize(),
                nanos::get);
    }

    private Lookups asking(InetSocketAddress... servers) {
        return asking(Duration.ofSeconds(1), servers);
    }

    private static Question question(String name) {
        return new Question(Name.fromConstantString(name + "."), Type.TXT);
    }

    private static RawAnswer ask(Lookups lookups, String name) {
        return lookups.ask(question(name), lookups.deadline());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsNotBelievedIsAskedOnlyWhereAllOthersFailed(boolean farFirst) {
        Lookups lookups = farFirst
                ? asking(far.address(), near.address(), next.address())
                : asking(near.address(), next.address(), far.address());
        near.fault("signed.example", TestNameServer.Fault.SERVFAIL);
        next.fault("signed.example", TestNameServer.Fault.REFUSED);
        assertThat(ask(lookups, "signed.example").security()).isEqualTo(Security.INDETERMINATE);
        assertThat(next.questions()).as("each try").isEqualTo(2);
        assertThat(far.questions()).isEqualTo(1);
        assertThat(ask(lookups, "other.example").security()).isEqualTo(Security.SECURE);
        near.fault("third.example", TestNameServer.Fault.REFUSED);
        assertThat(ask(lookups, "third.example").security()).isEqualTo(Security.SECURE);
        assertThat(far.questions()).isEqualTo(1);
    }

    @Test
    void theLastGoodOneAmongTheBelievedIsAskedFirst() {
        Lookups lookups = asking(near.address(), next.address(), far.address());
        near.fault("other.example", TestNameServer.Fault.REFUSED);
        ask(lookups, "other.example");
        ask(lookups, "signed.example");
        assertThat(near.questions()).isEqualTo(1);
        assertThat(next.questions()).isEqualTo(2);
    }

    @Test
    void silentServersLeaveTimeForTheOthers() {
        Lookups lookups = asking(Duration.ofMillis(200), near.address(), far.address());
        near.fault("signed.example", TestNameServer.Fault.SILENT);
        assertThat(ask(lookups, "signed.example")).isInstanceOf(RawAnswer.Records.class);
    }

    @Test
    void whatWhoIsNotBelievedSaysIsKeptBriefly() {
        Lookups lookups = asking(near.address(), far.address());
        near.fault("signed.example", TestNameServer.Fault.REFUSED).fault("gone.example", TestNameServer.Fault.REFUSED);
        assertThat(ask(lookups, "signed.example").security()).isEqualTo(Security.INDETERMINATE);
        near.mend("signed.example");
        nanos.addAndGet(RawAnswer.UNBELIEVED_KEPT.toNanos() - 1);
        assertThat(ask(lookups, "signed.example").security()).isEqualTo(Security.INDETERMINATE);
        nanos.addAndGet(2);
        assertThat(ask(lookups, "signed.example").security()).isEqualTo(Security.SECURE);
        assertThat(ask(lookups, "signed.example").ttl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(ask(asking(far.address()), "signed.example").ttl())
                .as("where nobody is believed, nothing is to be won back")
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(ask(lookups, "gone.example").ttl()).isLessThanOrEqualTo(RawAnswer.UNBELIEVED_KEPT);
    }

    /** An outage of the believed server is no sign that it does not validate. */
    @ParameterizedTest
    @CsvSource({"signed.example, ''", "'', broken.example", "signed.example, broken.example"})
    void theSelfTestSaysNothingAboutServersThatDidNotAnswer(String signed, String bogus) {
        near.fault("signed.example", TestNameServer.Fault.REFUSED)
                .fault("broken.example", TestNameServer.Fault.REFUSED);
        far.add("signed.example. 300 IN SOA ns.test. ns.test. 1 1 1 1 1");
        DnssecSettings settings = new DnssecSettings(DnssecSettings.Mode.TRUST_AD, List.of(), "", signed, bogus);
        assertThat(new SelfTest(asking(near.address(), far.address()), settings).run())
                .isInstanceOfSatisfying(
                        Verdict.Untested.class,
                        untested -> assertThat(untested.line()).contains("not by a server that is believed"));
    }

    /** The query with CD that goes between the first and the second line is always answered. */
    @ParameterizedTest
    @CsvSource({
        "SERVFAIL SECURE,              SECURE,        3, 0",
        "SERVFAIL,                     BOGUS,         3, 0",
        "SERVFAIL REFUSED SECURE,      SECURE,        4, 0",
        "SERVFAIL UNREACHABLE SECURE,  SECURE,        4, 0",
        "SERVFAIL REFUSED SERVFAIL,    BOGUS,         4, 0",
        "SERVFAIL UNREACHABLE REFUSED, INDETERMINATE, 4, 1",
    })
    void aServerThatWasMerelySlowIsAskedOnceMore(String script, Security security, int questions, int others) {
        List<ScriptedNameServer.Line> lines = Arrays.stream(script.split(" "))
                .map(ScriptedNameServer.Line::valueOf)
                .toList();
        try (ScriptedNameServer slow = new ScriptedNameServer(lines)) {
            RawAnswer answer = ask(asking(slow.address(), far.address()), "signed.example");
            assertThat(answer.security()).isEqualTo(security);
            assertThat(answer instanceof RawAnswer.Trouble).isEqualTo(security == Security.BOGUS);
            assertThat(slow.questions()).isEqualTo(questions);
            assertThat(far.questions()).isEqualTo(others);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 50})
    void wantOfTimeIsNoFailureOfTheDomain(long millis) {
        Lookups lookups = asking(Duration.ofSeconds(5), near.address());
        near.fault("signed.example", TestNameServer.Fault.SILENT);
        RawAnswer hurried = lookups.ask(
                question("signed.example"),
                System.nanoTime() + Duration.ofMillis(millis).toNanos());
        assertThat(hurried).isInstanceOf(RawAnswer.Trouble.class);
        assertThat(hurried.ttl()).isZero();
        near.mend("signed.example");
        assertThat(ask(lookups, "signed.example")).isInstanceOf(RawAnswer.Records.class);
    }

    @ParameterizedTest
    @CsvSource({"SILENT, 200", "REFUSED, 5000"})
    void aServerThatHadItsTimeOrFailedBeforeIsOne(TestNameServer.Fault fault, int timeout) {
        near.fault("signed.example", fault);
        assertThat(ask(asking(Duration.ofMillis(timeout), near.address()), "signed.example")
                        .ttl())
                .isEqualTo(RawAnswer.FAILURE_KEPT);
    }

    @ParameterizedTest
    @CsvSource({"10000, true", "20, false"})
    void aValidatorThatHadNoTimeForOneQuestionSaysSo(long oneQuestion, boolean wantOfTime) {
        Asker silent = new Asker() {
            @Override
            public Reply ask(Question question, long deadline) throws NoAnswerException, InterruptedException {
                assertThat(new CountDownLatch(1).await(2, TimeUnit.SECONDS)).isFalse();
                throw new NoAnswerException("silence");
            }

            @Override
            public Duration longest() {
                return Duration.ofMillis(oneQuestion);
            }
        };
        Validator validator = new Validator(silent, "", Clock.systemUTC());
        NoAnswerException late = catchThrowableOfType(
                NoAnswerException.class,
                () -> validator.ask(
                        question("signed.example"),
                        System.nanoTime() + Duration.ofMillis(100).toNanos()));
        assertThat(late).hasMessageContaining("took too long");
        assertThat(late.isForWantOfTime()).isEqualTo(wantOfTime);
    }
}
