package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.delivery.Job;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.expr.Conditional;
import dev.nexthop.limit.Claim;
import dev.nexthop.limit.LimitKey;
import dev.nexthop.limit.Refusal;
import dev.nexthop.limit.ThrottleSettings;
import dev.nexthop.limit.Throttles;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.route.Decision;
import java.io.IOException;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Errors in the program at every step of an attempt: whatever throws, whoever has the message has it once, all others are tried
 * again, the slots come back, and an alarm says so.
 */
class AttemptErrorsTest {
    private static final String FROM = "sender@a.test";

    private boolean broken;

    private World with(ThrottleSettings... throttles) {
        World world = new World(1);
        world.spool.immediate = true;
        world.throttles = List.of(throttles);
        world.attemptsAtOnce = 1;
        world.perDestination = 1;
        world.log = new Log();
        world.boot();
        world.settle();
        return world;
    }

    /** A log that can be broken. */
    private final class Log extends ArrayList<DeliveryEvent> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean add(DeliveryEvent event) {
            bug();
            return super.add(event);
        }
    }

    private void bug() {
        if (broken) {
            throw new IllegalStateException("a bug");
        }
    }

    /** Everybody has it, as often as said, and the only slot of all goes to others. */
    private static void goesOn(World world, Map<String, Integer> tries) {
        assertThat(world.alarms)
                .anyMatch(alarm -> alarm.startsWith("schedule: an attempt of message") && alarm.endsWith("a bug"));
        world.submit(FROM, "other@b.test");
        world.advance(Duration.ofHours(1));
        assertThat(world.spool.durable).isEmpty();
        tries.forEach((to, times) -> assertThat(world.jobs.stream()
                        .flatMap(job -> job.recipients().stream())
                        .filter(facts -> facts.recipient().toString().equals(to)))
                .as(to)
                .hasSize(times));
        assertThat(world.open).as("rules that nobody gave back").isZero();
        assertThat(world.scheduler().load().inHand()).isZero();
    }

    @Test
    void rulesCannotBeOpened() {
        World world = with();
        int[] opened = {0};
        world.opening = () -> {
            broken = ++opened[0] == 2;
            if (broken) {
                world.open--;
            }
            bug();
        };
        world.submit(FROM, "x@b.test");
        world.settle();
        assertThat(world.jobs).isEmpty();
        goesOn(world, Map.of("x@b.test", 1));
    }

    /** Whoever stands behind in the same message comes again too. */
    @Test
    void anErrorOfTheMachineEndsTheRoutingOfAMessage() {
        World world = with();
        world.log = new ArrayList<>();
        world.grouping = Grouping.RECIPIENT;
        world.reload();
        world.fibers.foreseen = LinkageError.class::isInstance;
        int[] opened = {0};
        world.opening = () -> {
            if (++opened[0] == 2) { // the first is that of the decisions
                world.open--;
                throw new LinkageError("a bug");
            }
        };
        world.submit(FROM, "x@rejected.test", "y@rejected.test");
        world.settle();
        assertThat(world.jobs).isEmpty();
        assertThat(world.scheduler().load().inHand()).isZero();
        goesOn(world, Map.of("x@rejected.test", 1, "y@rejected.test", 1));
        assertThat(world.story()).contains("x@rejected.test failed", "y@rejected.test failed");
    }

    @Test
    void outcomesCannotBeTurnedIntoStates() {
        World world = with();
        world.retry = Conditional.constant(new AbstractList<>() {
            @Override
            public Duration get(int index) {
                return Duration.ofMinutes(1);
            }

            @Override
            public int size() {
                bug();
                return 1;
            }
        });
        world.reload();
        world.hosts = facts ->
                broken && facts.recipient().toString().startsWith("late") ? World.deferred("busy") : World.delivered();
        broken = true;
        world.log = new ArrayList<>();
        world.submit(FROM, "x@b.test", "late@b.test");
        world.settle();
        broken = false;
        assertThat(world.story()).containsExactly("x@b.test delivered", "late@b.test deferred");
        assertThat(world.spool
                        .durable
                        .firstEntry()
                        .getValue()
                        .recipients()
                        .getLast()
                        .due())
                .isEqualTo(World.START.plus(Duration.ofMinutes(15)));
        goesOn(world, Map.of("x@b.test", 1, "late@b.test", 2));
    }

    @Test
    void outcomesCannotBeTold() {
        World world = with();
        broken = true;
        world.submit(FROM, "x@b.test", "y@b.test");
        world.settle();
        broken = false;
        goesOn(world, Map.of("x@b.test", 1, "y@b.test", 1));
    }

    /** Its slot goes to the next one, who has nothing to do with it. */
    @Test
    void whoHasASlotCannotBeBroughtToAThread() {
        World world = with();
        world.log = new ArrayList<>();
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().toString().equals("x@d0.test")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        for (int i = 0; i < 4; i++) {
            world.submit(FROM, "x@d" + i + ".test");
            world.settle();
        }
        world.meanwhile = word -> {
            if (word.equals("a thread starts") && !broken) {
                broken = true;
                bug();
            }
        };
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(broken).isTrue();
        broken = false;
        world.meanwhile = word -> {};
        assertThat(world.story())
                .as("without time passing")
                .containsExactlyInAnyOrder("x@d0.test delivered", "x@d2.test delivered", "x@d3.test delivered");
        goesOn(world, Map.of("x@d1.test", 1, "x@d2.test", 1));
    }

    @Test
    void slotsOfThrottlesCannotBeGivenBack() {
        ThrottleSettings few = ThrottleSchedulerTest.concurrency(1, LimitKey.RCPT);
        World world = with(few);
        world.log = new ArrayList<>();
        world.hosts = facts -> {
            // Whoever waits for a slot is called when it comes back.
            String key = facts.recipient().toString();
            if (broken) {
                assertThat(world.counts().park(new Claim(few, key), 0, this::bug))
                        .isTrue();
            }
            return World.delivered();
        };
        broken = true;
        world.submit(FROM, "x@b.test", "y@b.test");
        world.settle();
        broken = false;
        assertThat(world.story()).containsExactly("x@b.test delivered", "y@b.test delivered");
        world.advance(Throttles.patience().plusSeconds(1)); // whoever was called has not come
        world.counts().prod(new Claim(few, "x@b.test"), 0);
        world.counts().prod(new Claim(few, "y@b.test"), 0);
        world.submit(FROM, "x@b.test", "y@b.test");
        goesOn(world, Map.of("x@b.test", 2, "y@b.test", 2));
    }

    @Test
    void whomHostsRefuseCannotBeSeenTo() {
        ThrottleSettings slow = ThrottleSchedulerTest.rate("slow", 1, Duration.ofSeconds(30), LimitKey.MX);
        World world = with();
        Claim claim = new Claim(slow, "mx.b.test");
        world.hosts = facts -> {
            broken = facts.recipient().toString().equals("x@b.test") || broken;
            return World.delivered();
        };
        boolean[] once = {true};
        world.refusals =
                job -> once[0] ? Map.of(1, new Refusal.Later(claim, World.START.plusSeconds(1), false)) : Map.of();
        world.submit(FROM, "x@b.test", "late@b.test");
        world.settle();
        broken = false;
        once[0] = false;
        world.hosts = facts -> World.delivered();
        goesOn(world, Map.of("x@b.test", 1, "late@b.test", 2));
    }

    @Test
    void whomThrottlesRefuseCannotBeSeenTo() {
        World world = with(ThrottleSchedulerTest.rate("slow", 1, Duration.ofMinutes(1), LimitKey.RCPT));
        world.submit(FROM, "x@b.test");
        world.settle();
        broken = true;
        world.submit(FROM, "x@b.test", "y@b.test");
        world.settle();
        broken = false;
        goesOn(world, Map.of("x@b.test", 2, "y@b.test", 1));
        assertThat(world.log.stream().filter(event -> event.outcome() instanceof Outcome.Delivered))
                .hasSize(4);
    }

    @Test
    void theTimeOfTheNextNoticeCannotBeReckoned() {
        World world = with();
        world.hosts = facts -> World.deferred("busy");
        world.retry = Conditional.constant(List.of(Duration.ofDays(10)));
        world.reload();
        world.submit(FROM, "x@b.test");
        world.settle();
        world.opening = () -> {
            if (broken) {
                broken = false;
                world.open--;
                throw new IllegalStateException("a bug");
            }
        };
        broken = true;
        world.advance(Duration.ofDays(1));
        assertThat(world.alarms).singleElement().asString().contains("could not be recorded", "a bug");
        assertThat(world.notifications()).isEmpty();
        world.advance(Duration.ofMinutes(1));
        assertThat(world.notifications()).singleElement().asString().contains("Action: delayed");
        world.advance(Duration.ofDays(4));
        assertThat(world.notifications()).last().asString().contains("Action: failed");
        assertThat(world.open).isZero();
    }

    /** And while it is being tried it stays in hand: nobody else may have it, nor an operator change it. */
    @Test
    void whoeverIsCalledWhileTheLineFailsIsTriedOnce() throws IOException {
        ThrottleSettings few = ThrottleSchedulerTest.concurrency(1, LimitKey.RCPT);
        World world = with(few);
        world.log = new ArrayList<>();
        world.perDestination = 5;
        world.attemptsAtOnce = 5;
        world.reload();
        int[] refused = {0};
        world.refusals = job -> refused[0]++ == 0 ? Map.of(0, new Refusal.Busy(new Claim(few, "x@b.test"))) : Map.of();
        world.hosts = facts -> {
            if (refused[0] > 0) {
                world.sleep(Duration.ofMinutes(5));
            }
            return World.delivered();
        };
        world.meanwhile = word -> {
            if (world.jobs.size() == 1 && refused[0] == 1) {
                world.pauses(20); // it is called, and tried
                broken = world.jobs.size() == 2;
                bug();
            }
        };
        world.submit(FROM, "x@b.test");
        world.settle();
        assertThat(broken).isTrue();
        broken = false;
        assertThat(world.scheduler().load().inHand()).isEqualTo(1);
        assertThat(world.scheduler().control().cancel(QueueFilter.ALL).recipients())
                .isZero();
        world.advance(Duration.ofHours(1));
        assertThat(world.story()).containsExactly("x@b.test delivered");
        assertThat(world.jobs).as("the first met no host").hasSize(2);
        assertThat(world.alarms).anyMatch(alarm -> alarm.endsWith("a bug"));
        assertThat(world.scheduler().load().inHand()).isZero();
    }

    @Test
    void aBounceThatNobodyCanBeToldOfIsQueuedOnce() {
        World world = with();
        world.hosts =
                facts -> facts.recipient().toString().equals("x@b.test") ? World.failed("unknown") : World.delivered();
        world.meanwhile = word -> {
            broken = word.equals("a message is told of");
            bug();
        };
        world.submit(FROM, "x@b.test");
        world.settle();
        world.advance(Duration.ofHours(1));
        assertThat(broken).isTrue();
        assertThat(world.notifications()).hasSize(1);
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void untilItsNewStateIsThereARecipientIsBeingAttempted() {
        World world = with();
        world.hosts = facts -> World.deferred("busy");
        QueueId id = world.submit(FROM, "x@b.test", "y@b.test");
        world.settle();
        Live live = new Live(id);
        live.message = world.spool.durable.get(id);
        live.running.set(0, 2);
        Job job = world.jobs.getFirst();
        List<Ticket.Routed> routed = IntStream.range(0, 2)
                .mapToObj(index ->
                        new Ticket.Routed(index, job.recipients().get(index), new Decision(job.hop(), List.of(), "")))
                .toList();
        List<NextState.Step> one =
                List.of(new NextState.Step(live.message().recipients().getFirst(), World.delivered()));
        assertThatThrownBy(() -> Settlement.merge(live, routed, one)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(live.running.cardinality()).as("whom rescue sees to").isEqualTo(2);
    }
}
