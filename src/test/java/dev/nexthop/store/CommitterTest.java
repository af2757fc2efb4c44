package dev.nexthop.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.flight.FlightRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated // the flight recorder hears the whole process
class CommitterTest {
    private static final Family FAMILY = new Family("f", Family.Kind.RECORDS);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final WaitingLine line = new WaitingLine();
    private final Committer committer = Committer.start("test-committer", engine, line);

    /** An engine that notes what it is asked, waits at a gate and fails on demand. */
    private static final class ScriptedEngine implements Engine {
        final List<String> calls = new CopyOnWriteArrayList<>();
        final CountDownLatch syncSeen = new CountDownLatch(1);
        final CountDownLatch writing = new CountDownLatch(1);
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile @Nullable IOException failure;
        volatile @Nullable IOException reviveFailure;

        @Override
        public void write(List<Commit> group, boolean sync) throws IOException {
            writing.countDown();
            try {
                assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            IOException now = failure;
            if (now != null) {
                throw now;
            }
            calls.add((sync ? "synced " : "write ") + group.size());
        }

        @Override
        public void sync() {
            calls.add("sync");
            syncSeen.countDown();
        }

        @Override
        public void revive() throws IOException {
            IOException now = reviveFailure;
            if (now != null) {
                throw now;
            }
            calls.add("revive");
        }
    }

