package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Looks through the queue for what has changed: one for many things, and again when it fails, but not for ever. */
class ErrandTest {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final List<Set<String>> looks = new ArrayList<>();
    private final Deque<Runnable> jobs = new ArrayDeque<>();
    private final Deque<Runnable> alarms = new ArrayDeque<>();
    private final List<Duration> pauses = new ArrayList<>();
    private boolean broken;

    private final Machinery machinery = new Machinery(
            () -> Instant.EPOCH,
            (when, task) -> {
                pauses.add(Duration.between(Instant.EPOCH, when));
                alarms.add(task);
            },
            Runnable::run,
            Runnable::run,
            jobs::add);

    private final Errand<String> errand =
            new Errand<>(machinery, new Errand.Manner("things have changed", PAUSE), things -> {
                looks.add(new LinkedHashSet<>(things));
                if (broken) {
                    throw new IOException("another change of the queue did not end");
                }
                return 1;
            });

    private void work() {
        while (!jobs.isEmpty()) {
            jobs.remove().run();
        }
    }

    private void ring() {
        alarms.remove().run();
        work();
    }

    @Test
    void oneLookIsForAllThatHasChangedUntilThen() {
        errand.run(Set.of("a"));
        errand.run(Set.of("b"));
        work();
        errand.run(Set.of("c"));
        work();
        assertThat(looks).containsExactly(Set.of("a", "b"));
        ring();
        assertThat(looks).containsExactly(Set.of("a", "b"), Set.of("c"));
        ring();
        errand.run(Set.of());
        work();
        assertThat(looks).hasSize(2);
        errand.run(Set.of("d"));
        work();
        assertThat(looks).last().isEqualTo(Set.of("d"));
        assertThat(pauses).containsOnly(PAUSE);
    }

    @Test
    void whatFailedIsDoneLaterTogetherWithWhatIsNew() {
        broken = true;
        errand.run(Set.of("a"));
        work();
        errand.run(Set.of("b"));
        broken = false;
        work();
        assertThat(looks).containsExactly(Set.of("a"));
        assertThat(pauses).containsExactly(Errand.AFTER_FAILURE);
        ring();
        assertThat(looks).containsExactly(Set.of("a"), Set.of("a", "b"));
        ring();
        assertThat(alarms).isEmpty();
    }

    @Test
    void whatFailsAgainAndAgainIsGivenUp() {
        broken = true;
        errand.run(Set.of("a"));
        work();
        while (!alarms.isEmpty()) {
            ring();
        }
        assertThat(looks).hasSize(Errand.MOST_FAILURES);
        broken = false;
        errand.run(Set.of("b"));
        work();
        assertThat(looks).as("and another change begins anew").last().isEqualTo(Set.of("b"));
    }

    @Test
    void itIsBounded() {
        Set<String> most = IntStream.range(0, Errand.MOST)
                .mapToObj(Integer::toString)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        errand.run(most);
        errand.run(Set.of("other"));
        errand.run(Set.of("7"));
        work();
        assertThat(looks).containsExactly(most);
    }

    @Test
    void aStopEndsIt() {
        broken = true;
        errand.run(Set.of("a"));
        work();
        errand.stop();
        ring();
        errand.run(Set.of("b"));
        work();
        assertThat(looks).hasSize(1);
    }
}
