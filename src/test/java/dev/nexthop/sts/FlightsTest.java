package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.e2e.PolicyHost;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.sts.Flights.End;
import dev.nexthop.sts.PolicyFetcher.Fetched;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What policy hosts that never end their answers can take from others. */
class FlightsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Fetched POLICY =
            new Fetched.Policy(new PolicyFile(StsPolicy.Mode.ENFORCE, List.of("mx.example"), Duration.ofDays(1)));
    private static final Fetched FAILED =
            new Fetched.Failed(new StsAnswer.Trouble(TlsFault.STS_POLICY_FETCH_ERROR, "no answer"));

    private final CountDownLatch end = new CountDownLatch(1);

    /** Fetches that are under way until the end. */
    private void tarpits(Flights flights, int count, String suffix) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            String name = "d" + i + suffix;
            Thread.ofVirtual()
                    .start(() -> flights.join(name, LONG, _ -> {
                        begun.countDown();
                        awaitEnd();
                        return FAILED;
                    }));
        }
        begun.await();
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whoFindsNoRoomIsToldSoAndSoon() throws InterruptedException {
        Flights flights = new Flights();
        tarpits(flights, FetchRoom.MOST, ".example");
        assertThat(flights.join("other.test", SHORT, _ -> POLICY)).isInstanceOf(End.NoRoom.class);
        long start = System.nanoTime();
        assertThat(flights.join("other.test", LONG, _ -> POLICY)).isInstanceOf(End.NoRoom.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.dividedBy(2));
        end.countDown();
        assertThat(flights.join("other.test", LONG, _ -> POLICY)).isEqualTo(new End.Landed(POLICY));
    }

    @Test
    void namesBelowOneDomainHaveAPartOfTheRoom() throws InterruptedException {
        Flights flights = new Flights();
        tarpits(flights, FetchRoom.MOST_OF_PARENT, ".a.evil.example");
        assertThat(flights.join("b.evil.example", SHORT, _ -> POLICY)).isInstanceOf(End.NoRoom.class);
        assertThat(flights.join("evil.example", SHORT, _ -> POLICY)).isInstanceOf(End.NoRoom.class);
        assertThat(flights.join("good.example", SHORT, _ -> POLICY)).isEqualTo(new End.Landed(POLICY));
        end.countDown();
        assertThat(flights.join("b.evil.example", LONG, _ -> POLICY)).isEqualTo(new End.Landed(POLICY));
    }

    /** Who has seen the end of a fetch and asks again must not be given that end again. */
    @Test
    void aFetchThatHasEndedIsJoinedByNobody() {
        Flights flights = new Flights();
        for (int i = 0; i < 2_000; i++) {
            assertThat(flights.join("a.example", LONG, _ -> FAILED)).isEqualTo(new End.Landed(FAILED));
            assertThat(flights.join("a.example", LONG, _ -> POLICY)).isEqualTo(new End.Landed(POLICY));
        }
    }

    @Test
    void aFetchHasTheTimeThatIsLeftAndAMinuteAtMost() {
        Duration[] given = new Duration[1];
        new Flights().join("a.example", LONG, time -> {
            given[0] = time;
            return POLICY;
        });
        assertThat(given[0]).isBetween(LONG.dividedBy(2), LONG);
        assertThat(PolicyCache.limited(Duration.ofMinutes(10))).isEqualTo(Duration.ofMinutes(1));
        assertThat(PolicyCache.limited(SHORT)).isEqualTo(SHORT);
    }

    @Test
    void withoutRoomThereIsNoAnswer(@TempDir Path folder) throws Exception {
        try (Setting setting = Setting.at(folder).txt("a1")) {
            setting.host.serve(PolicyHost.enforce("mx.example.org"));
            tarpits(setting.cache().flights(), FetchRoom.MOST_OF_PARENT, ".example.org");
            assertThat(setting.ask(SHORT)).isInstanceOf(StsAnswer.Busy.class);
            assertThat(setting.host.requests()).isEmpty();
            end.countDown();
            assertThat(setting.ask()).isInstanceOf(StsAnswer.Known.class);
        }
    }

    @Test
    void withoutRoomAKeptPolicyStands(@TempDir Path folder) throws Exception {
        try (Setting setting = Setting.at(folder).txt("a1")) {
            setting.host.serve(PolicyHost.enforce("mx.example.org"));
            StsAnswer kept = setting.ask();
            tarpits(setting.cache().flights(), FetchRoom.MOST_OF_PARENT, ".example.org");
            assertThat(setting.txt("a2").ask(SHORT)).isEqualTo(kept);
            end.countDown();
        }
    }
}
