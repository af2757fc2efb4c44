package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds that end at a time do so, whatever the disk does and whoever else is damaged. */
class HoldLossTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = World.started();
    private QueueId first = new QueueId(0);
    private QueueId second = new QueueId(0);

    @BeforeEach
    void mail() {
        world.hosts = _ -> World.deferred("later");
        first = world.submit("sender@a.test", "bob@b.test");
        second = world.submit("sender@a.test", "bob@b.test");
        world.settle();
    }

    private QueueControl desk() {
        return world.scheduler().control();
    }

    private Optional<Order.Terms> hour() {
        return Optional.of(new Order.Terms(
                "under investigation",
                "ann",
                world.now(),
                Optional.of(world.now().plus(HOUR))));
    }

    private int notes() throws IOException {
        return world.desk.scan(DeskRecords.HOLDS, new byte[0], 10).size();
    }

    private RecipientState only(QueueId id) {
        try {
            return desk().show(id).orElseThrow().recipients().getFirst();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDamagedMessageKeepsNoOtherFromTheEndOfItsHold() throws IOException {
        assertThat(desk().hold(QueueFilter.ALL, hour()).recipients()).isEqualTo(2);
        world.spool.damaged.add(first);
        world.advance(HOUR.minusSeconds(1));
        assertThat(only(second).status()).isEqualTo(RecipientStatus.HELD);
        world.advance(Duration.ofSeconds(2));
        assertThat(only(second).status()).isEqualTo(RecipientStatus.DEFERRED);
        assertThat(only(second).attempts()).isEqualTo(2);
        assertThat(world.spool.quarantined).containsExactly(first);
        world.advance(Duration.ofMinutes(2));
        assertThat(notes()).isZero();
    }

    @Test
    void aHoldOfWhichTheDiskRefusesTheEndIsNotMade() throws IOException {
        world.desk.full = true;
        assertThatThrownBy(() -> desk().hold(QueueFilter.ALL, hour()))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left on device");
        assertThat(only(first).status()).isEqualTo(RecipientStatus.DEFERRED);
        assertThat(only(second).status()).isEqualTo(RecipientStatus.DEFERRED);
        world.advance(Duration.ofMinutes(3));
        assertThat(only(first).attempts()).isEqualTo(2);
        world.desk.full = false;
        assertThat(desk().hold(QueueFilter.ALL, hour()).recipients()).isEqualTo(2);
        world.advance(HOUR.plusSeconds(6));
        assertThat(only(first).attempts()).isEqualTo(3);
        assertThat(notes()).isZero();
    }

    /** What else becomes of a message may be written at any moment, with all that is known of it. */
    @Test
    void nobodyIsHeldBeforeItIsOnTheDiskUntilWhen() throws IOException {
        List<RecipientStatus> seen = new ArrayList<>();
        world.desk.committing = () -> seen.add(only(first).status());
        assertThat(desk().hold(QueueFilter.of(first), hour()).recipients()).isEqualTo(1);
        assertThat(seen).containsExactly(RecipientStatus.DEFERRED);
        assertThat(only(first).status()).isEqualTo(RecipientStatus.HELD);
        assertThat(notes()).isEqualTo(1);
    }

    @Test
    void nothingStaysSaidOfWhoCameToAnEndMeanwhile() throws IOException {
        world.desk.committing = () -> {
            world.desk.committing = () -> {};
            try {
                assertThat(desk().cancel(QueueFilter.of(first)).recipients()).isEqualTo(1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        assertThat(desk().hold(QueueFilter.ALL, hour()).recipients()).isEqualTo(1);
        assertThat(notes()).isEqualTo(1);
        assertThat(world.spool.durable).containsOnlyKeys(second);
        assertThat(only(second).status()).isEqualTo(RecipientStatus.HELD);
    }

    /** Somebody held it, wrote that and let go while others read what the disk had before. */
    @Test
    void whatIsReadIsNotOlderThanWhatWasWrittenMeanwhile() throws IOException {
        LiveTable table = new LiveTable(new DueIndex(), new MarkIndex(), () -> {});
        Live live = table.pin(first);
        QueuedMessage before = Objects.requireNonNull(world.spool.durable.get(first));
        QueuedMessage held =
                before.with(List.of(QueueDesk.held(before.recipients().getFirst())));
        live.message = held;
        Runnable end = () -> {
            if (live.pins > 0) {
                world.spool.durable.put(first, held);
                table.unpin(live);
            }
        };
        world.spool.wasRead = end;
        Machinery machinery = new Machinery(world.clock(), (_, _) -> {}, Runnable::run, Runnable::run, Runnable::run);
        SchedulerParts parts = world.parts();
        Recorder recorder = new Recorder(parts, machinery, table, new Teller(parts, world.clock()), new InFlight());
        Feeder feeder = new Feeder(parts, machinery, new DueIndex(), table, FeederTest.NOBODY);
        assertThat(new Deeds(parts, machinery, table, feeder, recorder).isHeld(new HoldNotes.Place(first, 0)))
                .isTrue();
        end.run();
        assertThat(table.size()).isZero();
    }
}
