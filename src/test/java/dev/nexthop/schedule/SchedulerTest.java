package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import dev.nexthop.flight.FlightRecord;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The queue as a postmaster watches it. */
@Isolated // the flight recorder hears the whole process
class SchedulerTest {
    private static final String FROM = "sender@a.test";

    @Test
    void aDeliveredMessageLeavesTheQueueAfterOneWriteAndIsNeverReadFromDisk() {
        World world = World.started();
        world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(world.story()).containsExactly("bob@b.test delivered");
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.spool.writes).isEqualTo(1);
        assertThat(world.spool.reads).isZero();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }

    @Test
    void theFlightRecorderIsToldOfDecisionsAndOfWrites() throws Exception {
        World world = World.started();
        world.hosts = facts ->
                facts.recipient().domain().name().equals("b.test") ? World.deferred("busy") : World.delivered();
        List<String> ids = new ArrayList<>();
        FlightRecord record = FlightRecord.of(() -> {
            ids.add(world.submit(FROM, "bob@b.test", "carla@relay.test").toString());
            world.settle();
            ids.add(world.submit(FROM, "dora@c.test").toString());
            world.settle();
        });
        assertThat(record.of("Route"))
                .extracting(event -> event.getString("id") + " " + event.getString("domain") + " "
                        + event.getString("kind") + " " + event.getString("hop") + " " + event.getInt("rules"))
                .containsExactlyInAnyOrder(
                        ids.getFirst() + " b.test mx mx 5",
                        ids.getFirst() + " relay.test relay relay 1",
                        ids.getLast() + " c.test mx mx 5");
        assertThat(record.of("OutcomeWrite"))
                .allSatisfy(event -> assertThat(event.getBoolean("written")).isTrue())
                .extracting(event -> event.getString("id") + " " + event.getInt("left"))
                .contains(ids.getFirst() + " 1")
                .endsWith(ids.getLast() + " 0");
    }

    @Test
    void retriesFollowTheListAndItsLastWaitRepeats() { // RFC 5321 §4.5.4.1
        World world = World.started();
        List<Duration> tried = new ArrayList<>();
        world.hosts = facts -> {
            tried.add(Duration.between(World.START, facts.now()));
            return World.deferred("later");
        };
        world.submit(FROM, "bob@b.test");
        world.advance(Duration.ofHours(5));
        assertThat(tried)
                .containsExactly(
                        Duration.ZERO,
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(7),
                        Duration.ofMinutes(37),
                        Duration.ofMinutes(157),
                        Duration.ofMinutes(277));
    }

    @Test
    void delaysAreToldAfterOneDayAndThreeDaysLaterAndTheEndIsABounce() { // as in Stalwart 0.7
        World world = World.started();
        world.hosts = facts ->
                facts.recipient().domain().name().equals("b.test") ? World.deferred("busy") : World.delivered();
        world.submit(FROM, "bob@b.test");
        world.advance(Duration.ofDays(1).minusSeconds(1));
        assertThat(world.notifications()).isEmpty();
        world.advance(Duration.ofSeconds(2));
        assertThat(world.notifications()).hasSize(1);
        world.advance(Duration.ofDays(3).minusSeconds(10));
        assertThat(world.notifications()).hasSize(1);
        world.advance(Duration.ofSeconds(20));
        assertThat(world.notifications()).hasSize(2);
        assertThat(world.notifications().getLast())
                .contains("Action: delayed", "Status: 4.2.1", "Will-Retry-Until: Tue, 6 Jan 2026 00:00:00 +0000");
        world.advance(Duration.ofDays(1));
        assertThat(world.notifications()).hasSize(3);
        assertThat(world.notifications().getLast())
                .contains("Action: failed", "Status: 5.2.1", "smtp; 451 4.2.1 busy")
                .contains("expired after 5 days in the queue; last: the host");
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void theLastAttemptIsAtTheTimeOfExpiry() {
        World world = World.started();
        List<Instant> tried = new ArrayList<>();
        world.hosts = facts -> {
            tried.add(facts.now());
            return facts.recipient().domain().name().equals("b.test") ? World.deferred("busy") : World.delivered();
        };
        world.expire = Conditional.constant(Duration.ofMinutes(10));
        world.submit(FROM, "bob@b.test");
        world.advance(Duration.ofHours(1));
        assertThat(tried)
                .startsWith(
                        World.START,
                        World.START.plusSeconds(120),
                        World.START.plusSeconds(420),
                        World.START.plusSeconds(600))
                .hasSize(5); // and the bounce
        assertThat(world.notifications()).singleElement().asString().contains("expired after 10 minutes");
    }

    @Test
    void aFailedNotificationIsAnAlarmAndHeldForThePostmaster() throws IOException { // RFC 5321 §6.1
        World world = World.started();
        world.hosts = facts -> World.failed("no such user");
        world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(world.notifications()).hasSize(1);
        assertThat(world.alarms)
                .singleElement()
                .asString()
                .startsWith("double-bounce: message 0000000000002 has no sender")
                .contains("sender@a.test")
                .contains("it is held");
        world.advance(Duration.ofDays(30));
        world.crash();
        world.advance(Duration.ofDays(30));
        assertThat(world.jobs).as("never tried again, never expired").hasSize(2);
        RecipientState held =
                world.spool.durable.firstEntry().getValue().recipients().getFirst();
        assertThat(world.spool.durable).hasSize(1);
        assertThat(held.status()).isEqualTo(RecipientStatus.HELD);
        assertThat(held.last().orElseThrow().diagnosis().reason()).isEqualTo("the host refused");
        QueueControl desk = world.scheduler().control();
        assertThat(desk.list(QueueFilter.ALL, 10).messages()).hasSize(1);
        assertThat(desk.release(QueueFilter.ALL).recipients()).isEqualTo(1);
        world.settle();
        assertThat(world.alarms).as("failed again, held again").hasSize(2);
        assertThat(world.spool.durable).hasSize(1);
        assertThat(desk.cancel(QueueFilter.ALL).recipients()).isEqualTo(1);
        world.settle();
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.alarms).hasSize(2);
    }

    @Test
    void oneRecipientIsHeldAndTheOthersOfTheSameNullSenderGoOn() {
        World world = World.started();
        world.hosts = facts -> facts.recipient().toString().equals("bad@b.test")
                ? World.failed("no such user")
                : facts.history().attempts() == 0 ? World.deferred("later") : World.delivered();
        world.submit("", "bad@b.test", "good@b.test");
        world.advance(Duration.ofMinutes(3));
        assertThat(world.spool.durable.firstEntry().getValue().recipients())
                .extracting(RecipientState::status)
                .containsExactly(RecipientStatus.HELD, RecipientStatus.DELIVERED);
        assertThat(world.alarms).hasSize(1);
    }

    @Test
    void recipientsThatFailTogetherAreToldOfInOneNotification() {
        World world = new World(3);
        List<Runnable> gates = new ArrayList<>();
        world.spool.immediate = true;
        world.hosts = facts -> {
            String to = facts.recipient().toString();
            if (to.equals("slow@b.test")) {
                world.fibers.block(gates);
            }
            return to.startsWith("sender") ? World.delivered() : World.failed("no such user");
        };
        world.boot();
        world.settle();
        world.submit(FROM, "slow@b.test", "x@c.test", "y@relay.test", "z@rejected.test");
        world.settle();
        assertThat(world.notifications()).as("one attempt still runs").isEmpty();
        assertThat(world.spool.durable.firstEntry().getValue().recipients())
                .as("a failure is durable together with its notification")
                .allMatch(state -> state.status() == RecipientStatus.SCHEDULED);
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.notifications())
                .singleElement()
                .asString()
                .contains("slow@b.test", "x@c.test", "y@relay.test", "z@rejected.test");
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void recipientsWithTheSameHopShareAJobWhateverTheirDomainsUpToTheHostsLimit() {
        World world = World.started();
        world.submit(
                FROM,
                "1@relay.test",
                "2@b.test",
                "3@relay.test",
                "4@c.test",
                "5@b.test",
                "6@relay.test",
                "7@relay.test");
        world.settle();
        assertThat(world.jobs.stream()
                        .map(job -> job.hop().id() + job.recipients().size()))
                .containsExactlyInAnyOrder("relay3", "relay1", "mx2", "mx1");
    }

    @Test
    void aFaultyRuleDefersWithItsPlaceAndRaisesAnAlarm() {
        World world = World.started();
        QueueId id = world.submit(FROM, "bob@lost.test", "amy@b.test");
        world.settle();
        assertThat(world.story()).containsExactlyInAnyOrder("bob@lost.test deferred", "amy@b.test delivered");
        assertThat(world.alarms)
                .containsExactly("routing: message " + id
                        + " for bob@lost.test: rule 3 at nexthop.toml:3:1 names the hop 'lots', which is not defined; defined:"
                        + " relay, local");
        RecipientState bob =
                world.spool.durable.firstEntry().getValue().recipients().getFirst();
        RouteTrace route = bob.last().orElseThrow().route();
        assertThat(route.rules().getFirst().why())
                .containsExactly("rcpt_domain = 'relay.test' is false because rcpt_domain is 'lost.test'");
        assertThat(route.reason()).startsWith("rule 3 at nexthop.toml:3:1 names the hop 'lots'");
    }

    @Test
    void aBlockedDestinationDelaysNobodyElse() {
        World world = new World(5);
        List<Runnable> gates = new ArrayList<>();
        world.spool.immediate = true;
        world.hosts = facts -> {
            if (facts.recipient().domain().name().equals("slow.test")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        world.boot();
        world.settle();
        for (int i = 0; i < 500; i++) {
            world.submit(FROM, "r" + i + "@slow.test");
        }
        world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(world.story()).containsExactly("bob@b.test delivered");
        assertThat(world.total).isEqualTo(world.perDestination);
        assertThat(world.scheduler().load().heldBytes())
                .as("who waits long gives its memory back")
                .isLessThan(20_000);
        while (!gates.isEmpty()) {
            gates.removeFirst().run();
            world.settle();
        }
        assertThat(world.story()).hasSize(501);
        assertThat(world.mostRunning).containsEntry("mx:slow.test", world.perDestination);
    }

    @Test
    void theLineOfADestinationHasAnEndAndWhoFindsItFullIsCalledWhenThereIsRoom() {
        int line = 2_500; // half of its room: there is one sender
        World world = new World(5);
        List<Runnable> gates = new ArrayList<>();
        boolean[] slow = {true};
        world.spool.immediate = true;
        world.heldBytes = 0;
        world.hosts = facts -> {
            if (slow[0] && facts.recipient().domain().name().equals("slow.test")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        world.boot();
        world.settle();
        int more = 200;
        for (int i = 0; i < line + world.perDestination + more; i++) {
            world.submit(FROM, "r" + i + "@slow.test");
        }
        world.submit(FROM, "bob@b.test", "amy@slow.test");
        world.settle();
        assertThat(world.story()).containsExactly("bob@b.test delivered");
        assertThat(world.scheduler().load().inHand()).isEqualTo(line + world.perDestination);
        assertThat(world.scheduler().load().waiting()).isEqualTo(more + 1);
        int reads = world.spool.reads;
        world.advance(Duration.ofMinutes(29));
        assertThat(world.spool.reads)
                .as("left alone, but for the one with two recipients")
                .isEqualTo(reads + 1);
        assertThat(world.scheduler().load().inHand()).isEqualTo(line + world.perDestination);
        assertThat(world.spool.writes).as("but for bob nothing is written").isEqualTo(1);
        slow[0] = false;
        List.copyOf(gates).forEach(Runnable::run);
        world.settle();
        assertThat(world.spool.reads).as("each once more for its attempt").isLessThanOrEqualTo(reads + line + 3 * more);
        assertThat(world.story())
                .hasSize(line + world.perDestination + more + 2)
                .doesNotHaveDuplicates()
                .allMatch(event -> event.endsWith(" delivered"));
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }

    @Test
    void theTotalIsSharedFairlyBetweenDestinations() {
        World world = new World(6);
        world.attemptsAtOnce = 2;
        world.spool.immediate = true;
        List<String> order = new ArrayList<>();
        world.hosts = facts -> {
            order.add(facts.recipient().domain().name());
            world.pause();
            return World.delivered();
        };
        world.boot();
        world.settle();
        for (int i = 0; i < 40; i++) {
            world.submit(FROM, "r@many.test");
        }
        world.submit(FROM, "r@few.test");
        world.settle();
        assertThat(world.mostTotal).isEqualTo(2);
        assertThat(order.indexOf("few.test")).isLessThan(8);
        assertThat(order).hasSize(41);
    }

    @Test
    void aHopThatIsDownIsTriedByOneMessageAtATimeUntilItAnswers() {
        World world = World.started();
        boolean[] up = {false};
        world.hosts = facts -> up[0] ? World.delivered() : World.deferred("no answer");
        world.verdicts = job -> up[0] ? new HopVerdict.Healthy() : World.unreachable();
        for (int i = 0; i < 5; i++) {
            world.submit(FROM, "r" + i + "@down.test");
            world.settle();
        }
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            world.fibers.block(gates);
            return up[0] ? World.delivered() : World.deferred("no answer");
        };
        world.jobs.clear();
        for (int i = 0; i < 20; i++) {
            world.submit(FROM, "s" + i + "@down.test");
        }
        world.settle();
        assertThat(world.jobs).as("one probe").hasSize(1);
        assertThat(world.log.getLast().outcome().diagnosis().reason())
                .isEqualTo(
                        "not tried, because down.test could not be reached 5 times in a row and is tried by one message"
                                + " at a time; the last time: connection refused");
        assertThat(world.spool.durable).as("nothing is lost").hasSize(25);
        up[0] = true;
        gates.removeFirst().run();
        world.settle();
        world.hosts = facts -> World.delivered();
        world.advance(Duration.ofMinutes(3));
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void anErrorInTheProgramDefersAndGivesTheSlotBack() {
        World world = World.started();
        world.hosts = facts -> {
            throw new IllegalStateException("a bug");
        };
        for (int i = 0; i < 9; i++) {
            world.submit(FROM, "r" + i + "@b.test");
        }
        world.settle();
        assertThat(world.story()).hasSize(9).allMatch(line -> line.endsWith("deferred"));
        world.hosts = facts -> World.delivered();
        world.advance(Duration.ofMinutes(2));
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aScheduleThatCannotBeEvaluatedBecomesItsDefaultWithAnAlarm() {
        World world = new World(1);
        world.spool.immediate = true;
        Scope scope = Scope.of(Variable.RCPT_SCOPE);
        List<RuleSource> broken = List.of(new RuleSource(null, "key_get('none', rcpt)", "nexthop.toml:9:1"));
        world.retry = ok(Conditional.compile(broken, scope, Conversion.DURATION_LIST));
        world.expire = ok(Conditional.compile(broken, scope, Conversion.DURATION));
        world.boot();
        world.settle();
        world.hosts = facts -> World.deferred("later");
        world.submit(FROM, "bob@b.test");
        world.settle();
        RecipientState bob =
                world.spool.durable.firstEntry().getValue().recipients().getFirst();
        assertThat(bob.expires()).isEqualTo(World.START.plus(Duration.ofDays(5)));
        assertThat(bob.due()).isEqualTo(World.START.plus(Duration.ofMinutes(15)));
        assertThat(world.alarms).hasSize(2).allMatch(alarm -> alarm.startsWith("schedule: queue.schedule."));
    }

    @Test
    void rulesMayAskForTheFailureThatHasJustHappened() {
        World world = new World(1);
        world.spool.immediate = true;
        world.retry = ok(Conditional.compile(
                List.of(
                        new RuleSource("contains(last_status, 'greylist')", "10m", "nexthop.toml:9:1"),
                        new RuleSource(null, "1h", "nexthop.toml:9:1")),
                Scope.of(Variable.RCPT_SCOPE),
                Conversion.DURATION_LIST));
        world.boot();
        world.settle();
        world.hosts = facts -> World.deferred(facts.recipient().domain().name().equals("b.test") ? "greylisted" : "no");
        world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        assertThat(world.spool.durable.firstEntry().getValue().recipients())
                .extracting(RecipientState::due)
                .containsExactly(World.START.plusSeconds(600), World.START.plusSeconds(3_600));
    }

    private static <T> T ok(Compilation<T> compilation) {
        return switch (compilation) {
            case Compilation.Ok<T> ok -> ok.result();
            case Compilation.Failed<T> failed ->
                throw new AssertionError(failed.problems().toString());
        };
    }

    /** Who has a slot uses it, however long the look-ups of the next message take. */
    @Test
    void aSlotDoesNotWaitForTheLookUpsOfTheNextMessage() {
        World world = World.started();
        List<Runnable> gates = new ArrayList<>();
        int[] opened = {0};
        world.opening = () -> {
            if (++opened[0] == 2) {
                world.fibers.block(gates);
            }
        };
        world.submit(FROM, "one@b.test");
        world.submit(FROM, "two@c.test");
        world.settle();
        assertThat(gates).hasSize(1);
        assertThat(world.story()).containsExactly("one@b.test delivered");
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).containsExactly("one@b.test delivered", "two@c.test delivered");
    }

    /** A bug in routing puts the message off, and leaves nothing behind that keeps it from being tried then. */
    @Test
    void whoCouldNotBeRoutedIsTriedLater() {
        World world = World.started();
        boolean[] broken = {true};
        world.opening = () -> {
            if (broken[0]) {
                broken[0] = false;
                throw new IllegalStateException("a bug");
            }
        };
        world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(world.jobs).isEmpty();
        world.advance(Duration.ofMinutes(16));
        assertThat(world.story()).containsExactly("bob@b.test delivered");
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }
}
