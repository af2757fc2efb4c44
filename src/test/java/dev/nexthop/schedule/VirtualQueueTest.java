package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.delivery.Job;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.NextHop;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail in virtual queues: lines, bounds and a schedule of its own. Time is simulated; the scheduler is the real one. */
class VirtualQueueTest {
    private static final String BULK = "news@bulk.test";
    private static final String PERSON = "ann@a.test";

    private final World world = World.started();
    /** When each recipient was delivered. */
    private final Map<String, Instant> delivered = new HashMap<>();

    private void open(VirtualQueues queues) {
        world.queues = queues;
        world.reload();
        world.hosts = facts -> {
            world.sleep(Duration.ofSeconds(1));
            delivered.put(facts.recipient().toString(), world.now());
            return World.delivered();
        };
    }

    private void backlog(int messages, String domain) {
        for (int i = 0; i < messages; i++) {
            world.submit(BULK, "r" + i + "@" + domain);
        }
        world.settle();
    }

    private Duration waited(String recipient) {
        return Duration.between(World.START, delivered.getOrDefault(recipient, Instant.MAX.minusSeconds(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"site.test", "relay.test", "local.test"})
    void aBacklogOfBulkMailDoesNotStandBeforeOtherMailAtTheSameSite(String domain) {
        world.relayConcurrency = 3;
        open(VirtualQueues.NONE);
        backlog(90, domain);
        world.submit("news@bulk.test", "late@" + domain);
        world.advance(Duration.ofMinutes(2));
        assertThat(waited("late@" + domain)).as("without queues").isGreaterThan(Duration.ofSeconds(25));

        VirtualQueueTest with = new VirtualQueueTest();
        with.world.relayConcurrency = 3;
        with.open(Virtual.bySender(Virtual.queue(with.world, "bulk", 0, 2)));
        with.backlog(90, domain);
        with.world.submit(PERSON, "bob@" + domain);
        with.world.advance(Duration.ofMinutes(2));
        assertThat(with.waited("bob@" + domain)).as("with a queue").isEqualTo(Duration.ofSeconds(1));
        assertThat(with.delivered).hasSize(91);
        assertThat(with.world.spool.durable).isEmpty();
    }

    @Test
    void whoWaitsForTheQueueHoldsNoSlotThatOthersCouldUse() {
        world.attemptsAtOnce = 3;
        world.perDestination = 1;
        open(Virtual.bySender(Virtual.queue(world, "bulk", 1)));
        for (int i = 0; i < 20; i++) {
            world.submit(BULK, "r@b" + i + ".test");
        }
        world.settle();
        assertThat(world.total).as("one of them runs, whatever is free").isEqualTo(1);
        world.submit(PERSON, "bob@b7.test");
        world.submit(PERSON, "bob@c.test");
        world.settle();
        assertThat(world.total).isEqualTo(3);
        world.advance(Duration.ofSeconds(1));
        assertThat(delivered.keySet()).contains("bob@b7.test", "bob@c.test").hasSize(3);
        world.advance(Duration.ofSeconds(19));
        assertThat(delivered).hasSize(22);
    }

    /** The turns of destinations, the turns of senders and the priorities hold inside a queue as they do outside. */
    @Test
    void nobodyStarvesInsideAQueue() {
        open(Virtual.bySender(Virtual.queue(world, "bulk", 1)));
        backlog(60, "big.test");
        world.submit(BULK, "one@small.test");
        world.submit("other@bulk.test", "two@big.test");
        world.submit(
                new Requests(Optional.empty(), "", List.of(), false, Optional.empty(), Optional.empty()),
                9,
                BULK,
                "urgent@third.test");
        world.advance(Duration.ofMinutes(2));
        assertThat(waited("one@small.test")).isLessThanOrEqualTo(Duration.ofSeconds(4));
        assertThat(waited("urgent@third.test")).isLessThanOrEqualTo(Duration.ofSeconds(3));
        assertThat(waited("two@big.test")).isLessThanOrEqualTo(Duration.ofSeconds(8));
        assertThat(delivered).hasSize(63);
    }

    @Test
    void theBoundOfARelayIsThatOfAllQueuesTogetherAndTheyTakeTurns() {
        world.relayConcurrency = 2;
        open(Virtual.bySender(Virtual.queue(world, "bulk", 0), Virtual.queue(world, "slow", 0)));
        backlog(40, "relay.test");
        for (int i = 0; i < 10; i++) {
            world.submit(PERSON, "p" + i + "@relay.test");
            world.submit("x@slow.test", "s" + i + "@relay.test");
        }
        world.advance(Duration.ofSeconds(16));
        assertThat(world.mostRunning).containsEntry("relay:relay", 2);
        assertThat(delivered.keySet().stream().filter(to -> to.startsWith("p")))
                .as("a third of the slots")
                .hasSizeGreaterThan(8);
        assertThat(delivered.keySet().stream().filter(to -> to.startsWith("s"))).hasSizeGreaterThan(8);
        world.advance(Duration.ofMinutes(1));
        assertThat(delivered).hasSize(60);
        assertThat(world.mostRunning).containsEntry("relay:relay", 2);
    }

    /** Who needs a slot of the queue and one of the relay at the same moment gets both in the end, though others want either. */
    @Test
    void whoNeedsTwoSlotsAtOnceDoesNotStarve() {
        world.relayConcurrency = 1;
        open(Virtual.bySender(Virtual.queue(world, "bulk", 1)));
        world.hosts = facts -> {
            world.sleep(Duration.ofSeconds(facts.recipient().domain().name().equals("relay.test") ? 2 : 3));
            delivered.put(facts.recipient().toString(), world.now());
            return World.delivered();
        };
        backlog(60, "one.test");
        backlog(60, "two.test");
        for (int i = 0; i < 100; i++) {
            world.submit(PERSON, "p" + i + "@relay.test");
        }
        world.advance(Duration.ofSeconds(5));
        world.submit(BULK, "both@relay.test");
        world.advance(Duration.ofMinutes(20));
        assertThat(delivered).hasSize(221);
        assertThat(waited("both@relay.test")).isLessThan(Duration.ofSeconds(30));
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void recipientsOfOneMessageInDifferentQueuesDoNotShareATransaction() {
        open(Virtual.by("if_then(starts_with(rcpt, 'list'), 'bulk', false)", Virtual.queue(world, "bulk", 0)));
        world.submit(PERSON, "list1@relay.test", "bob@relay.test", "list2@relay.test", "carl@relay.test");
        world.advance(Duration.ofSeconds(10));
        assertThat(world.jobs)
                .extracting(job -> job.recipients().stream()
                        .map(facts -> facts.recipient().localPart())
                        .toList())
                .containsExactlyInAnyOrder(List.of("list1", "list2"), List.of("bob", "carl"));
        assertThat(world.log)
                .allSatisfy(event ->
                        assertThat(event.queue()).isEqualTo(event.recipient().startsWith("list") ? "bulk" : ""))
                .hasSize(4);
    }

    @Test
    void aDestinationThatIsDownInOneQueueIsTriedInAnother() {
        open(Virtual.bySender(Virtual.queue(world, "bulk", 0)));
        world.hosts =
                facts -> facts.envelope().sender().address().equals(BULK) ? World.deferred("no") : World.delivered();
        world.verdicts =
                job -> job.recipients().getFirst().envelope().sender().address().equals(BULK)
                        ? World.unreachable()
                        : new HopVerdict.Healthy();
        backlog(30, "site.test");
        world.submit(PERSON, "bob@site.test");
        world.settle();
        assertThat(world.jobs).as("five, and one that found it out").hasSizeLessThan(12);
        assertThat(world.log.getLast().outcome()).isInstanceOf(Outcome.Delivered.class);
        assertThat(world.log)
                .anySatisfy(event -> assertThat(event.outcome().diagnosis().reason())
                        .startsWith("not tried, because site.test could not be reached"));
    }

    private static RecipientState state(World world, QueueId id) throws IOException {
        return world.scheduler().control().show(id).orElseThrow().recipients().getFirst();
    }

    private VirtualQueue patient() {
        return new VirtualQueue(
                "bulk",
                OptionalInt.empty(),
                OptionalInt.empty(),
                Conditional.constant(List.of(Duration.ofHours(1), Duration.ofHours(6))),
                Conditional.constant(List.of(Duration.ofHours(2))),
                Conditional.constant(Duration.ofHours(10)));
    }

    /** Retry, notify and expire are those of the queue, also after a start, and another queue's mail has its own. */
    @Test
    void aQueueHasAScheduleOfItsOwn() throws IOException {
        open(Virtual.bySender(patient()));
        world.hosts = facts -> facts.recipient().domain().name().equals("bulk.test")
                ? World.delivered() // the notices
                : World.deferred("later");
        QueueId bulk = world.submit(BULK, "r@site.test");
        QueueId other = world.submit(PERSON, "r@site.test");
        world.settle();
        assertThat(state(world, bulk).expires()).isEqualTo(World.START.plus(Duration.ofHours(10)));
        assertThat(state(world, bulk).notifyAt()).isEqualTo(World.START.plus(Duration.ofHours(2)));
        assertThat(state(world, bulk).due()).isEqualTo(World.START.plus(Duration.ofHours(1)));
        assertThat(state(world, other).expires()).isEqualTo(World.START.plus(Duration.ofDays(5)));
        assertThat(state(world, other).notifyAt()).isEqualTo(World.START.plus(Duration.ofDays(1)));
        assertThat(state(world, other).due()).isEqualTo(World.START.plus(Duration.ofMinutes(2)));
        world.crash();
        world.advance(Duration.ofHours(1));
        assertThat(state(world, bulk).due()).isEqualTo(World.START.plus(Duration.ofHours(7)));
        world.advance(Duration.ofHours(2));
        assertThat(state(world, bulk).notices()).isEqualTo(1);
        assertThat(state(world, bulk).notifyAt()).as("one notice only").isEqualTo(Instant.MAX);
        assertThat(state(world, other).notices()).isZero();
        world.crash();
        world.advance(Duration.ofHours(7));
        assertThat(world.scheduler().control().show(bulk))
                .as("its time is over")
                .isEmpty();
        assertThat(world.log.stream()
                        .filter(event -> event.outcome() instanceof Outcome.Failed)
                        .map(DeliveryEvent::id))
                .containsExactly(bulk);
        assertThat(world.notifications()).hasSize(2);
        assertThat(world.spool.durable).hasSize(1);
    }

    /** The rule is asked after a failure with that failure in view, as retry is. */
    @Test
    void aFailureMayMoveARecipientIntoAnotherQueue() throws IOException {
        open(Virtual.by("if_then(contains(last_status, 'greylisted'), 'bulk', false)", patient()));
        world.hosts = facts -> World.deferred(facts.recipient().localPart());
        QueueId grey = world.submit(PERSON, "greylisted@site.test");
        QueueId full = world.submit(PERSON, "full@site.test");
        world.settle();
        assertThat(state(world, grey).due()).isEqualTo(World.START.plus(Duration.ofHours(1)));
        assertThat(state(world, full).due()).isEqualTo(World.START.plus(Duration.ofMinutes(2)));
        assertThat(state(world, grey).expires())
                .as("of the time of acceptance")
                .isEqualTo(World.START.plus(Duration.ofDays(5)));
        world.advance(Duration.ofHours(1));
        assertThat(world.log.stream().filter(event -> event.id().equals(grey)).map(DeliveryEvent::queue))
                .containsExactly("", "bulk");
    }

    /** The address that the rule may ask for is that of the client, also when a host has just failed. */
    @Test
    void ofTheHostTheRuleKnowsNothing() throws IOException {
        open(Virtual.by("if_then(remote_ip = '192.0.2.9', 'bulk', false)", patient()));
        world.hosts = _ -> World.deferred("later"); // says 192.0.2.9
        QueueId id = world.submit(PERSON, "r@site.test");
        world.settle();
        assertThat(state(world, id).due()).isEqualTo(World.START.plus(Duration.ofMinutes(2)));
    }

    /** What names no queue is never sent, and says why; when the rule is mended it goes. */
    @Test
    void whatTheRuleComputesMustBeDefined() throws IOException {
        open(Virtual.by("sender_domain", Virtual.queue(world, "bulk.test", 0)));
        QueueId good = world.submit(BULK, "r@site.test");
        QueueId lost = world.submit(PERSON, "r@site.test");
        QueueId local = world.submit(PERSON, "r@local.test");
        QueueId rejected = world.submit(PERSON, "r@rejected.test");
        world.settle();
        world.advance(Duration.ofSeconds(2));
        assertThat(world.jobs)
                .filteredOn(job -> job.hop() instanceof NextHop.Mx || job.hop() instanceof NextHop.Local)
                .extracting(Job::id)
                .containsExactly(good);
        for (QueueId id : List.of(lost, local)) {
            RecipientState state = state(world, id);
            assertThat(state.last().orElseThrow().diagnosis().reason())
                    .isEqualTo(
                            "queue.outbound.queue does not say which virtual queue this is in: nexthop.toml:7:3: rule 1: "
                                    + "this is 'a.test', and no virtual queue has that name");
            assertThat(state.expires()).isEqualTo(World.START.plus(Duration.ofDays(5)));
            assertThat(state.due()).isAfter(world.now());
        }
        assertThat(world.scheduler().control().show(rejected))
                .as("who is not sent needs no queue")
                .isEmpty();
        assertThat(world.alarms)
                .anySatisfy(alarm -> assertThat(alarm).startsWith("schedule: queue.outbound.queue"))
                .anySatisfy(
                        alarm -> assertThat(alarm).startsWith("routing: message " + lost + " for r@site.test: queue."));
        world.queues = VirtualQueues.NONE;
        world.reload();
        world.advance(Duration.ofMinutes(3));
        assertThat(delivered.keySet()).contains("r@local.test");
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.open).isZero();
    }

    /** A queue that is renamed, or no more, while its mail waits, loses nothing and keeps nobody. */
    @ParameterizedTest
    @ValueSource(strings = {"renamed", "removed", "added"})
    void aReloadThatChangesTheQueuesLosesNothing(String change) {
        VirtualQueue bulk = Virtual.queue(world, "bulk", 1);
        VirtualQueue mass = Virtual.queue(world, "mass", 2);
        open(change.equals("added") ? VirtualQueues.NONE : Virtual.bySender(bulk));
        backlog(40, "one.test");
        backlog(40, "two.test");
        world.advance(Duration.ofSeconds(3));
        int most = world.mostTotal;
        world.queues = change.equals("removed") ? VirtualQueues.NONE : Virtual.by("'mass'", mass);
        world.reload();
        world.advance(Duration.ofSeconds(2));
        world.mostTotal = 0;
        world.advance(Duration.ofMinutes(2));
        assertThat(most).isEqualTo(change.equals("added") ? 6 : 1);
        assertThat(world.mostTotal).isEqualTo(change.equals("removed") ? 6 : 2);
        assertThat(world.log).hasSize(80);
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.open).isZero();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }

    @Test
    void anotherConcurrencyHoldsAtOnce() {
        open(Virtual.bySender(Virtual.queue(world, "bulk", 1)));
        backlog(30, "one.test");
        backlog(30, "two.test");
        assertThat(world.total).isEqualTo(1);
        world.queues = Virtual.bySender(Virtual.queue(world, "bulk", 4));
        world.reload();
        world.settle();
        assertThat(world.total).as("nobody waits for an attempt to end").isEqualTo(4);
        world.queues = Virtual.bySender(Virtual.queue(world, "bulk", 0, 1));
        world.reload();
        world.advance(Duration.ofSeconds(2));
        assertThat(world.total).as("no bound, and one for each destination").isEqualTo(2);
        world.queues = Virtual.bySender(Virtual.queue(world, "bulk", 1));
        world.reload();
        world.mostTotal = 0;
        world.advance(Duration.ofSeconds(2));
        world.mostTotal = 0;
        world.advance(Duration.ofMinutes(2));
        assertThat(world.mostTotal).isEqualTo(1);
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void anOperatorMeansAQueue() throws IOException {
        open(Virtual.bySender(Virtual.queue(world, "bulk", 0)));
        world.hosts = _ -> World.deferred("later");
        QueueId bulk = world.submit(BULK, "r@site.test");
        QueueId other = world.submit(PERSON, "r@site.test");
        world.settle();
        QueueControl control = world.scheduler().control();
        QueueFilter filter = new QueueFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("site.test"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("bulk"),
                Optional.empty());
        assertThat(control.list(filter, 10).messages()).singleElement().satisfies(message -> {
            assertThat(message.id()).isEqualTo(bulk);
            assertThat(control.queues(message)).isEqualTo(Map.of(0, new QueueControl.Membership("bulk", "")));
        });
        assertThat(control.queues(control.show(other).orElseThrow())).isEmpty();
        assertThat(control.hold(filter).recipients()).isEqualTo(1);
        assertThat(control.release(QueueFilter.ALL).recipients()).isEqualTo(1);
        assertThat(control.retry(filter).recipients()).isEqualTo(1);
    }

    @Test
    void anOrderMeansAQueue() throws IOException {
        open(Virtual.bySender(Virtual.queue(world, "bulk", 0)));
        OrderControl orders = world.scheduler().control().orders();
        Order.Terms terms = new Order.Terms(
                "complaints", "ann", world.now(), Optional.of(world.now().plusSeconds(3_600)));
        assertThatThrownBy(() -> orders.suspend(new OrderScope(Map.of(OrderScope.Part.QUEUE, "bulky")), terms))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not defined; defined: [bulk]");
        orders.suspend(new OrderScope(Map.of(OrderScope.Part.QUEUE, "bulk")), terms);
        world.crash();
        QueueId bulk = world.submit(BULK, "r@site.test");
        world.submit(PERSON, "bob@site.test");
        world.advance(Duration.ofSeconds(2));
        assertThat(delivered.keySet()).containsExactly("bob@site.test");
        QueueControl control = world.scheduler().control();
        assertThat(control.remarks(control.show(bulk).orElseThrow()).values())
                .singleElement()
                .satisfies(remark -> assertThat(remark.status()).isEqualTo("suspended"));
        world.advance(Duration.ofHours(1));
        assertThat(delivered).hasSize(2);
        assertThat(world.spool.durable).isEmpty();
    }

    /** Mail that waits for its queue may be much: it leaves room in memory to all other mail. */
    @Test
    void aQueueFillsHalfOfTheCommonLineAtMost() {
        Machinery machinery =
                new Machinery(world.clock(), (when, task) -> {}, Runnable::run, Runnable::run, Runnable::run);
        Admission admission = new Admission(machinery, new Admission.Effects() {
            @Override
            public void started(List<Ticket> tickets) {}

            @Override
            public void called(long[] ids) {}
        });
        Tickets tickets = new Tickets(); // no slots: the total is 0
        VirtualQueue bulk = Virtual.queue(world, "bulk", 1);
        int waiting = 0;
        for (int domain = 0; domain < 24; domain++) {
            for (int i = 0; i < 2_000; i++) {
                Ticket ticket = tickets.make(bulk);
                Admission.Place place = admission.offer(ticket, "bulk#mx:domain" + domain, true);
                waiting += place == Admission.Place.FULL ? 0 : 1;
            }
        }
        assertThat(waiting).isBetween(Admission.MOST_WAITING / 2 - 10, Admission.MOST_WAITING / 2 + 60);
        int others = 0;
        for (int i = 0; i < 2_000; i++) {
            others += admission.offer(tickets.make(0, 1), "mx:other", true) == Admission.Place.FULL ? 0 : 1;
        }
        assertThat(others).isEqualTo(2_000);
    }
}
