package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Nobody who acts on the queue waits for another without end. */
class TurnTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void whoWaitsTooLongIsToldSo() throws Exception {
        Turn turn = new Turn(Duration.ofMillis(1));
        turn.take();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            assertThatThrownBy(turn::take)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another change of the queue did not end within 0 s");
            assertThatThrownBy(turn::end).as("it never had it").isInstanceOf(IllegalMonitorStateException.class);
        });
        other.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        turn.end();
        CompletableFuture.runAsync(() -> assertThatCode(turn::take).doesNotThrowAnyException())
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** While one operator's change hangs on the disk, another's can be given up. */
    @Test
    void anActionThatWaitsForAnotherCanBeInterrupted() throws Exception {
        World world = World.started();
        world.hosts = _ -> World.deferred("later");
        QueueId first = world.submit("sender@a.test", "bob@b.test");
        QueueId second = world.submit("sender@a.test", "bob@b.test");
        world.settle();
        QueueControl desk = world.scheduler().control();
        CompletableFuture<String> other = new CompletableFuture<>();
        world.spool.reading = () -> {
            world.spool.reading = () -> {};
            Thread thread = Thread.ofPlatform().daemon().start(() -> other.complete(refusal(desk, second)));
            thread.interrupt();
            assertThatCode(() -> other.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).doesNotThrowAnyException();
        };
        assertThat(desk.hold(QueueFilter.of(first)).recipients()).isEqualTo(1);
        assertThat(text(other)).isEqualTo("interrupted while another change of the queue was made, interrupted");
        assertThat(desk.hold(QueueFilter.of(second)).recipients())
                .as("the turn is free, and nothing was changed")
                .isEqualTo(1);
    }

    private static String text(CompletableFuture<String> future) throws InterruptedException, ExecutionException {
        assertThat(future).isDone();
        return future.get();
    }

    private static String refusal(QueueControl desk, QueueId id) {
        try {
            return "done: " + desk.hold(QueueFilter.of(id)).recipients();
        } catch (IOException e) {
            return e.getMessage() + (Thread.currentThread().isInterrupted() ? ", interrupted" : "");
        }
    }
}
