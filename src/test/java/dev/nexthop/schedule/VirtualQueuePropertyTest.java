package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random mail in three queues to random destinations, while threads take turns in any order and bounds change: no queue ever has more
 * attempts than its bound, and everything is delivered.
 */
class VirtualQueuePropertyTest {
    private static final String[] DOMAINS = {"a.test", "b.test", "c.test", "d.test", "relay.test", "local.test"};
    private static final String[] QUEUES = {"ordinary", "bulk", "slow"};
    private static final int MESSAGES = 250;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Integer> bounds = new HashMap<>();
    /** What was allowed before; attempts that had begun then may go on. */
    private final Map<String, Integer> before = new HashMap<>();

    private final List<String> exceeded = new ArrayList<>();
    private Instant changed = World.START;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void noQueueHasMoreAttemptsThanItsBound(long seed) {
        Random random = new Random(seed);
        World world = new World(seed);
        world.heldBytes = random.nextInt(2) * 3_000L;
        world.attemptsAtOnce = 3 + random.nextInt(8);
        world.hosts = facts -> {
            String queue = facts.envelope().sender().address().replaceAll(".*@|\\.test", "");
            int now = running.merge(queue, 1, Integer::sum);
            if (now > allowed(queue, world.now())) {
                exceeded.add(now + " of " + queue + ", allowed " + allowed(queue, world.now()));
            }
            if (random.nextInt(4) == 0) {
                world.sleep(Duration.ofMillis(random.nextInt((int) LONGEST.toMillis())));
            }
            world.pauses(random.nextInt(4));
            running.merge(queue, -1, Integer::sum);
            return random.nextInt(5) == 0 ? World.deferred("later") : World.delivered();
        };
        rebound(world, random);
        world.boot();
        for (int i = 0; i < MESSAGES; i++) {
            String queue = QUEUES[random.nextInt(QUEUES.length)];
            world.submit(
                    "s" + random.nextInt(4) + "@" + queue + ".test",
                    "r" + i + "@" + DOMAINS[random.nextInt(DOMAINS.length)]);
            for (int steps = random.nextInt(30); steps > 0; steps--) {
                world.fibers.step();
            }
            if (random.nextInt(40) == 0) {
                rebound(world, random);
                world.reload();
            }
            if (random.nextInt(10) == 0) {
                world.tick();
            }
        }
        world.advance(Duration.ofDays(1));
        assertThat(exceeded).isEmpty();
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.log.stream().filter(event -> event.outcome() instanceof Outcome.Delivered))
                .hasSize(MESSAGES);
        assertThat(world.mostRunning.getOrDefault("relay:relay", 0)).isLessThanOrEqualTo(world.relayConcurrency);
        assertThat(world.open).isZero();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }

    private int allowed(String queue, Instant now) {
        int bound = bounds.getOrDefault(queue, Integer.MAX_VALUE);
        return now.isAfter(changed.plus(LONGEST)) ? bound : Math.max(bound, before.getOrDefault(queue, bound));
    }

    private void rebound(World world, Random random) {
        bounds.keySet().forEach(id -> before.put(id, allowed(id, world.now())));
        changed = world.now();
        bounds.put("bulk", 1 + random.nextInt(4));
        bounds.put("slow", 1 + random.nextInt(2));
        world.queues = Virtual.bySender(
                Virtual.queue(world, "bulk", bounds.getOrDefault("bulk", 0)),
                Virtual.queue(world, "slow", bounds.getOrDefault("slow", 0), random.nextInt(3)));
    }
}
