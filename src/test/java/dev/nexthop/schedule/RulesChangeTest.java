package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.delivery.Job;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.NextHop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other rules come into force while mail waits, is being routed, and is being delivered. */
class RulesChangeTest {
    private static final String FROM = "sender@a.test";

    private static List<RuleSource> everythingTo(String hop) {
        return List.of(new RuleSource(null, "'" + hop + "'", "nexthop.toml:9:1"));
    }

    private static List<String> hops(World world) {
        return world.jobs.stream().map(job -> job.hop().id()).toList();
    }

    @Test
    void queuedMailGoesWhereTheNewRulesSayAtItsNextAttempt() {
        World world = World.started();
        world.hosts = _ -> world.jobs.size() == 1 ? World.deferred("later") : World.delivered();
        world.submit(FROM, "bob@relay.test");
        world.settle();
        world.rules = everythingTo("local");
        world.reload();
        world.settle();
        assertThat(hops(world)).as("its time has not come").containsExactly("relay");
        world.advance(Duration.ofMinutes(2));
        assertThat(hops(world)).containsExactly("relay", "local");
        assertThat(world.generations).containsExactly(1L, 2L);
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.open).isZero();
    }

    @Test
    void theNextTimeAndTheExpiryOfWhatWaitsStay() throws IOException {
        World world = World.started();
        world.hosts = _ -> World.deferred("later");
        QueueId id = world.submit(FROM, "bob@b.test");
        world.settle();
        RecipientState before = state(world, id);
        world.retry = Conditional.constant(List.of(Duration.ofHours(7)));
        world.expire = Conditional.constant(Duration.ofDays(1));
        world.reload();
        world.settle();
        assertThat(state(world, id)).isEqualTo(before);
        world.advance(Duration.ofMinutes(2));
        RecipientState after = state(world, id);
        assertThat(after.due())
                .isEqualTo(World.START.plus(Duration.ofMinutes(2)).plus(Duration.ofHours(7)));
        assertThat(after.expires()).isEqualTo(before.expires());
    }

    private static RecipientState state(World world, QueueId id) throws IOException {
        return world.scheduler().control().show(id).orElseThrow().recipients().getFirst();
    }

    /** Every order in which threads may run: what waits for a slot is decided again, what has begun ends as it began. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatWaitsForASlotIsDecidedAgainAndWhatHasBegunIsNot(long seed) {
        World world = new World(seed);
        world.spool.immediate = true;
        world.relayConcurrency = 1;
        world.rules = everythingTo("relay");
        List<String> during = new ArrayList<>();
        world.hosts = _ -> {
            if (world.jobs.size() == 1) {
                for (int i = 0; i < 10; i++) {
                    world.submit(FROM, "r" + i + "@b.test");
                    world.pause();
                }
                world.rules = everythingTo("local");
                world.reload();
                world.pause();
                during.addAll(hops(world));
            }
            return World.delivered();
        };
        world.boot();
        world.settle();
        world.submit(FROM, "first@b.test");
        world.settle();
        assertThat(during).as("the first attempt keeps its slot").startsWith("relay");
        assertThat(world.log)
                .hasSize(11)
                .allSatisfy(event ->
                        assertThat(event.outcome().getClass().getSimpleName()).isEqualTo("Delivered"));
        List<Job> later = world.jobs.subList(1, world.jobs.size());
        assertThat(later)
                .hasSize(10)
                .allSatisfy(job -> assertThat(job.hop().id()).isEqualTo("local"));
        assertThat(world.generations)
                .containsExactlyElementsOf(
                        Stream.concat(Stream.of(1L), later.stream().map(_ -> 2L))
                                .toList());
        assertThat(world.mostRunning).containsEntry("relay:relay", 1);
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.open).isZero();
    }

    @Test
    void aRaisedLimitLetsWaitingMailStartAtOnce() {
        World world = new World(3);
        world.spool.immediate = true;
        world.relayConcurrency = 1;
        world.rules = everythingTo("relay");
        world.hosts = _ -> {
            if (world.jobs.size() == 1) {
                for (int i = 0; i < 5; i++) {
                    world.submit(FROM, "r" + i + "@b.test");
                }
                world.pauses(200);
                assertThat(world.jobs).as("one at a time").hasSize(1);
                world.relayConcurrency = 3;
                world.reload();
                world.pauses(200);
                assertThat(world.jobs).as("others beside the first").hasSizeGreaterThan(1);
            } else {
                world.pauses(5);
            }
            return World.delivered();
        };
        world.boot();
        world.settle();
        world.submit(FROM, "first@b.test");
        world.settle();
        assertThat(world.log).hasSize(6);
        assertThat(world.mostRunning).containsEntry("relay:relay", 3);
    }

    @Test
    void aLoweredLimitHoldsForWhatStartsAfterIt() {
        World world = new World(4);
        world.spool.immediate = true;
        world.attemptsAtOnce = 8;
        world.perDestination = 8;
        world.hosts = _ -> {
            world.pauses(5);
            return World.delivered();
        };
        world.boot();
        world.settle();
        world.perDestination = 2;
        world.attemptsAtOnce = 3;
        world.reload();
        for (int i = 0; i < 20; i++) {
            world.submit(FROM, "r" + i + "@b.test");
            world.submit(FROM, "r" + i + "@c.test");
        }
        world.settle();
        assertThat(world.log).hasSize(40);
        assertThat(world.mostRunning).containsEntry("mx:b.test", 2).containsEntry("mx:c.test", 2);
        assertThat(world.mostTotal).isEqualTo(3);
    }

    /** What was learned of a destination is state, not a setting. */
    @Test
    void aDestinationThatCannotBeReachedIsStillProbedByOne() {
        World world = World.started();
        world.verdicts = _ -> World.unreachable();
        world.hosts = _ -> World.deferred("connection refused");
        for (int i = 0; i < Destination.PATIENCE; i++) {
            world.submit(FROM, "r" + i + "@b.test");
            world.settle();
        }
        world.perDestination = 9;
        world.reload();
        world.hosts = _ -> {
            world.pauses(5);
            return World.deferred("connection refused");
        };
        world.mostRunning.clear();
        for (int i = 0; i < 9; i++) {
            world.submit(FROM, "s" + i + "@b.test");
        }
        world.settle();
        assertThat(world.mostRunning).containsEntry("mx:b.test", 1);
    }

    /** A relay that fails for the fifth time under its old definition, with a line of ten behind it. */
    private static World failing(Reload change) {
        World world = new World(5);
        world.spool.immediate = true;
        world.relayConcurrency = 1;
        world.rules = everythingTo("relay");
        world.verdicts = job -> job.hop() instanceof NextHop.Relay relay
                        && relay.hosts().getFirst().address().equals("192.0.2.1")
                ? World.unreachable()
                : new HopVerdict.Healthy();
        world.hosts = _ -> {
            int job = world.jobs.size();
            if (job == Destination.PATIENCE) {
                submit(world, "old", 5);
                world.pauses(200);
                change.to(world);
                submit(world, "new", 5);
                world.pauses(200);
            }
            return job <= Destination.PATIENCE ? World.deferred("connection refused") : World.delivered();
        };
        world.boot();
        world.settle();
        for (int i = 0; i < Destination.PATIENCE; i++) {
            world.submit(FROM, "first" + i + "@b.test");
            world.settle();
        }
        return world;
    }

    private interface Reload {
        void to(World world);
    }

    private static void submit(World world, String name, int count) {
        for (int i = 0; i < count; i++) {
            world.submit(FROM, name + i + "@b.test");
        }
    }

    @Test
    void whatAttemptsUnderTheOldDefinitionOfARelayLearnIsNotHeldAgainstTheMendedOne() {
        World world = failing(changed -> {
            changed.relayAddress = "192.0.2.2";
            changed.changedHops = Set.of("relay");
            changed.reload();
        });
        assertThat(world.jobs).hasSize(Destination.PATIENCE + 10);
        assertThat(world.story().subList(Destination.PATIENCE, world.log.size()))
                .hasSize(10)
                .allSatisfy(line -> assertThat(line).endsWith("delivered"));
        assertThat(world.open).isZero();
    }

    @Test
    void whoWaitsForARelayThatIsBackGoesAtOnce() {
        World world = failing(back -> {
            back.verdicts =
                    _ -> back.jobs.size() <= Destination.PATIENCE ? World.unreachable() : new HopVerdict.Healthy();
            back.scheduler().hopIsBack("relay");
        });
        assertThat(world.jobs).hasSize(Destination.PATIENCE + 10);
        assertThat(world.open).isZero();
    }

    @Test
    void whoWaitsBehindADeadRelayGoesWhereTheNewRulesSay() {
        World world = failing(changed -> {
            changed.rules = everythingTo("local");
            changed.reload();
        });
        assertThat(hops(world).subList(Destination.PATIENCE, world.jobs.size()))
                .hasSize(10)
                .containsOnly("local");
        assertThat(world.story().stream().filter(line -> !line.startsWith("first")))
                .hasSize(10)
                .allSatisfy(line -> assertThat(line).endsWith("delivered"));
        assertThat(world.open).isZero();
    }

    @Test
    void withoutAReloadTheLineIsPutOff() {
        World world = failing(_ -> {});
        assertThat(world.jobs).hasSize(Destination.PATIENCE);
        assertThat(world.log)
                .hasSize(Destination.PATIENCE + 10)
                .allSatisfy(event ->
                        assertThat(event.outcome().getClass().getSimpleName()).isEqualTo("Deferred"));
    }
}
