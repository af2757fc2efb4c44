package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mail whose hosts were not reached, while processors are what everybody waits for. */
class GivingWayTest {
    private static final int TOTAL = 100;

    private final World world = World.started();
    private final Tickets tickets = new Tickets();
    private final Contention contention = new Contention();
    private final List<Instant> alarms = new ArrayList<>();
    private final Deque<Runnable> wakes = new ArrayDeque<>();
    private final List<Ticket> started = new ArrayList<>();
    private final Admission admission = new Admission(
            new Machinery(world.clock(), this::alarm, Runnable::run, Runnable::run, Runnable::run, contention),
            new Admission.Effects() {
                @Override
                public void started(List<Ticket> some) {
                    started.addAll(some);
                }

                @Override
                public void called(long[] ids) {
                    throw new AssertionError("everybody finds a place");
                }
            });
    private final Deque<Ticket> running = new ArrayDeque<>();

    private void alarm(Instant when, Runnable task) {
        alarms.add(when);
        wakes.add(task);
    }

    private void processors(long waitMicros) {
        for (int i = 0; i < 50; i++) {
            contention.felt(waitMicros * 1_000);
        }
    }

    private void begin(int doubted) {
        world.attemptsAtOnce = TOTAL;
        world.reload();
        try (Ruleset rules = world.parts().rules().open()) {
            admission.follow(rules, Set.of());
        }
        for (int i = 0; i < doubted; i++) {
            Ticket first = tickets.make(0, 1);
            assertThat(admission.offer(first, domain(i), false)).isEqualTo(Admission.Place.RUNS);
            admission.finished(first, 1, World.unreachable());
        }
        for (int i = 0; i < doubted; i++) {
            Ticket again = tickets.make(0, 1);
            if (admission.offer(again, domain(i), false) == Admission.Place.RUNS) {
                running.add(again);
            }
        }
    }

    private static String domain(int number) {
        return "mx:down" + number + ".test";
    }

    /** Ends the oldest attempt; who starts for that runs now. */
    private int endOne() {
        List<Ticket> next = admission
                .finished(running.removeFirst(), 1, World.unreachable())
                .started();
        running.addAll(next);
        return next.size();
    }

    @Test
    void theDoubtedGiveWayToAFew() {
        processors(2_000);
        begin(300);
        assertThat(running).hasSize(TOTAL / 2);
        for (int i = 0; i < 100; i++) {
            endOne();
        }
        assertThat(running).hasSize(2);

        Ticket fresh = tickets.make(0, 1);
        assertThat(admission.offer(fresh, "mx:new.test", false)).isEqualTo(Admission.Place.RUNS);
    }

    /** Such attempts may last: they wait for a network, and the processors are busy with something else. */
    @Test
    void oneMoreBeginsAfterEachPauseThoughNoneEnds() {
        processors(2_000);
        begin(300);
        for (int i = 0; i < 100; i++) {
            endOne();
        }
        for (int more = 1; more <= 5; more++) {
            assertThat(alarms.getLast())
                    .isEqualTo(world.clock()
                            .instant()
                            .truncatedTo(ChronoUnit.MILLIS)
                            .plus(Slots.PAUSE));
            world.advance(Slots.PAUSE);
            wakes.removeLast().run();
            assertThat(started).hasSize(more);
        }
    }

    @Test
    void theyComeBackWhenTheProcessorsAreFree() {
        processors(2_000);
        begin(600);
        for (int i = 0; i < 100; i++) {
            endOne();
        }
        processors(200);
        for (int i = 0; i < 100; i++) {
            endOne();
        }
        assertThat(running).hasSize(TOTAL / 2);
    }

    @Test
    void oneLongWaitIsNotTakenForLoad() {
        processors(200);
        contention.felt(1_000_000_000);
        assertThat(contention.high()).isFalse();
        contention.felt(1_000_000_000);
        assertThat(contention.high()).isTrue();
    }
}
