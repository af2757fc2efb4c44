package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        return queue(id, Optional.empty());
    }

    private static QueueFilter queue(String id, Optional<QueueId> from) {
        return new QueueFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(id),
                from);
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
        assertThat(control().hold(queue("bulk")).recipients()).isEqualTo(1);
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

    private static final String NOBODY_CAN_SAY = "queue.outbound.queue does not say which virtual queue this is in: ";

    /** Of one recipient the rules can't say. */
    private QueueId lost() {
        queues("if_then(rcpt_domain = 'site.test', 'bulk', if_then(rcpt_domain = 'lost.test', sender, false))");
        return world.submit("news@a.test", "r@lost.test", "r@other.test", "r@site.test");
    }

    /** Whoever may be meant is not left out in silence, and nothing is done to him. */
    @Test
    void whomTheRulesCannotDecideIsLeftAloneAndTold() throws IOException {
        QueueId lost = lost();
        QueueId good = world.submit("news@a.test", "r@site.test");
        world.settle();
        QueueControl.Done done = control().hold(queue("bulk"));
        assertThat(done.recipients()).isEqualTo(2);
        assertThat(done.undecided()).isEqualTo(1);
        assertThat(done.reason())
                .startsWith(NOBODY_CAN_SAY)
                .contains("this is 'news@a.test', and no virtual queue has that name");
        assertThat(done.next()).isEmpty();
        assertThat(control().show(good).orElseThrow().recipients().getFirst().status())
                .isEqualTo(RecipientStatus.HELD);
        assertThat(control().show(lost).orElseThrow().recipients())
                .extracting(RecipientState::status)
                .containsExactly(RecipientStatus.DEFERRED, RecipientStatus.DEFERRED, RecipientStatus.HELD);
    }

    @Test
    void aListGivesAllOthersAndSaysOfWhomTheRulesCannotDecide() throws IOException {
        QueueId lost = lost();
        QueueId good = world.submit("news@a.test", "r@site.test");
        QueueId only = world.submit("news@a.test", "r@lost.test", "r@other.test");
        world.submit("news@a.test", "r@other.test");
        world.settle();
        QueueControl.Listing list = control().list(queue("bulk"), 10);
        assertThat(list.messages()).extracting(QueuedMessage::id).containsExactly(lost, good, only);
        assertThat(list.next()).isEmpty();
        QueueControl.Membership bulk = new QueueControl.Membership("bulk", "");
        assertThat(list.queues().get(good)).isEqualTo(Map.of(0, bulk));
        assertThat(list.queues().get(lost)).containsOnlyKeys(0, 2).containsEntry(2, bulk);
        assertThat(list.queues().get(only)).containsOnlyKeys(0);
        assertThat(Objects.requireNonNull(list.queues().get(only)).values())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.queue()).isEmpty();
                    assertThat(one.fault()).startsWith(NOBODY_CAN_SAY);
                });
        assertThat(control().queues(control().show(lost).orElseThrow()))
                .isEqualTo(list.queues().get(lost));
    }

    /** Each time that the rules are opened, time goes by. */
    private void slow(Duration each) {
        world.opening = () -> {
            Runnable again = world.opening;
            world.opening = () -> {};
            world.advance(each);
            world.opening = again;
        };
    }

    private List<QueueId> many() {
        queues("if_then(rcpt_domain = 'site.test', 'bulk', false)");
        List<QueueId> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(world.submit("news@a.test", "r@site.test"));
            world.submit("news@a.test", "r@other.test");
        }
        world.settle();
        return ids;
    }

    @Test
    void aListThatTakesLongEndsAndSaysWhereToGoOn() throws IOException {
        List<QueueId> ids = many();
        slow(Inquiry.ENOUGH.dividedBy(4));
        List<QueueId> listed = new ArrayList<>();
        Optional<QueueId> next = Optional.empty();
        int pages = 0;
        do {
            QueueControl.Listing page = control().list(queue("bulk", next), 10);
            page.messages().forEach(message -> listed.add(message.id()));
            next = page.next();
            pages++;
        } while (next.isPresent() && pages < 20);
        assertThat(listed).isEqualTo(ids);
        assertThat(pages).isBetween(3, 10);
    }

    @Test
    void anActionThatTakesLongEndsAndSaysWhereToGoOn() throws IOException {
        List<QueueId> ids = many();
        slow(Inquiry.ENOUGH.plusSeconds(1));
        Optional<QueueId> next = Optional.empty();
        int held = 0;
        int parts = 0;
        do {
            QueueControl.Done done = control().hold(queue("bulk", next));
            held += done.recipients();
            next = done.next();
            parts++;
        } while (next.isPresent() && parts < 20);
        assertThat(held).isEqualTo(5);
        assertThat(parts).as("each looks at one message at least").isEqualTo(10);
        for (QueueId id : ids) {
            assertThat(control().show(id).orElseThrow().recipients().getFirst().status())
                    .isEqualTo(RecipientStatus.HELD);
        }
    }

    @Test
    void aListThatIsFullSaysWhereToGoOn() throws IOException {
        List<QueueId> ids = many();
        QueueControl.Listing first = control().list(queue("bulk"), 2);
        assertThat(first.messages()).extracting(QueuedMessage::id).isEqualTo(ids.subList(0, 2));
        assertThat(first.next()).contains(ids.get(2));
        QueueControl.Listing rest = control().list(queue("bulk", first.next()), 10);
        assertThat(rest.messages()).extracting(QueuedMessage::id).isEqualTo(ids.subList(2, 5));
        assertThat(rest.next()).isEmpty();
    }

    /** A message may have very many recipients: those for whom there was no time are not said to be in the ordinary queue. */
    @Test
    void whoWasNotAskedForIsUndecided() throws IOException {
        queues("'bulk'");
        String[] many = new String[40];
        Arrays.setAll(many, i -> "r" + i + "@site.test");
        QueueId id = world.submit("news@a.test", many);
        world.settle();
        int[] seconds = {0};
        Inquiry inquiry = new Inquiry(world.parts(), () -> world.now().plusSeconds(seconds[0]++));
        Map<Integer, QueueControl.Membership> all =
                inquiry.of(control().show(id).orElseThrow(), _ -> true);
        assertThat(all).hasSize(40).containsEntry(0, new QueueControl.Membership("bulk", ""));
        assertThat(all.values().stream().filter(one -> one.fault().isEmpty()))
                .hasSizeBetween((int) Inquiry.PATIENCE.toSeconds() - 3, (int) Inquiry.PATIENCE.toSeconds());
        assertThat(all).hasEntrySatisfying(39, last -> {
            assertThat(last.queue()).isEmpty();
            assertThat(last.fault()).startsWith("the rules were not asked").endsWith("more than 20 s");
        });
        assertThat(inquiry.of(control().show(id).orElseThrow(), i -> i == 0).get(0))
                .as("nor in what the same request asks later")
                .isEqualTo(all.get(39));
    }

    /** What the log says of a cancelled recipient names its queue. */
    @Test
    void theLogNamesTheQueueOfWhomAnOperatorCancels() throws IOException {
        queues("'bulk'");
        world.submit("news@bulk.test", "r@site.test");
        world.settle();
        assertThat(control().cancel(queue("bulk")).recipients()).isEqualTo(1);
        assertThat(world.log.getLast().queue()).isEqualTo("bulk");
    }

    /** As all other lines do, whatever the operator asked for. */
    @Test
    void theLogNamesTheQueueOfWhoeverIsCancelled() throws IOException {
        lost();
        world.settle();
        int before = world.log.size();
        assertThat(control().cancel(QueueFilter.ALL).recipients()).isEqualTo(3);
        assertThat(world.log.subList(before, world.log.size()))
                .extracting(event -> event.recipient() + " " + event.queue())
                .containsExactlyInAnyOrder("r@lost.test ", "r@other.test ", "r@site.test bulk");
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.open).isZero();
    }

    /** A look-up may take seconds: others act on the queue meanwhile. */
    @Test
    void theRulesAreAskedForTheLogWhenNothingIsLocked() throws IOException {
        queues("'bulk'");
        QueueId id = world.submit("news@a.test", "r@site.test");
        QueueId other = world.submit("news@a.test", "r@site.test");
        world.settle();
        List<Integer> held = new ArrayList<>();
        world.opening = () -> {
            world.opening = () -> {};
            Thread colleague = Thread.ofPlatform().daemon().start(() -> {
                try {
                    held.add(control().hold(QueueFilter.of(other)).recipients());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            try {
                assertThat(colleague.join(Duration.ofSeconds(5))).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        assertThat(control().cancel(QueueFilter.of(id)).recipients()).isEqualTo(1);
        assertThat(held).containsExactly(1);
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
