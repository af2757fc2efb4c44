package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.QueueId;
import org.junit.jupiter.api.Test;

class FeederTest {
    private final World world = World.started();
    private final MarkIndex marks = new MarkIndex();
    private final LiveTable table = new LiveTable(new DueIndex(), marks, () -> {});

    private Feeder feeder() {
        Machinery machinery = new Machinery(world.clock(), (_, _) -> {}, Runnable::run, Runnable::run, Runnable::run);
        return new Feeder(world.parts(), machinery, new DueIndex(), table, new Feeder.Takers() {
            @Override
            public void due(Live live) {}

            @Override
            public void loaded(Ticket ticket) {}

            @Override
            public void lost(Ticket ticket) {}
        });
    }

    /** The scan of a start may give a message that is delivered by then. */
    @Test
    void nothingIsKnownAnyMoreOfAMessageThatIsGone() {
        world.hosts = _ -> World.deferred("later");
        QueueId id = world.submit("sender@a.test", "bob@b.test");
        world.settle();
        marks.put(world.spool.committed.getLast());
        assertThat(feeder().read(table.pin(id))).isTrue();
        assertThat(marks.size()).isEqualTo(1);
        LiveTable later = new LiveTable(new DueIndex(), marks, () -> {});
        world.spool.durable.clear();
        assertThat(feeder().read(later.pin(id))).isFalse();
        assertThat(marks.size()).isZero();
    }
}
