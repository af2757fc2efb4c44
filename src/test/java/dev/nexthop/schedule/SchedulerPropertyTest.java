package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random mail to random hosts over a process that is killed at random moments: each recipient ends delivered, or failed with
 * its sender told, exactly once, but for what was in flight at a kill (RFC 5321 §6.1: rather twice than never).
 */
class SchedulerPropertyTest {
    private static final String[] DOMAINS = {
        "a.test", "b.test", "relay.test", "local.test", "dead.test", "rejected.test"
    };
    private static final int MESSAGES = 60;

    private final Map<String, Integer> taken = new TreeMap<>();
    private final Set<String> excused = new HashSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyRecipientEndsOnce(long seed) {
        Random random = new Random(seed);
        World world = new World(seed);
        world.heldBytes = random.nextInt(3) * 5_000L;
        world.grouping =
                random.nextBoolean() ? Grouping.HOP : random.nextBoolean() ? Grouping.DOMAIN : Grouping.RECIPIENT;
        world.hosts = facts -> {
            world.pause();
            Outcome outcome = outcome(random, facts);
            if (outcome instanceof Outcome.Delivered) {
                taken.merge(name(facts.id(), facts.recipient().toString()), 1, Integer::sum);
            }
            world.pause();
            return outcome;
        };
        world.verdicts = job -> dead(job.recipients().getFirst()) ? World.unreachable() : new HopVerdict.Healthy();
        world.boot();
        for (int i = 0; i < MESSAGES; i++) {
            submit(world, random, i);
            life(world, random);
        }
        world.settle();
        int rounds = 0;
        while (!world.spool.durable.values().stream().allMatch(SchedulerPropertyTest::held)) {
            assertThat(world.ring()).as("mail waits and nothing will wake it").isTrue();
            life(world, random);
            world.settle();
            assertThat(rounds++).as("the queue never empties").isLessThan(200_000);
        }
        verify(world);
    }

    /** Whether nothing of it waits but for the postmaster. */
    private static boolean held(QueuedMessage message) {
        return message.envelope().sender().address().isEmpty()
                && message.recipients().stream()
                        .allMatch(state -> state.status().done() || state.status() == RecipientStatus.HELD);
    }

    private void submit(World world, Random random, int number) {
        String from = random.nextInt(5) == 0 ? "" : "sender" + number + "@a.test";
        Set<String> to = new HashSet<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            to.add("r" + number + "-" + i + "@" + DOMAINS[random.nextInt(DOMAINS.length)]);
        }
        world.submit(from, to.toArray(String[]::new));
    }

    /** Some steps, and now and then a kill or a broken disk. */
    private void life(World world, Random random) {
        for (int i = random.nextInt(30); i > 0; i--) {
            world.fibers.step();
            if (random.nextInt(200) == 0) {
                excuse(world);
                world.crash();
            }
            if (random.nextInt(100) == 0) {
                world.spool.brokenWrites = !world.spool.brokenWrites;
            }
        }
        world.spool.brokenWrites = false;
    }

    /** Before a kill: what a host has taken and the disk does not know of may happen again. */
    private void excuse(World world) {
        for (QueuedMessage message : world.spool.durable.values()) {
            for (RecipientState state : message.recipients()) {
                String name = name(message.id(), state.address().toString());
                if (!state.status().done() && taken.containsKey(name)) {
                    excused.add(name);
                }
            }
        }
    }

    private void verify(World world) {
        assertThat(world.mostTotal).isLessThanOrEqualTo(world.attemptsAtOnce + 1); // one that takes no slot
        world.mostRunning.forEach((key, most) -> {
            if (!key.equals("null")) {
                assertThat(most).as(key).isLessThanOrEqualTo(key.startsWith("relay:") ? 2 : world.perDestination);
            }
        });
        Map<String, Integer> told = new TreeMap<>();
        for (String text : world.notifications()) {
            String id = text.substring(text.indexOf("Our name for the message is ") + 28)
                    .split("[.\r\n]")[0];
            if (text.contains("\r\nAction: failed\r\n")) {
                for (String line : text.split("\r\n")) {
                    if (line.startsWith("Final-Recipient: rfc822; ")) {
                        told.merge(id + " " + line.substring(25), 1, Integer::sum);
                    }
                }
            }
        }
        for (QueuedMessage message : world.spool.committed) {
            boolean nobody = message.envelope().sender().address().isEmpty();
            for (RecipientState state : message.recipients()) {
                String name = name(message.id(), state.address().toString());
                int ends = taken.getOrDefault(name, 0) + told.getOrDefault(name, 0);
                long alarms = world.alarms.stream()
                        .filter(alarm -> alarm.startsWith("double-bounce: message " + message.id()))
                        .count();
                assertThat(ends + (nobody ? alarms : 0)).as("lost: " + name).isPositive();
                assertThat(told.getOrDefault(name, 0)).as("told twice: " + name).isLessThanOrEqualTo(1);
                if (!excused.contains(name)) {
                    assertThat(ends).as("doubled: " + name).isLessThanOrEqualTo(1);
                }
            }
        }
    }

    private static Outcome outcome(Random random, RecipientFacts facts) {
        if (dead(facts)) {
            return World.deferred("no answer");
        }
        int dice = random.nextInt(100);
        return dice < 50 ? World.delivered() : dice < 88 ? World.deferred("later") : World.failed("never");
    }

    private static boolean dead(RecipientFacts facts) {
        return facts.recipient().domain().name().equals("dead.test");
    }

    private static String name(QueueId id, String recipient) {
        return id + " " + recipient;
    }
}
