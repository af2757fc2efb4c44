package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two who hold and release the same recipient at the same time, step by step: the newest hold and what is said of it stay. */
class HoldRaceTest {
    private final World world = World.started();
    private QueueId first = new QueueId(0);
    private QueueId second = new QueueId(0);

    @BeforeEach
    void mail() {
        world.hosts = facts -> World.deferred("later");
        first = world.submit("sender@a.test", "bob@b.test");
        second = world.submit("sender@a.test", "bob@b.test");
        world.settle();
    }

    private QueueControl desk() {
        return world.scheduler().control();
    }

    private Optional<Order.Terms> until(Duration time) {
        return Optional.of(new Order.Terms(
                "under investigation",
                "ann",
                world.now(),
                Optional.of(world.now().plus(time))));
    }

    /** Somebody else is faster, once. */
    private Runnable once(int skip, Runnable others) {
        int[] left = {skip};
        return () -> {
            if (left[0]-- == 0) {
                others.run();
            }
        };
    }

    private void holdAnew(Duration time) {
        try {
            var _ = desk().release(QueueFilter.of(first));
            assertThat(desk().hold(QueueFilter.of(first), until(time)).recipients())
                    .isEqualTo(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private RecipientState only() throws IOException {
        return desk().show(first).orElseThrow().recipients().getFirst();
    }

    private void heldFor(Duration time) throws IOException {
        assertThat(only().status()).isEqualTo(RecipientStatus.HELD);
        assertThat(desk().remarks(desk().show(first).orElseThrow()).get(0))
                .asString()
                .contains("until " + world.now().plus(time));
        int attempts = only().attempts();
        world.advance(time.plusSeconds(6));
        assertThat(only().status()).isEqualTo(RecipientStatus.DEFERRED);
        assertThat(only().attempts()).isEqualTo(attempts + 1);
        assertThat(world.desk.scan(DeskRecords.HOLDS, new byte[0], 10)).isEmpty();
    }

    @Test
    void whoReleasesManyDoesNotForgetWhatIsSaidOfANewHoldOfTheFirst() throws IOException {
        assertThat(desk().hold(QueueFilter.ALL, until(Duration.ofHours(1))).recipients())
                .isEqualTo(2);
        // The first is released by then, and the release of the second is about to be written.
        world.spool.applying = once(1, () -> holdAnew(Duration.ofHours(3)));
        assertThat(desk().release(QueueFilter.ALL).recipients()).isEqualTo(2);
        assertThat(desk().show(second).orElseThrow().recipients().getFirst().status())
                .isEqualTo(RecipientStatus.DEFERRED);
        heldFor(Duration.ofHours(3));
    }

    @Test
    void whoEndsAHoldAtItsTimeLeavesANewOneAlone() throws IOException {
        assertThat(desk().hold(QueueFilter.of(first), until(Duration.ofHours(1)))
                        .recipients())
                .isEqualTo(1);
        assertThat(desk().cancel(QueueFilter.of(second)).recipients()).isEqualTo(1);
        world.advance(Duration.ofMinutes(59));
        // The end of the hold has been found, and is looked into.
        world.spool.reading = once(0, () -> holdAnew(Duration.ofHours(3)));
        world.advance(Duration.ofMinutes(1));
        heldFor(Duration.ofHours(3));
    }
}
