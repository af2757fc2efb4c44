package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a write that fails comes to for those who wait for it. */
class RecorderTest {
    /** An alarm may block, or meet an error in the program: an operator who waits for the write hears of it all the same. */
    @Test
    void whoWaitsForAWriteHearsThatItFailedBeforeTheAlarmIsRaised() {
        World world = World.started();
        world.hosts = _ -> World.deferred("later");
        QueueId id = world.submit("sender@a.test", "bob@b.test");
        world.settle();
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        List<String> alarms = new ArrayList<>();
        SchedulerParts parts = new SchedulerParts(
                world.spool, world.parts().rules(), new Alarms(text -> alarms.add(waiter.isDone() + " " + text)));
        Machinery machinery = new Machinery(world.clock(), (_, _) -> {}, Runnable::run, Runnable::run, Runnable::run);
        LiveTable table = new LiveTable(new DueIndex(), new MarkIndex(), () -> {});
        Recorder recorder = new Recorder(parts, machinery, table, new Teller(parts, world.clock()), new InFlight());
        Live live = table.pin(id);
        live.message = world.spool.durable.get(id);
        live.unwritten = true;
        live.whenWritten(waiter);
        world.spool.brokenWrites = true;
        recorder.record(live);
        assertThat(alarms).singleElement().asString().startsWith("true the outcome of message " + id);
        assertThat(waiter)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(IOException.class)
                .withMessageContaining("next try in 1 s: I/O error");
        assertThat(recorder.paused()).isEqualTo(1);
    }

    private static Recorder recorder(World world, LiveTable table, InstantSource clock) {
        SchedulerParts parts = new SchedulerParts(world.spool, world.parts().rules(), new Alarms(_ -> {}));
        Machinery machinery = new Machinery(clock, (_, _) -> {}, Runnable::run, Runnable::run, Runnable::run);
        return new Recorder(parts, machinery, table, new Teller(parts, world.clock()), new InFlight());
    }

    /** One recorder finds nothing missing and is about to rest; then an operator changes the message. */
    @Test
    void whoWaitsForAWriteDoesNotHearOfTheOneBefore() {
        World world = World.started();
        world.hosts = _ -> World.deferred("later");
        QueueId id = world.submit("sender@a.test", "bob@b.test");
        world.settle();
        world.spool.immediate = false;
        List<Runnable> meanwhile = new ArrayList<>();
        List<CompletableFuture<Void>> waiters = new ArrayList<>();
        LiveTable table = new LiveTable(new DueIndex(), new MarkIndex(), () -> {
            List<Runnable> now = List.copyOf(meanwhile);
            meanwhile.clear();
            now.forEach(Runnable::run);
        });
        Recorder recorder = recorder(world, table, world.clock());
        Live live = table.pin(id);
        live.message = world.spool.durable.get(id);
        meanwhile.add(() -> {
            assertThat(live.recording).isFalse();
            live.unwritten = true;
            waiters.add(recorder.recorded(live));
        });
        recorder.record(live);
        assertThat(waiters).hasSize(1).noneMatch(CompletableFuture::isDone);
        world.spool.flush();
        assertThat(waiters).allMatch(CompletableFuture::isDone);
        assertThat(live.pins).isEqualTo(1);
    }

    /** After a rebuild under a running server, or where the stack is used up. */
    @Test
    void anOutcomeIsWrittenThoughAnErrorOfTheMachineCameBefore() {
        World world = World.started();
        world.hosts = _ -> World.deferred("later");
        QueueId id = world.submit("sender@a.test", "bob@b.test");
        world.settle();
        boolean[] broken = {true};
        LiveTable table = new LiveTable(new DueIndex(), new MarkIndex(), () -> {});
        Recorder recorder = recorder(world, table, () -> {
            if (broken[0]) {
                broken[0] = false;
                throw new LinkageError("rebuilt");
            }
            return world.now();
        });
        Live live = table.pin(id);
        live.message = world.spool.durable.get(id);
        live.unwritten = true;
        int writes = world.spool.writes;
        assertThatThrownBy(() -> recorder.record(live)).isInstanceOf(LinkageError.class);
        assertThat(recorder.paused()).isEqualTo(1);
        recorder.lastTry();
        assertThat(recorder.paused()).isZero();
        assertThat(world.spool.writes).isEqualTo(writes + 1);
        assertThat(live.pins).isEqualTo(1);
    }

    private record Alarms(Consumer<String> taker) implements Events {
        @Override
        public void alarm(String subject, String text) {
            taker.accept(text);
        }

        @Override
        public void delivery(DeliveryEvent event) {}

        @Override
        public void accepted(AcceptedEvent event) {}

        @Override
        public void tls(TlsEvent event) {}

        @Override
        public void relief(String subject, String text) {}
    }
}
