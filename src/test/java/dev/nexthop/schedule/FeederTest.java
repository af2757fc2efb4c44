package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import org.junit.jupiter.api.Test;

class FeederTest {
    /** Nobody goes on with what was read. */
    static final Feeder.Takers NOBODY = new Feeder.Takers() {
        @Override
        public void due(Live live) {}

        @Override
        public void loaded(Ticket ticket) {}

        @Override
        public void lost(Ticket ticket) {}
    };

    private final World world = World.started();
    private final DueIndex index = new DueIndex();
    private final MarkIndex marks = new MarkIndex();
    private final LiveTable table = new LiveTable(new DueIndex(), marks, () -> {});

    private Feeder feeder() {
        Machinery machinery = new Machinery(world.clock(), (_, _) -> {}, Runnable::run, Runnable::run, Runnable::run);
        return new Feeder(world.parts(), machinery, index, table, NOBODY);
    }

    /** After a rebuild under a running server, or where the stack is used up. */
    @Test
    void whatCannotBeReadForAnErrorOfTheMachineComesAgain() {
        world.hosts = _ -> World.deferred("later");
        QueueId id = world.submit("sender@a.test", "bob@b.test");
        world.settle();
        index.put(id, world.now().toEpochMilli());
        world.spool.reading = () -> {
            world.spool.reading = () -> {};
            throw new StackOverflowError();
        };
        Feeder feeder = feeder();
        assertThatThrownBy(feeder::kick).isInstanceOf(StackOverflowError.class);
        assertThat(table.size()).isZero();
        assertThat(index.next()).isEqualTo(world.now().plus(Feeder.UNREADABLE).toEpochMilli());
        assertThat(world.alarms).singleElement().asString().startsWith("spool: message " + id + " could not be read");
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
