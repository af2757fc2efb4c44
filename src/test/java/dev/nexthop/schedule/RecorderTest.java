package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.time.Duration;
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
