package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.RecipientStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator names a virtual queue, and the rules must say who is in it. */
class VirtualQueueDeskTest {
    private final World world = World.started();

    @BeforeEach
    void defer() {
        world.hosts = _ -> World.deferred("later");
    }

    private QueueControl control() {
        return world.scheduler().control();
    }

    private static QueueFilter queue(String id) {
        return new QueueFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(id));
    }

    private void queues(String rule) {
        world.queues = Virtual.by(rule, Virtual.queue(world, "bulk", 0));
        world.reload();
    }

    /** A look-up may take seconds: nobody who needs the message waits for it. */
    @Test
    void theRulesAreAskedWithoutTheLockOfTheMessage() throws IOException {
        queues("'bulk'");
        QueueId id = world.submit("news@bulk.test", "r@site.test");
        world.settle();
        List<Boolean> waited = new ArrayList<>();
        world.opening = () -> {
            Thread other = Thread.ofPlatform().daemon().start(() -> {
                try {
                    var _ = control().show(id);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            try {
                waited.add(!other.join(Duration.ofSeconds(1)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        assertThat(control().hold(queue("bulk"))).isEqualTo(1);
        assertThat(waited).isNotEmpty().containsOnly(false);
    }

    @Test
    void aQueueThatIsNotDefinedIsRefused() throws IOException {
        queues("'bulk'");
        world.submit("news@bulk.test", "r@site.test");
        world.settle();
        List<ThrowingCallable> requests = List.of(
                () -> control().list(queue("bulky"), 10),
                () -> control().hold(queue("bulky")),
                () -> control().cancel(queue("bulky")),
                () -> control().release(queue("")),
                () -> control().retry(queue("bulky")));
        assertThat(requests)
                .allSatisfy(request -> assertThatThrownBy(request)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("which is not defined; defined: [bulk]"));
    }

    /** Whoever may be meant is not left out in silence. */
    @Test
    void whomTheRulesCannotDecideIsTold() throws IOException {
        queues("if_then(rcpt_domain = 'site.test', 'bulk', if_then(rcpt_domain = 'lost.test', sender, false))");
        QueueId good = world.submit("news@a.test", "r@site.test");
        QueueId lost = world.submit("news@a.test", "r@lost.test");
        world.submit("news@a.test", "r@other.test");
        world.settle();
        assertThatThrownBy(() -> control().hold(queue("bulk")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("recipients for whom it was done: 1; recipients of which nobody can say")
                .hasMessageContaining("left as they are: 1; queue.outbound.queue does not say")
                .hasMessageContaining("this is 'news@a.test', and no virtual queue has that name");
        assertThat(control().show(good).orElseThrow().recipients().getFirst().status())
                .isEqualTo(RecipientStatus.HELD);
        assertThat(control().show(lost).orElseThrow().recipients().getFirst().status())
                .isNotEqualTo(RecipientStatus.HELD);
        assertThatThrownBy(() -> control().list(queue("bulk"), 10)).isInstanceOf(IOException.class);
    }

    /** What the log says of a cancelled recipient names its queue. */
    @Test
    void theLogNamesTheQueueOfWhomAnOperatorCancels() throws IOException {
        queues("'bulk'");
        world.submit("news@bulk.test", "r@site.test");
        world.settle();
        assertThat(control().cancel(queue("bulk"))).isEqualTo(1);
        assertThat(world.log.getLast().queue()).isEqualTo("bulk");
    }

    /** An order for a queue that a reload removes or renames means nobody: somebody must know. */
    @Test
    void anOrderForAQueueThatIsNoMoreRaisesAnAlarm() throws IOException {
        queues("'bulk'");
        control()
                .orders()
                .suspend(
                        new OrderScope(Map.of(OrderScope.Part.QUEUE, "bulk")),
                        new Order.Terms("complaints", "ann", world.now(), Optional.empty()));
        world.reload();
        assertThat(world.alarms).isEmpty();
        world.queues = Virtual.by("'mass'", Virtual.queue(world, "mass", 0));
        world.reload();
        assertThat(world.alarms)
                .containsExactly(
                        "routing: order 1 to suspend queue bulk means nobody any more: it names the virtual queue"
                                + " 'bulk', which is not defined; defined: [mass]");
        world.scheduler().hopIsBack("relay");
        assertThat(world.alarms).as("once for each reload").hasSize(1);
        world.crash();
        assertThat(world.alarms).as("and at each start").hasSize(2);
    }
}
