package dev.nexthop.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which commits linger, and what ends it. A line that wrongly lingers does so for a year, and the time limit tells. */
@Timeout(30)
class WaitingLineTest {
    private static final Family FAMILY = new Family("f", Family.Kind.RECORDS);
    private static final Duration YEAR = Duration.ofNanos(WaitingLine.FOREVER);
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(2);

    private final WaitingLine line = new WaitingLine(YEAR, YEAR);

    private static Commit commit(Promise promise, long octets) {
        return Commit.of(List.of(new Edit.Put(FAMILY, new byte[1], new byte[(int) octets])), promise);
    }

    private static Commit soon() {
        return commit(Promise.WRITTEN_SOON, 1);
    }

    private void add(Commit commit) throws InterruptedException {
        assertThat(line.add(commit, 0)).isEqualTo(WaitingLine.Entry.TAKEN);
    }

    private static List<Commit> drain(WaitingLine line, long patience) throws InterruptedException {
        List<Commit> group = new ArrayList<>();
        line.drainTo(group, Committer.MAX_GROUP, Committer.MAX_GROUP_WEIGHT, patience);
        return group;
    }

    /** Drains on a thread of its own and returns when that lingers. */
    private CompletableFuture<List<Commit>> lingering() {
        CompletableFuture<List<Commit>> drained = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                drained.complete(drain(line, WaitingLine.FOREVER));
            } catch (InterruptedException e) {
                drained.completeExceptionally(e);
            }
        });
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(drained).isNotDone();
            Thread.onSpinWait();
        }
        return drained;
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNCED_SOON", "WRITTEN_SOON"})
    void commitsThatNobodyWaitsForLinger(Promise promise) throws Exception {
        Commit commit = commit(promise, 1);
        add(commit);
        long start = System.nanoTime();
        assertThat(drain(line, SHORT)).containsExactly(commit);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT);
    }

    @Test
    void theyDoNotLingerForLong() throws Exception {
        WaitingLine hasty = new WaitingLine(Duration.ofNanos(SHORT), YEAR);
        Commit commit = soon();
        long start = System.nanoTime();
        assertThat(hasty.add(commit, 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        assertThat(drain(hasty, WaitingLine.FOREVER)).containsExactly(commit);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT);
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNCED", "WRITTEN"})
    void whatSomebodyWaitsForTakesAlongWhatLingers(Promise promise) throws Exception {
        Commit first = soon();
        add(first);
        CompletableFuture<List<Commit>> drained = lingering();
        Commit urgent = commit(promise, 1);
        add(urgent);
        assertThat(drained.get()).containsExactly(first, urgent);
    }

    @Test
    void anotherThatNobodyWaitsForIsNoReasonToLeave() throws Exception {
        Commit first = soon();
        add(first);
        CompletableFuture<List<Commit>> drained = lingering();
        Commit second = soon();
        add(second);
        Commit urgent = commit(Promise.SYNCED, 1);
        add(urgent);
        assertThat(drained.get()).containsExactly(first, second, urgent);
    }

    @Test
    void afterAnUrgentOneTheNextLingersAgain() throws Exception {
        add(commit(Promise.SYNCED, 1));
        assertThat(drain(line, WaitingLine.FOREVER)).hasSize(1);
        Commit next = soon();
        add(next);
        CompletableFuture<List<Commit>> drained = lingering();
        line.close();
        assertThat(drained.get()).containsExactly(next);
    }

    /** A group of three that somebody waited for has been taken. */
    private void threeBefore(WaitingLine line) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            assertThat(line.add(commit(Promise.SYNCED, 1), 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        }
        assertThat(drain(line, WaitingLine.FOREVER)).hasSize(3);
    }

    @Test
    void thoseWhoWereToldTogetherLeaveTogether() throws Exception {
        threeBefore(line);
        add(commit(Promise.SYNCED, 1));
        add(soon());
        CompletableFuture<List<Commit>> drained = lingering();
        add(commit(Promise.WRITTEN, 1));
        assertThat(drained).isNotDone();
        add(commit(Promise.SYNCED, 1));
        assertThat(drained.get()).hasSize(4);
    }

    @Test
    void theyDoNotWaitForLongForWhoStaysAway() throws Exception {
        WaitingLine hasty = new WaitingLine(YEAR, Duration.ofNanos(SHORT));
        threeBefore(hasty);
        Commit commit = commit(Promise.SYNCED, 1);
        assertThat(hasty.add(commit, 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        assertThat(drain(hasty, WaitingLine.FOREVER)).containsExactly(commit);
        Commit alone = commit(Promise.SYNCED, 1);
        assertThat(hasty.add(alone, 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        assertThat(drain(hasty, WaitingLine.FOREVER)).containsExactly(alone);
    }

    @Test
    void whoWaitsEndsTheLingeringOfOthersWithinAMoment() throws Exception {
        WaitingLine hasty = new WaitingLine(YEAR, Duration.ofNanos(SHORT));
        threeBefore(hasty);
        assertThat(hasty.add(soon(), 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        assertThat(hasty.add(commit(Promise.SYNCED, 1), 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        assertThat(drain(hasty, WaitingLine.FOREVER)).hasSize(2);
    }

    @Test
    void enoughCommitsLeaveAtOnce() throws Exception {
        add(soon());
        CompletableFuture<List<Commit>> drained = lingering();
        for (int i = 1; i < WaitingLine.ENOUGH_COMMITS; i++) {
            assertThat(drained).isNotDone();
            add(soon());
        }
        assertThat(drained.get()).hasSize(WaitingLine.ENOUGH_COMMITS);
    }

    @Test
    void enoughOctetsLeaveAtOnce() throws Exception {
        Commit small = soon();
        add(small);
        CompletableFuture<List<Commit>> drained = lingering();
        add(commit(Promise.WRITTEN_SOON, WaitingLine.ENOUGH_WEIGHT));
        assertThat(drained.get()).containsExactly(small);
    }

    @Test
    void whoWaitsForRoomEndsTheLingering() throws Exception {
        Commit small = soon();
        add(small);
        CompletableFuture<List<Commit>> drained = lingering();
        Commit large = commit(Promise.WRITTEN_SOON, WaitingLine.MAX_WEIGHT);
        assertThat(line.add(large, WaitingLine.FOREVER)).isEqualTo(WaitingLine.Entry.TAKEN);
        assertThat(drained.get()).containsExactly(small);
        assertThat(drain(line, WaitingLine.FOREVER)).containsExactly(large);
    }

    @Test
    void whoGaveUpWaitingForRoomHurriesNobody() throws Exception {
        add(soon());
        Commit large = commit(Promise.WRITTEN_SOON, WaitingLine.MAX_WEIGHT);
        assertThat(line.add(large, SHORT)).isEqualTo(WaitingLine.Entry.FULL);
        CompletableFuture<List<Commit>> drained = lingering();
        line.close();
        assertThat(drained.get()).hasSize(1);
    }

    @Test
    void whatAFullGroupLeavesBehindIsCountedOn() throws Exception {
        add(commit(Promise.SYNCED, 1));
        add(commit(Promise.SYNCED, 1));
        List<Commit> group = new ArrayList<>();
        line.drainTo(group, 1, Committer.MAX_GROUP_WEIGHT, WaitingLine.FOREVER);
        assertThat(group).hasSize(1);
        assertThat(drain(line, WaitingLine.FOREVER)).hasSize(1);
    }

    @Test
    void aClosedLineGivesAtOnceWhatItHas() throws Exception {
        Commit commit = soon();
        add(commit);
        line.close();
        assertThat(drain(line, WaitingLine.FOREVER)).containsExactly(commit);
        assertThat(line.finished()).isTrue();
    }
}
