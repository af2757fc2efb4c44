package dev.nexthop.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.store.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What throttles let pass. */
class ThrottlesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Executor NEVER = task -> {};

    private Instant now = START;

    @TempDir
    private Path folder;

    private Throttles throttles(int most) {
        return new Throttles(() -> now, new ThrottleStore(folder, NEVER), most, Throttles.MOST_WAITING);
    }

    static ThrottleSettings rate(int count, Duration period) {
        return new ThrottleSettings(
                "x",
                List.of(LimitKey.RCPT_DOMAIN),
                Match.ALL,
                Optional.of(new Rate(count, period)),
                OptionalInt.empty(),
                0);
    }

    static ThrottleSettings both(int count, Duration period, int concurrency) {
        return new ThrottleSettings(
                "x",
                List.of(LimitKey.RCPT_DOMAIN),
                Match.ALL,
                Optional.of(new Rate(count, period)),
                OptionalInt.of(concurrency),
                0);
    }

    static ThrottleSettings concurrency(int most) {
        return new ThrottleSettings("x", List.of(), Match.ALL, Optional.empty(), OptionalInt.of(most), 0);
    }

    /** A transaction under way. */
    private record Held(Pass pass, Instant since) {}

    static boolean passes(Throttles throttles, Claim claim) {
        return throttles.enter(List.of(claim), new Comer(Comer.NEW, false)) instanceof Throttles.Answer.Go go
                && done(go);
    }

    private static boolean done(Throttles.Answer.Go go) {
        go.pass().close();
        return true;
    }

    @ParameterizedTest
    @CsvSource({"100/1s, 100, 1000", "25/1h, 25, 3600000", "1/1ms, 1, 1", "3/2d, 3, 172800000", "7/90s, 7, 90000"})
    void aRateIsWrittenAsItIsRead(String text, int count, long millis) {
        assertThat(new Rate(count, Duration.ofMillis(millis))).hasToString(text);
    }

    @Test
    void aBurstPassesAndThenOneForEachInterval() {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(rate(3, Duration.ofSeconds(3)), "b.test");
        for (int i = 0; i < 3; i++) {
            assertThat(passes(throttles, claim)).isTrue();
        }
        assertThat(passes(throttles, claim)).isFalse();
        assertThat(passes(throttles, new Claim(claim.throttle(), "c.test"))).isTrue();
        now = now.plusMillis(999);
        assertThat(passes(throttles, claim)).isFalse();
    }

    /** Whoever comes, waits, is late or does not come at all: no window of time sees more than the rate and one burst. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void neverMoreThanTheRateAndABurst(long seed) {
        Random random = new Random(seed);
        Rate rate = new Rate(1 + random.nextInt(5), Duration.ofMillis(1 + random.nextInt(5_000)));
        Throttles throttles = throttles(100);
        Claim claim = new Claim(rate(rate.count(), rate.period()), "b.test");
        List<Instant> passed = new ArrayList<>();
        List<Held> held = new ArrayList<>();
        PriorityQueue<Instant> waiting = new PriorityQueue<>();
        int unused = 0;
        int came = 0;
        for (int step = 0; step < 4_000; step++) {
            now = now.plusMillis(random.nextInt(10) == 0 ? random.nextInt(3_000) : random.nextInt(30));
            boolean due = !waiting.isEmpty() && !waiting.peek().isAfter(now);
            boolean fresh = step < 2_000 && random.nextInt(3) == 0;
            if (!held.isEmpty() && random.nextInt(4) == 0) {
                Held one = held.remove(random.nextInt(held.size()));
                if (random.nextInt(3) == 0) {
                    one.pass().unused(); // no host was connected
                    unused++;
                } else {
                    one.pass().close();
                    passed.add(one.since());
                }
            }
            if (due && random.nextInt(20) == 0) {
                waiting.remove(); // cancelled
                came--;
            } else if (due || fresh) {
                came += due ? 0 : 1;
                if (due) {
                    waiting.remove();
                }
                switch (throttles.enter(List.of(claim), new Comer(Comer.NEW, due))) {
                    case Throttles.Answer.Go(Pass pass) -> held.add(new Held(pass, now));
                    case Throttles.Answer.No(Refusal refusal) -> {
                        Instant until = ((Refusal.Later) refusal).until();
                        assertThat(until).isAfter(now);
                        waiting.add(until);
                    }
                }
            }
        }
        held.forEach(one -> passed.add(one.since()));
        passed.sort(null);
        for (int from = 0; from < passed.size(); from++) {
            for (int to = from; to < Math.min(passed.size(), from + 40); to++) {
                double window =
                        Duration.between(passed.get(from), passed.get(to)).toNanos();
                double most = rate.count()
                        + Math.floor(window * rate.count() / rate.period().toNanos());
                assertThat(to - from + 1).isLessThanOrEqualTo((int) most);
            }
        }
        assertThat(passed.size() + unused + waiting.size()).isEqualTo(came);
        assertThat(passed.size()).isGreaterThan(10);
    }

    @Test
    void aClaimIsGrantedWholeOrNotAtAll() {
        Throttles throttles = throttles(10);
        Claim fast = new Claim(both(10, Duration.ofSeconds(10), 5), "b.test");
        Claim slow = new Claim(rate(1, Duration.ofHours(1)), "slow");
        assertThat(passes(throttles, slow)).isTrue();
        for (int i = 0; i < 20; i++) {
            assertThat(throttles.enter(List.of(fast, slow), new Comer(Comer.NEW, false)))
                    .isInstanceOf(Throttles.Answer.No.class);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(passes(throttles, fast)).as("nothing of it was taken").isTrue();
        }
        assertThat(passes(throttles, fast)).isFalse();
    }

    @Test
    void whatIsNotUsedComesBack() {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(rate(1, Duration.ofHours(1)), "b.test");
        Pass pass = ((Throttles.Answer.Go) throttles.enter(List.of(claim), new Comer(Comer.NEW, false))).pass();
        assertThat(passes(throttles, claim)).isFalse();
        now = now.plusSeconds(1);
        pass.unused();
        assertThat(passes(throttles, new Claim(claim.throttle(), "c.test"))).isTrue();
    }

    @Test
    void whatHasPassedMeanwhileDoesNotComeBack() {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(rate(1, Duration.ofMinutes(1)), "b.test");
        Pass idle = ((Throttles.Answer.Go) throttles.enter(List.of(claim), new Comer(Comer.NEW, false))).pass();
        now = now.plusSeconds(60);
        assertThat(passes(throttles, claim)).isTrue();
        idle.unused();
        assertThat(passes(throttles, claim))
                .as("a second one within the minute")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"70000, 1000", "999983, 1000", "3, 1"})
    void aRateThatDoesNotDivideItsPeriodIsKept(int count, long millis) {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(rate(count, Duration.ofMillis(millis)), "b.test");
        for (int i = 0; i < count; i++) {
            assertThat(passes(throttles, claim)).isTrue();
        }
        assertThat(passes(throttles, claim)).isFalse();
    }

    @Test
    void whereThereIsNoRoomForACountOneWaits() {
        Throttles throttles = throttles(3);
        ThrottleSettings settings = rate(1, Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            assertThat(passes(throttles, new Claim(settings, "d" + i))).isTrue();
        }
        Claim claim = new Claim(settings, "more");
        assertThat(throttles.enter(List.of(claim), new Comer(Comer.NEW, false)))
                .isEqualTo(new Throttles.Answer.No(new Refusal.Later(claim, START.plusSeconds(20), true)));
        assertThat(throttles.size()).isEqualTo(3);
        now = now.plusSeconds(3_601);
        assertThat(passes(throttles, claim)).as("the others are forgotten").isTrue();
        assertThat(throttles.size()).isEqualTo(1);
    }

    @Test
    void whatIsForgottenToMakeRoomIsNeverACountThatIsAskedFor() {
        Throttles throttles = throttles(3);
        ThrottleSettings fast = both(1, Duration.ofSeconds(1), 1);
        assertThat(passes(throttles, new Claim(fast, "old"))).isTrue();
        assertThat(passes(throttles, new Claim(fast, "older"))).isTrue();
        now = now.plusSeconds(2);
        List<Claim> claims = List.of(new Claim(fast, "a"), new Claim(fast, "b"), new Claim(fast, "c"));
        Throttles.Answer answer = throttles.enter(claims, new Comer(Comer.NEW, false));
        assertThat(answer).isInstanceOf(Throttles.Answer.Go.class);
        assertThat(done((Throttles.Answer.Go) answer)).isTrue();
        now = now.plusSeconds(2);
        for (Claim claim : claims) {
            assertThat(passes(throttles, claim)).as("its slot came back").isTrue();
        }
        Claim more = new Claim(fast, "d");
        assertThat(throttles.enter(List.of(claims.getFirst(), more), new Comer(Comer.NEW, false)))
                .as("there is no room for all of it")
                .isEqualTo(new Throttles.Answer.No(new Refusal.Later(more, now.plusSeconds(20), true)));
    }

    private Instant until(Throttles throttles, Claim claim, boolean waited) {
        return switch (throttles.enter(List.of(claim), new Comer(Comer.NEW, waited))) {
            case Throttles.Answer.Go go -> {
                go.pass().close();
                yield now;
            }
            case Throttles.Answer.No(Refusal refusal) -> ((Refusal.Later) refusal).until();
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void nobodyWaitsForThoseWhoHaveLeftTheQueue(int burst) {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(rate(burst, Duration.ofMinutes(burst)), "b.test"); // one a minute
        for (int i = 0; i < burst; i++) {
            assertThat(until(throttles, claim, false)).isEqualTo(now);
        }
        Instant last = now;
        for (int i = 0; i < 30; i++) {
            last = until(throttles, claim, false);
        }
        assertThat(last).isAfterOrEqualTo(START.plus(Duration.ofMinutes(30)));
        now = START.plus(Duration.ofMinutes(2)).plusSeconds(9);
        assertThat(until(throttles, claim, false)).as("somebody may come yet").isAfter(last);
        now = START.plus(Duration.ofMinutes(2)).plusSeconds(11);
        assertThat(until(throttles, claim, false)).as("all were cancelled").isEqualTo(now);
        assertThat(until(throttles, claim, false)).isBeforeOrEqualTo(now.plus(Duration.ofMinutes(1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void whoComesLaterGoesBehindALineOfWhichEveryOtherOneHasLeft(int burst) {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(rate(burst, Duration.ofMinutes(burst)), "b.test");
        for (int i = 0; i < burst; i++) {
            assertThat(until(throttles, claim, false)).isEqualTo(now);
        }
        List<Instant> line = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            line.add(until(throttles, claim, false));
        }
        for (int i = 1; i < 14; i += 2) {
            now = line.get(i);
            assertThat(until(throttles, claim, true)).isEqualTo(now);
        }
        assertThat(until(throttles, claim, false)).isAfter(line.getLast());
    }

    @Test
    void aClockSetBackHoldsUpNobodyForLongerThanItMay() {
        Throttles throttles = throttles(10);
        Claim slot =
                new Claim(new ThrottleSettings("x", List.of(), Match.ALL, Optional.empty(), OptionalInt.of(1), 0), "");
        Pass pass = ((Throttles.Answer.Go) throttles.enter(List.of(slot), new Comer(Comer.NEW, false))).pass();
        assertThat(throttles.park(slot, throttles.turn(), () -> {})).isTrue();
        pass.close(); // who was called never comes
        Claim rated = new Claim(rate(1, Duration.ofMinutes(1)), "b.test");
        assertThat(until(throttles, rated, false)).isEqualTo(now);
        now = now.plusSeconds(30);
        assertThat(until(throttles, rated, true)).isAfter(now);
        now = START.minus(Duration.ofDays(2));
        assertThat(passes(throttles, slot)).as("it is promised").isFalse();
        assertThat(until(throttles, rated, true)).as("who had waited").isBeforeOrEqualTo(now.plus(Duration.ofHours(2)));
        now = now.plusSeconds(1);
        assertThat(passes(throttles, slot)).isTrue();
        now = now.plus(Duration.ofHours(3));
        assertThat(until(throttles, rated, false)).isEqualTo(now);
        assertThat(until(throttles, rated, true)).as("one who had waited then").isEqualTo(now.plusSeconds(60));
    }

    @Test
    void aClockSetBackDoesNotKeepCountsThatSayNothing() {
        Throttles throttles = throttles(2);
        ThrottleSettings fast = rate(1, Duration.ofSeconds(1));
        assertThat(passes(throttles, new Claim(fast, "a"))).isTrue();
        assertThat(passes(throttles, new Claim(fast, "b"))).isTrue();
        assertThat(passes(throttles, new Claim(fast, "c"))).isFalse();
        now = START.minus(Duration.ofDays(2));
        assertThat(passes(throttles, new Claim(fast, "c"))).isFalse();
        now = now.plusSeconds(1);
        assertThat(passes(throttles, new Claim(fast, "c"))).isTrue();
    }

    @Test
    void slowRatesSurviveARestartAndFastOnesNeedNot() throws Exception {
        ThrottleSettings slow = rate(2, Duration.ofHours(1));
        ThrottleSettings fast = rate(2, Duration.ofSeconds(59));
        try (Throttles before = throttles(10)) {
            before.prepare(List.of(slow, fast));
            for (int i = 0; i < 2; i++) {
                assertThat(passes(before, new Claim(slow, "b.test"))).isTrue();
                assertThat(passes(before, new Claim(fast, "b.test"))).isTrue();
            }
            assertThat(passes(before, new Claim(slow, "b.test"))).isFalse();
        }
        now = now.plusSeconds(10);
        try (Throttles after = throttles(10)) {
            after.prepare(List.of(slow, fast));
            assertThat(passes(after, new Claim(slow, "b.test"))).isFalse();
            assertThat(passes(after, new Claim(slow, "c.test"))).isTrue();
            assertThat(passes(after, new Claim(fast, "b.test"))).isTrue();
        }
        now = now.plusSeconds(3_600);
        try (Throttles later = throttles(10)) {
            later.prepare(List.of(slow, fast));
            assertThat(passes(later, new Claim(slow, "b.test"))).isTrue();
        }
    }

    @Test
    void countsThatCannotBeReadBeginAnewAndThatIsTold() throws Exception {
        ThrottleSettings slow = rate(1, Duration.ofHours(1));
        for (int start = 0; start < 2; start++) { // what the first leaves in the log is a table behind the second
            try (Throttles before = throttles(10)) {
                assertThat(before.prepare(List.of(slow))).isEmpty();
                assertThat(passes(before, new Claim(slow, "b.test"))).isEqualTo(start == 0);
            }
        }
        Faults.damageTables(folder);
        try (Throttles after = throttles(10)) {
            assertThat(after.prepare(List.of(slow)))
                    .singleElement()
                    .asString()
                    .endsWith("; the counts from there on begin anew");
            assertThat(passes(after, new Claim(slow, "b.test"))).isTrue();
            assertThat(passes(after, new Claim(slow, "b.test"))).isFalse();
        }
    }

    @Test
    void changesAreOnDiskAMomentLaterWithoutAClose() throws Exception {
        ThrottleSettings slow = rate(1, Duration.ofHours(1));
        Deque<Runnable> writes = new ArrayDeque<>();
        Throttles running =
                new Throttles(() -> now, new ThrottleStore(folder, writes::add), 10, Throttles.MOST_WAITING);
        running.prepare(List.of(slow));
        assertThat(passes(running, new Claim(slow, "b.test"))).isTrue();
        writes.remove().run();
        running.close();
        try (Throttles after = throttles(10)) {
            after.prepare(List.of(slow));
            assertThat(passes(after, new Claim(slow, "b.test"))).isFalse();
        }
    }

    @Test
    void aReasonNamesItsThrottleAndKeepsTheFailureBeforeIt() {
        Claim claim = new Claim(rate(100, Duration.ofSeconds(1)), "example.com");
        Refusal.Later later = new Refusal.Later(claim, START, false);
        String first = later.reason("the host refused");
        assertThat(first)
                .isEqualTo("rate limited by throttle 'x' (100/1s for example.com), goes on at 2026-01-01T00:00:00Z;"
                        + " before that: the host refused");
        assertThat(later.reason(first)).isEqualTo(first);
        assertThat(later.reason(later.reason(""))).isEqualTo(later.reason(""));
        assertThat(Claim.throttleOf(first)).isEqualTo("x");
        assertThat(Claim.throttleOf("the host refused")).isEmpty();
    }
}