    private CompletableFuture<Void> submit(Promise promise) {
        byte[] key = "k".getBytes(StandardCharsets.US_ASCII);
        Commit commit = Commit.of(List.of(new Edit.Put(FAMILY, key, key)), promise);
        try {
            assertThat(line.add(commit, 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return commit.done();
    }

    @AfterEach
    void stop() throws Exception {
        engine.gate.countDown();
        line.close();
        committer.join(Duration.ofSeconds(30));
    }

    @Test
    void everythingThatWaitsDuringOneWriteSharesTheNext() throws Exception {
        engine.gate = new CountDownLatch(1);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        all.add(submit(Promise.SYNCED));
        assertThat(engine.writing.await(30, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100; i++) {
            all.add(submit(Promise.SYNCED));
        }
        engine.gate.countDown();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(engine.calls).containsExactly("synced 1", "synced 100");
        assertThat(committer.counts()).isEqualTo(new CommitCounts(101, 2, 2));
    }

    @Test
    void theFlightRecorderIsToldOfEachWrite() throws Exception {
        FlightRecord record = FlightRecord.of(() -> {
            engine.gate = new CountDownLatch(1);
            CompletableFuture<Void> first = submit(Promise.SYNCED);
            assertThat(engine.writing.await(30, TimeUnit.SECONDS)).isTrue();
            List<CompletableFuture<Void>> rest =
                    List.of(submit(Promise.WRITTEN), submit(Promise.SYNCED), submit(Promise.SYNCED));
            engine.gate.countDown();
            first.get(30, TimeUnit.SECONDS);
            CompletableFuture.allOf(rest.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
            engine.failure = new IOException("no");
            assertThatThrownBy(() -> submit(Promise.SYNCED).get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        });
        assertThat(record.commits("test-committer"))
                .extracting(event -> event.getInt("commits") + " " + event.getInt("durable") + " "
                        + event.getBoolean("synced") + " " + event.getBoolean("written"))
                .containsExactly("1 1 true true", "3 2 true true", "1 1 true false");
        long octets = record.commits("test-committer").getFirst().getLong("octets");
        assertThat(octets).isEqualTo(Edit.OVERHEAD + Edit.OVERHEAD + 2L);
        assertThat(record.commits("test-committer").get(1).getLong("octets")).isEqualTo(3 * octets);
    }

    @Test
    void changesAloneAreNotSyncedAtOnceButSoon() throws Exception {
        submit(Promise.WRITTEN).get(30, TimeUnit.SECONDS);
        assertThat(engine.calls.getFirst()).isEqualTo("write 1");
        assertThat(engine.syncSeen.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(engine.calls).containsExactly("write 1", "sync");
    }

    @Test
    void whatIsToBeSyncedSoonIsSyncedWhenItIsWritten() throws Exception {
        submit(Promise.SYNCED_SOON).get(30, TimeUnit.SECONDS);
        assertThat(engine.calls).containsExactly("synced 1");
    }

    @Test
    void oneDraftMakesTheWholeGroupSynced() throws Exception {
        engine.gate = new CountDownLatch(1);
        CompletableFuture<Void> first = submit(Promise.WRITTEN);
        assertThat(engine.writing.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> second = submit(Promise.WRITTEN);
        CompletableFuture<Void> last = submit(Promise.SYNCED);
        engine.gate.countDown();
        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
        last.get(30, TimeUnit.SECONDS);
        assertThat(engine.calls).containsExactly("write 1", "synced 2");
    }

    @Test
    void closingWritesAndSyncsWhatWaits() throws Exception {
        engine.gate = new CountDownLatch(1);
        CompletableFuture<Void> first = submit(Promise.WRITTEN);
        assertThat(engine.writing.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> last = submit(Promise.WRITTEN);
        line.close();
        engine.gate.countDown();
        committer.join(Duration.ofSeconds(30));
        assertThat(first).isCompleted();
        assertThat(last).isCompleted();
        assertThat(engine.calls).containsExactly("write 1", "write 1", "sync");
    }

    @Test
    void nobodyJoinsAClosedLine() throws Exception {
        line.close();
        assertThat(line.add(Commit.of(List.of(), Promise.SYNCED), 0)).isEqualTo(WaitingLine.Entry.CLOSED);
    }

    @Test
    void aFailedWriteFailsItsWholeGroupAndIsRevivedForTheNext() throws Exception {
        engine.failure = new IOException("bad disk");
        CompletableFuture<Void> refused = submit(Promise.SYNCED);
        assertThatThrownBy(() -> refused.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("bad disk")
                .cause()
                .isInstanceOfSatisfying(
                        WriteException.class, e -> assertThat(e.maybeWritten()).isTrue());
        engine.failure = null;
        submit(Promise.SYNCED).get(30, TimeUnit.SECONDS);
        assertThat(engine.calls).containsExactly("revive", "synced 1");
    }

    @Test
    void whatCanNotBeRevivedIsLeftAloneForAWhile() {
        engine.failure = new IOException("bad disk");
        CompletableFuture<Void> first = submit(Promise.SYNCED);
        assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("bad disk");
        engine.reviveFailure = new IOException("still bad");
        CompletableFuture<Void> second = submit(Promise.SYNCED);
        assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("still bad");
        CompletableFuture<Void> third = submit(Promise.SYNCED);
        assertThatThrownBy(() -> third.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(WriteException.class, e -> {
                    assertThat(e)
                            .hasMessageContaining("takes no writes since an error")
                            .hasMessageContaining("still bad");
                    assertThat(e.maybeWritten()).isFalse();
                });
    }

    @Test
    void aLineThatIsFullTurnsAwayAfterItsPatience() throws Exception {
        WaitingLine small = new WaitingLine();
        byte[] large = new byte[(int) WaitingLine.MAX_WEIGHT];
        Commit heavy = Commit.of(List.of(new Edit.Put(FAMILY, new byte[1], large)), Promise.SYNCED);
        assertThat(small.add(heavy, 0)).isEqualTo(WaitingLine.Entry.TAKEN);
        assertThat(small.add(heavy, 1)).isEqualTo(WaitingLine.Entry.FULL);
        List<Commit> group = new ArrayList<>();
        small.drainTo(group, 10, 1, 0);
        assertThat(group).containsExactly(heavy);
        assertThat(small.add(heavy, 0)).isEqualTo(WaitingLine.Entry.TAKEN);
    }
}
