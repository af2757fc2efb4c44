package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Requests;
import dev.nexthop.queue.QueuedMessage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What messages in hand are reckoned to cost. */
class LiveTableTest {
    private static long held(String original, String envelopeId) {
        World world = World.started();
        world.spool.immediate = true;
        Requests.Recipient recipient =
                new Requests.Recipient(Set.of(), Optional.of(new Requests.Original("rfc822", original)));
        world.submit(
                new Requests(
                        Optional.empty(), envelopeId, List.of(recipient), false, Optional.empty(), Optional.empty()),
                0,
                "from@a.test",
                "bob@b.test");
        LiveTable table = new LiveTable(new DueIndex(), new MarkIndex(), () -> {});
        table.budget(1_000_000);
        assertThat(table.hold(world.spool.durable.firstEntry().getValue())).isNotNull();
        return table.heldBytes();
    }

    @Test
    void whatTheSenderAskedForCountsToo() {
        assertThat(held("a".repeat(401), "i".repeat(100)) - held("a", "")).isEqualTo(500);
    }

    /** Only a message that waits for nothing else is called; another one comes soon by itself, and is not counted twice. */
    @Test
    void whoIsLeftOnDiskIsCalledOnlyWhenNothingElseIsToBeDone() {
        World world = World.started();
        world.submit("from@a.test", "bob@b.test", "amy@c.test");
        LiveTable table = new LiveTable(new DueIndex(), new MarkIndex(), () -> {});
        table.budget(1_000_000);
        Live live = Objects.requireNonNull(
                table.hold(world.spool.durable.firstEntry().getValue()));
        assertThat(table.leave(live, new int[] {0}, world.now())).isFalse();
        assertThat(table.leave(live, new int[] {0, 1}, world.now())).isTrue();
    }

    /** What the budget has room for need not be read again for its first attempt. */
    @Test
    void whoWaitsWithinTheBudgetIsNotDroppedFromMemory() {
        World world = World.started();
        world.submit("from@a.test", "bob@b.test", "amy@c.test");
        QueuedMessage message = world.spool.durable.firstEntry().getValue();
        LiveTable table = new LiveTable(new DueIndex(), new MarkIndex(), () -> {});
        table.budget(1_000_000);
        Live live = Objects.requireNonNull(table.hold(message));
        assertThat(table.pin(message.id())).isSameAs(live);
        live.queued.set(0);
        table.relaxWaiting(live);
        assertThat(live.message).isSameAs(message);
        table.relax(live);
        live.message = message;
        table.relaxWaiting(live);
        assertThat(live.message).isNull();
    }

    /** Nobody reckons the time of a message that is not in memory: it is noted before. */
    @Test
    void whoIsDroppedFromMemoryKeepsItsTime() {
        World world = World.started();
        world.submit("from@a.test", "bob@b.test", "amy@c.test");
        DueIndex index = new DueIndex();
        LiveTable table = new LiveTable(index, new MarkIndex(), () -> {});
        table.budget(1_000_000);
        Live live = Objects.requireNonNull(
                table.hold(world.spool.durable.firstEntry().getValue()));
        live.queued.set(0);
        table.relax(live);
        assertThat(live.message).isNull();
        assertThat(index.next()).isEqualTo(world.now().toEpochMilli());
    }
}
