package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.expr.RuleSource;
import dev.nexthop.limit.LimitKey;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.NextHop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the scheduler does when the disk refuses, the process dies, or it is told to stop. */
class SchedulerRestartTest {
    private static final String FROM = "sender@a.test";

    @Test
    void whatTheDiskRefusesIsKeptAndNotDeliveredAgain() {
        World world = World.started();
        world.submit(FROM, "bob@b.test");
        world.spool.brokenWrites = true;
        world.settle();
        world.advance(Duration.ofHours(2));
        assertThat(world.jobs).hasSize(1);
        assertThat(world.spool.durable).hasSize(1);
        assertThat(world.alarms.getFirst())
                .isEqualTo(
                        "spool: the outcome of message 0000000000001 could not be recorded and is kept in memory; next"
                                + " try in 1 s: I/O error");
        assertThat(world.alarms).hasSizeBetween(100, 140); // one a minute
        world.spool.brokenWrites = false;
        world.advance(Duration.ofMinutes(1));
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.jobs).hasSize(1);
    }

    @Test
    void aFullDiskDelaysTheBounceButLosesNeitherItNorTheOthersOutcome() {
        World world = World.started();
        world.hosts = facts ->
                facts.recipient().toString().equals("bad@b.test") ? World.failed("no such user") : World.delivered();
        world.submit(FROM, "bad@b.test", "good@b.test");
        world.spool.full = true;
        world.settle();
        world.advance(Duration.ofSeconds(3));
        assertThat(world.spool.durable.firstEntry().getValue().recipients())
                .extracting(RecipientState::status)
                .containsExactly(RecipientStatus.SCHEDULED, RecipientStatus.DELIVERED);
        world.spool.full = false;
        world.advance(Duration.ofMinutes(1));
        assertThat(world.notifications())
                .singleElement()
                .asString()
                .contains("bad@b.test")
                .doesNotContain("good@b.test");
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.jobs).hasSize(2);
    }

    @Test
    void aRestartFindsWhatWaitsAndTakesItFromDisk() {
        World world = World.started();
        world.heldBytes = 0;
        world.hosts = facts -> World.deferred("later");
        for (int i = 0; i < 50; i++) {
            world.submit(FROM, "r" + i + "@b" + i % 7 + ".test");
        }
        world.settle();
        world.crash();
        world.hosts = facts -> World.delivered();
        world.settle();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(50, 0, 0));
        world.advance(Duration.ofMinutes(2));
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.spool.reads).isGreaterThanOrEqualTo(50);
    }

    /** After a rebuild under a running server, or where the stack is used up. */
    @Test
    void aScanThatMeetsAnErrorOfTheMachineIsMadeAgain() {
        World world = World.started();
        world.hosts = facts -> World.deferred("later");
        world.submit(FROM, "bob@b.test");
        world.settle();
        world.fibers.foreseen = LinkageError.class::isInstance;
        world.spool.scanning = () -> {
            world.spool.scanning = () -> {};
            throw new LinkageError("rebuilt");
        };
        world.crash();
        world.settle();
        assertThat(world.scheduler().complete()).isFalse();
        world.hosts = facts -> World.delivered();
        world.advance(Duration.ofMinutes(3));
        assertThat(world.scheduler().complete()).isTrue();
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aMessageThatTheScanHasDeliveredAlreadyIsNotTakenAgainFromMemory() {
        World world = World.started();
        world.scheduler().start();
        world.spool.heldUp = true;
        world.submit(FROM, "bob@b.test");
        var late = world.spool.committed.getLast();
        world.settle();
        assertThat(world.jobs).hasSize(1);
        world.scheduler().accept(late); // a thread that was held up between the disk and the hand-over
        world.settle();
        assertThat(world.jobs).hasSize(1);
    }

    @Test
    void newMailDoesNotWaitForTheScanNorBehindWhatItFinds() {
        World world = World.started();
        world.hosts = facts -> World.deferred("later");
        for (int i = 0; i < 50; i++) {
            world.submit(FROM, "r" + i + "@b" + i % 7 + ".test");
        }
        world.settle();
        world.crash();
        world.hosts = facts -> World.delivered();
        world.submit(FROM, "new@c.test");
        world.settle();
        assertThat(world.story()).contains("new@c.test delivered");
        assertThat(world.spool.read)
                .doesNotContain(world.spool.committed.getLast().id());
        world.advance(Duration.ofMinutes(10));
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.jobs).hasSize(101);
    }

    @Test
    void aDecisionIsMadeAgainAfterAWaitInLine() {
        World world = new World(8);
        world.spool.immediate = true;
        world.heldBytes = 0;
        world.rules = List.of(
                new RuleSource("queue_age > 10m", "'relay'", "nexthop.toml:1:1"),
                new RuleSource(null, "false", "nexthop.toml:2:1"));
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().toString().startsWith("slow")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        world.boot();
        world.settle();
        for (int i = 0; i < 3; i++) {
            world.submit(FROM, "slow" + i + "@b.test");
        }
        world.submit(FROM, "bob@b.test");
        world.settle();
        world.advance(Duration.ofMinutes(11));
        assertThat(world.story()).isEmpty();
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.jobs.getLast().hop()).isInstanceOf(NextHop.Relay.class);
        assertThat(world.story()).hasSize(4).contains("bob@b.test delivered");
    }

    @Test
    void aStopLetsRunningAttemptsBeAndStartsNoMore() {
        World world = new World(9);
        world.spool.immediate = true;
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            world.fibers.block(gates);
            return World.delivered();
        };
        world.boot();
        world.settle();
        for (int i = 0; i < 5; i++) {
            world.submit(FROM, "r" + i + "@b.test");
        }
        world.settle();
        assertThat(world.scheduler().stop(Duration.ZERO)).isEqualTo(3);
        world.submit(FROM, "late@c.test");
        List.copyOf(gates).forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).hasSize(3);
        assertThat(world.spool.durable).as("the rest is for the next start").hasSize(3);
        assertThat(world.scheduler().stop(Duration.ZERO)).isZero();
    }

    @Test
    void aStopTriesOnceMoreToWriteWhatTheDiskRefused() {
        World world = World.started();
        world.submit(FROM, "bob@b.test");
        world.submit(FROM, "amy@c.test");
        world.spool.brokenWrites = true;
        world.settle();
        assertThat(world.jobs).hasSize(2);
        assertThat(world.spool.durable).hasSize(2);
        world.spool.brokenWrites = false;
        assertThat(world.scheduler().stop(Duration.ZERO)).as("not written yet").isEqualTo(2);
        world.settle();
        assertThat(world.scheduler().stop(Duration.ZERO)).isZero();
        world.crash();
        world.settle();
        assertThat(world.jobs).as("not delivered again").hasSize(2);
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aStopOverABrokenDiskTriesOnceAndSaysWhatIsLeft() {
        World world = World.started();
        world.submit(FROM, "bob@b.test");
        world.spool.brokenWrites = true;
        world.settle();
        world.scheduler().stop(Duration.ZERO);
        world.settle();
        int alarms = world.alarms.size();
        assertThat(alarms).isEqualTo(2);
        world.advance(Duration.ofHours(1));
        assertThat(world.alarms).hasSize(alarms);
        assertThat(world.scheduler().stop(Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void whatIsDeliveredIsWrittenBeforeTheDiskIsGivenTimeForABounce() {
        World world = World.started();
        world.hosts = facts ->
                facts.recipient().toString().equals("bad@b.test") ? World.failed("no such user") : World.delivered();
        world.submit(FROM, "bad@b.test", "good@b.test");
        world.spool.full = true;
        world.settle();
        world.crash();
        world.spool.full = false;
        world.settle();
        assertThat(world.story().stream().filter("good@b.test delivered"::equals))
                .hasSize(1);
        assertThat(world.notifications()).hasSize(1);
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void whoIsDueDoesNotWaitForAnotherWhoStandsInLine() {
        World world = World.started();
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().localPart().startsWith("slow")) {
                world.fibers.block(gates);
            }
            return facts.recipient().toString().equals("amy@c.test") ? World.deferred("busy") : World.delivered();
        };
        for (int i = 0; i < world.perDestination; i++) {
            world.submit(FROM, "slow" + i + "@b.test");
        }
        world.settle();
        world.submit(FROM, "bob@b.test", "amy@c.test");
        world.advance(Duration.ofMinutes(8));
        assertThat(world.story()).containsExactly("amy@c.test deferred", "amy@c.test deferred", "amy@c.test deferred");
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).contains("bob@b.test delivered");
    }

    @Test
    void aStartUnderOtherThrottlesAsksThoseAgainThatWait() {
        World world = ThrottleSchedulerTest.with(
                ThrottleSchedulerTest.rate("slow", 1, Duration.ofHours(1), LimitKey.RCPT_DOMAIN));
        for (int i = 0; i < 3; i++) {
            world.submit("sender@a.test", i + "@b.test");
        }
        world.settle();
        world.throttles = List.of(ThrottleSchedulerTest.rate("slow", 1, Duration.ofSeconds(1), LimitKey.RCPT_DOMAIN));
        world.crash();
        world.advance(Duration.ofSeconds(4));
        assertThat(world.jobs).hasSize(3);
        world.throttles = List.of(ThrottleSchedulerTest.rate("slow", 1, Duration.ofHours(1), LimitKey.RCPT_DOMAIN));
        world.crash();
        for (int i = 0; i < 3; i++) {
            world.submit("sender@a.test", i + "@b.test");
        }
        world.settle();
        assertThat(world.jobs).hasSize(4);
        List<Instant> dues = dues(world);
        world.crash();
        world.advance(Duration.ofSeconds(4));
        assertThat(dues(world)).as("nothing has changed").isEqualTo(dues);
    }

    private static List<Instant> dues(World world) {
        return world.spool.durable.values().stream()
                .map(message -> message.recipients().getFirst().due())
                .toList();
    }
}
