package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
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
        if (seed % 2 == 0) {
            requeue(world, random);
        }
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
        Requests.Recipient asked = new Requests.Recipient(
                random.nextBoolean() ? Set.of() : Set.of(Notify.SUCCESS, Notify.FAILURE), Optional.empty());
        Requests requests = new Requests(
                Optional.empty(),
                "",
                Collections.nCopies(to.size(), asked),
                false,
                random.nextInt(4) == 0
                        ? Optional.of(new Requests.DeliverBy(
                                world.now().plusSeconds(random.nextInt(20_000)),
                                random.nextBoolean() ? Requests.Mode.RETURN : Requests.Mode.NOTIFY,
                                false))
                        : Optional.empty(),
                random.nextInt(4) == 0
                        ? Optional.of(world.now().plusSeconds(random.nextInt(10_000)))
                        : Optional.empty());
        world.submit(requests, random.nextInt(-9, 10), from, to.toArray(String[]::new));
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
            if (random.nextInt(50) == 0) {
                order(world, random);
            }
            if (world.queues.any() && random.nextInt(50) == 0) {
                requeue(world, random);
                world.reload();
            }
        }
        world.spool.brokenWrites = false;
    }

    /** Virtual queues with other names, or other bounds. */
    private static void requeue(World world, Random random) {
        String id = random.nextBoolean() ? "bulk" : "mass";
        String rule = random.nextInt(4) == 0 ? "rcpt_domain" : "if_then(retry_num < 2, '" + id + "', false)";
        world.queues = Virtual.by(rule, Virtual.queue(world, id, 1 + random.nextInt(3), random.nextInt(3)));
    }

    /** An operator suspends a domain, sends it elsewhere, or ends what he ordered. */
    private static void order(World world, Random random) {
        OrderControl orders = world.scheduler().control().orders();
        OrderScope scope = new OrderScope(Map.of(OrderScope.Part.DOMAIN, DOMAINS[random.nextInt(DOMAINS.length)]));
        Optional<Instant> until = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(world.now().plusSeconds(1 + random.nextInt(20_000)));
        Order.Terms terms = new Order.Terms("a test", "ann", world.now(), until);
        try {
            switch (random.nextInt(4)) {
                case 0 -> orders.suspend(scope, terms);
                case 1 -> orders.reroute(scope, random.nextBoolean() ? "relay" : "mx", terms);
                default -> orders.end(_ -> random.nextBoolean(), "bob");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
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
                int queues = world.queues.any() ? 3 : 1; // the bound of a relay is that of all queues together
                assertThat(most)
                        .as(key)
                        .isLessThanOrEqualTo(key.startsWith("relay:") ? 2 : world.perDestination * queues);
            }
        });
        Map<String, Integer> told = new TreeMap<>();
        Map<String, Integer> success = new TreeMap<>();
        for (String text : world.notifications()) {
            String id = text.substring(text.indexOf("Our name for the message is ") + 28)
                    .split("[.\r\n]")[0];
            Map<String, Integer> heard = text.contains("\r\nAction: failed\r\n")
                    ? told
                    : text.contains("\r\nAction: delayed\r\n") ? new TreeMap<>() : success;
            for (String line : text.split("\r\n")) {
                if (line.startsWith("Final-Recipient: rfc822; ")) {
                    heard.merge(id + " " + line.substring(25), 1, Integer::sum);
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
                Requests requests = message.envelope().requests();
                boolean asked = !nobody
                        && !requests.recipients().isEmpty()
                        && requests.recipients().getFirst().notices().contains(Notify.SUCCESS);
                int heard = success.getOrDefault(name, 0);
                assertThat(heard).as("success told twice: " + name).isLessThanOrEqualTo(1);
                assertThat(heard + told.getOrDefault(name, 0))
                        .as("success not told, or told unasked: " + name)
                        .isEqualTo(asked || told.containsKey(name) ? 1 : 0);
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
        Handover handover = dice < 30 ? Handover.FINAL : Handover.RELAYED;
        return dice < 50 ? World.delivered(handover) : dice < 88 ? World.deferred("later") : World.failed("never");
    }

    private static boolean dead(RecipientFacts facts) {
        return facts.recipient().domain().name().equals("dead.test");
    }

    private static String name(QueueId id, String recipient) {
        return id + " " + recipient;
    }
}
