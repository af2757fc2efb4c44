package dev.nexthop.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits for the slots of throttles, and in which order. */
class ThrottleLinesTest {
    private static final Executor NEVER = task -> {};

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private Throttles throttles(int most) {
        return new Throttles(() -> now, new ThrottleStore(folder, NEVER), most, Throttles.MOST_WAITING);
    }

    private static ThrottleSettings concurrency(int most) {
        return ThrottlesTest.concurrency(most);
    }

    private static ThrottleSettings rate(int count, Duration period) {
        return ThrottlesTest.rate(count, period);
    }

    private static boolean passes(Throttles throttles, Claim claim) {
        return ThrottlesTest.passes(throttles, claim);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverMoreThanTheConcurrencyAndNobodyIsForgotten(long seed) {
        Random random = new Random(seed);
        int most = 1 + random.nextInt(4);
        Throttles throttles = throttles(100);
        ThrottleSettings settings = concurrency(most);
        Claim claim = new Claim(settings, "");
        List<Pass> running = new ArrayList<>();
        List<Long> called = new ArrayList<>();
        int came = 0;
        int ended = 0;
        int vanished = 0;
        for (int step = 0; step < 5_000 || ended + vanished < came; step++) {
            now = now.plusMillis(random.nextInt(100));
            assertThat(step).as("it comes to an end").isLessThan(50_000);
            int what = random.nextInt(3);
            if (what == 0 && !running.isEmpty()) {
                running.remove(random.nextInt(running.size())).close();
                ended++;
            } else if (what == 1 && !called.isEmpty()) {
                long turn = called.remove(random.nextInt(called.size()));
                if (random.nextInt(10) == 0) {
                    vanished++; // it has gone; its slot is promised in vain for a second
                } else {
                    ask(throttles, claim, turn, running, called);
                }
            } else if (what == 2 && step < 5_000) {
                came++;
                ask(throttles, claim, Comer.NEW, running, called);
            } else {
                throttles.prod(claim, 0);
            }
            assertThat(running.size()).isLessThanOrEqualTo(most);
        }
        assertThat(running).isEmpty();
        now = now.plusSeconds(2);
        throttles.prod(claim, 0);
        assertThat(throttles.size()).as("what says nothing is forgotten").isZero();
    }

    @Test
    void allLinesTogetherAreBoundedAndWhoIsCalledLeavesRoom() {
        Throttles throttles = new Throttles(() -> now, new ThrottleStore(folder, NEVER), 10, 3);
        ThrottleSettings one = concurrency(1);
        throttles.follow(List.of(one));
        Claim first = new Claim(one, "a.test");
        Claim second = new Claim(one, "b.test");
        Pass pass = ((Throttles.Answer.Go) throttles.enter(List.of(first), new Comer(Comer.NEW, false))).pass();
        assertThat(throttles.enter(List.of(second), new Comer(Comer.NEW, false)))
                .isInstanceOf(Throttles.Answer.Go.class);
        List<String> called = new ArrayList<>();
        assertThat(throttles.park(first, throttles.turn(), () -> called.add("a")))
                .isTrue();
        assertThat(throttles.park(second, throttles.turn(), () -> called.add("b")))
                .isTrue();
        assertThat(throttles.park(second, throttles.turn(), () -> called.add("b")))
                .isTrue();
        assertThat(throttles.park(first, throttles.turn(), () -> called.add("a")))
                .isFalse();
        pass.close();
        assertThat(called).containsExactly("a");
        assertThat(throttles.park(second, throttles.turn(), () -> called.add("b")))
                .isTrue();
        assertThat(throttles.park(second, throttles.turn(), () -> called.add("b")))
                .isFalse();
        throttles.follow(List.of()); // others are in force: all of them are called
        assertThat(called).hasSize(4);
        assertThat(throttles.park(second, throttles.turn(), () -> called.add("b")))
                .isTrue();
    }

    @Test
    void whoWaitsIsCalledInTheOrderOfComingAndNobodyTakesItsSlot() {
        Throttles throttles = throttles(10);
        ThrottleSettings settings = concurrency(1);
        Claim claim = new Claim(settings, "");
        Pass pass = ((Throttles.Answer.Go) throttles.enter(List.of(claim), new Comer(Comer.NEW, false))).pass();
        List<Long> called = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long turn = throttles.turn();
            assertThat(throttles.park(claim, turn, () -> called.add(turn))).isTrue();
        }
        pass.close();
        pass.close();
        assertThat(called).containsExactly(0L);
        assertThat(throttles.enter(List.of(claim), new Comer(Comer.NEW, false)))
                .as("the slot is promised")
                .isEqualTo(new Throttles.Answer.No(new Refusal.Busy(claim)));
        assertThat(throttles.enter(List.of(claim), new Comer(0, false))).isInstanceOf(Throttles.Answer.Go.class);
        assertThat(throttles.prod(claim, 0)).isFalse();
        assertThat(called).containsExactly(0L);
    }

    /** Whoever is called takes longer to come than his slot is kept for, as on a busy disk. */
    @Test
    void oneAfterTheOtherGoesThoughEachIsLate() {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(concurrency(1), "");
        Deque<Long> called = new ArrayDeque<>();
        List<Pass> running = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long turn = throttles.turn();
            if (i == 0) {
                ask(throttles, claim, Comer.NEW, running, new ArrayList<>());
            }
            assertThat(throttles.park(claim, turn, () -> called.add(turn))).isTrue();
        }
        int done = 0;
        for (int second = 0; second < 100 && done < 20; second++) {
            done += running.size();
            running.forEach(Pass::close);
            running.clear();
            now = now.plusMillis(1_001);
            long late = called.remove();
            throttles.prod(claim, late);
            switch (throttles.enter(List.of(claim), new Comer(late, false))) {
                case Throttles.Answer.Go(Pass pass) -> running.add(pass);
                case Throttles.Answer.No _ ->
                    assertThat(throttles.park(claim, late, () -> called.add(late)))
                            .isTrue();
            }
        }
        assertThat(done).isEqualTo(20);
    }

    @Test
    void whoIsCalledAndThenHasToWaitForATimeLeavesHisSlotToTheNext() {
        Throttles throttles = throttles(10);
        Claim slot = new Claim(concurrency(1), "");
        Claim slow = new Claim(rate(1, Duration.ofHours(1)), "slow");
        assertThat(passes(throttles, slow)).isTrue();
        Pass pass = ((Throttles.Answer.Go) throttles.enter(List.of(slot), new Comer(Comer.NEW, false))).pass();
        List<Long> called = new ArrayList<>();
        for (long turn : new long[] {throttles.turn(), throttles.turn()}) {
            assertThat(throttles.park(slot, turn, () -> called.add(turn))).isTrue();
        }
        pass.close();
        assertThat(called).containsExactly(0L);
        Throttles.Answer answer = throttles.enter(List.of(slot, slow), new Comer(0, false));
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Throttles.Answer.No.class,
                        no -> assertThat(no.refusal()).isInstanceOf(Refusal.Later.class));
        assertThat(called).as("without time passing").containsExactly(0L, 1L);
    }

    @Test
    void whoWasCalledIsWaitedForAgainWhenTheClockWasSetBack() {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(concurrency(1), "");
        Pass pass = ((Throttles.Answer.Go) throttles.enter(List.of(claim), new Comer(Comer.NEW, false))).pass();
        List<Long> called = new ArrayList<>();
        for (long turn : new long[] {throttles.turn(), throttles.turn()}) {
            assertThat(throttles.park(claim, turn, () -> called.add(turn))).isTrue();
        }
        pass.close();
        now = now.minusSeconds(3_600);
        assertThat(throttles.prod(claim, 0)).as("his slot is kept").isTrue();
        assertThat(called).containsExactly(0L);
        now = now.plusSeconds(1);
        assertThat(throttles.prod(claim, 0)).isFalse();
        assertThat(called).containsExactly(0L, 1L);
    }

    @Test
    void whoCannotBeCalledHoldsUpNobody() {
        Throttles throttles = throttles(10);
        Claim claim = new Claim(concurrency(2), "");
        List<Pass> passes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ask(throttles, claim, Comer.NEW, passes, new ArrayList<>());
        }
        List<Long> called = new ArrayList<>();
        assertThat(throttles.park(claim, throttles.turn(), () -> {
                    throw new IllegalStateException("a bug");
                }))
                .isTrue();
        long second = throttles.turn();
        assertThat(throttles.park(claim, second, () -> called.add(second))).isTrue();
        throttles.follow(List.of(claim.throttle())); // the first time nobody is called
        assertThatThrownBy(() -> throttles.follow(List.of())).hasMessage("a bug");
        assertThat(called).containsExactly(second);
    }

    private static void ask(Throttles throttles, Claim claim, long turn, List<Pass> running, List<Long> called) {
        switch (throttles.enter(List.of(claim), new Comer(turn, false))) {
            case Throttles.Answer.Go(Pass pass) -> running.add(pass);
            case Throttles.Answer.No _ -> {
                long place = turn == Comer.NEW ? throttles.turn() : turn;
                assertThat(throttles.park(claim, place, () -> called.add(place)))
                        .isTrue();
            }
        }
    }
}
