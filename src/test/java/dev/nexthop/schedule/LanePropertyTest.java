package dev.nexthop.schedule;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.SequencedSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody starves in the line of a destination, whatever others send; and who sends much delays nobody. */
class LanePropertyTest {
    private final Tickets tickets = new Tickets();

    /** Bursts, single messages and endless new senders, in random order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whoHasSomeBeforeHimIsServedInBoundedTime(long seed) {
        Random random = new Random(seed);
        Lane lane = new Lane();
        Map<Ticket, Integer> latest = new HashMap<>();
        Map<String, Deque<Ticket>> bySender = new HashMap<>();
        Map<Ticket, String> senders = new HashMap<>();
        int polls = 0;
        for (int step = 0; step < 20_000 || lane.size() > 0; step++) {
            boolean adds = step < 20_000 && lane.size() < 600 && random.nextInt(100) < 52;
            if (adds) {
                String sender = random.nextInt(3) == 0 ? "new" + step : random.nextInt(4) == 0 ? "some" : "bulk";
                Ticket ticket = tickets.make(0, 1);
                latest.put(ticket, polls + Lane.OLDEST * (lane.size() + 1));
                lane.add(ticket, sender, step);
                bySender.computeIfAbsent(sender, _ -> new ArrayDeque<>()).add(ticket);
                senders.put(ticket, sender);
                continue;
            }
            Ticket ticket = lane.poll();
            if (ticket == null) {
                assertThat(latest).isEmpty();
                continue;
            }
            polls++;
            assertThat(latest.remove(ticket)).as("overtaken without end").isGreaterThanOrEqualTo(polls);
            assertThat(requireNonNull(bySender.get(requireNonNull(senders.get(ticket))))
                            .poll())
                    .as("of one sender the older is first")
                    .isSameAs(ticket);
        }
        assertThat(latest).isEmpty();
    }

    /** Whatever the mix, senders that always have something waiting get the same, but for the turns of the oldest. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 50})
    void whoAlwaysWaitsGetsTheSameAsAnyOther(int many) {
        Lane lane = new Lane();
        Map<Ticket, Integer> owner = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            add(lane, owner, 0); // the first is there long before
        }
        for (int i = 0; i < 100; i++) {
            for (int sender = 1; sender < many; sender++) {
                add(lane, owner, sender);
            }
        }
        int[] got = new int[many];
        for (int i = 0; i < 80 * many; i++) {
            Ticket ticket = requireNonNull(lane.poll());
            got[requireNonNull(owner.get(ticket))]++;
        }
        int turns = 80 * many * (Lane.OLDEST - 1) / Lane.OLDEST;
        for (int sender = 1; sender < many; sender++) {
            assertThat(got[sender]).isBetween(turns / many - 1, turns / many + 1);
        }
    }

    private void add(Lane lane, Map<Ticket, Integer> owner, int sender) {
        Ticket ticket = tickets.make(0, 1);
        owner.put(ticket, sender);
        lane.add(ticket, "s" + sender, owner.size());
    }

    @Test
    void oneMessageDoesNotWaitForAHundredThousand() {
        Line line = new Line();
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            if (!line.full(0, "bulk")) {
                line.add(tickets.make(0, 1), "bulk");
                taken++;
            }
        }
        assertThat(taken).as("half of the room").isEqualTo(Line.LONGEST / 2);
        assertThat(line.full(0, "single")).isFalse();
        Ticket single = tickets.make(0, 2);
        line.add(single, "single");
        List<Ticket> served = List.of(line.poll(), line.poll(), line.poll());
        assertThat(served).contains(single);
    }

    /** The order of priorities is that of RFC 6710 as before, whoever sends. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void prioritiesAreServedAsIfThereWereOneSender(long seed) {
        Random random = new Random(seed);
        Line line = new Line();
        PriorityQueue<Precedence> model = new PriorityQueue<>(Precedence.ORDER);
        int came = 0;
        for (int step = 0; step < 10_000; step++) {
            if (random.nextInt(100) < 55) {
                int priority = random.nextInt(-9, 10);
                String sender = "s" + random.nextInt(5);
                if (!line.full(priority, sender)) {
                    line.add(tickets.make(priority, 1), sender);
                    model.add(Precedence.of(came++, priority));
                }
            } else if (!model.isEmpty()) {
                assertThat(line.priority()).isEqualTo(model.element().priority());
                Ticket ticket = requireNonNull(line.poll());
                assertThat(ticket.priority).isEqualTo(model.remove().priority());
            }
            assertThat(line.size()).isEqualTo(model.size());
        }
    }

    @Test
    void whoIsTakenOutLeavesTheOthersInTheirOrder() {
        Lane lane = new Lane();
        Set<Ticket> old = new HashSet<>();
        List<Ticket> young = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Ticket ticket = tickets.make(0, i % 3 == 0 ? 2 : 1);
            lane.add(ticket, "s" + i % 2, i);
            if (ticket.rules == 1) {
                old.add(ticket);
            } else {
                young.add(ticket);
            }
        }
        assertThat(lane.takeUpTo(1)).hasSameElementsAs(old);
        assertThat(lane.size()).isEqualTo(young.size());
        List<Ticket> served = new ArrayList<>();
        for (Ticket next = lane.poll(); next != null; next = lane.poll()) {
            served.add(next);
        }
        assertThat(served).hasSameElementsAs(young);
        for (int parity = 0; parity < 2; parity++) {
            int wanted = parity;
            assertThat(served.stream().filter(one -> young.indexOf(one) % 2 == wanted))
                    .isSortedAccordingTo(Comparator.comparingInt(young::indexOf));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aQueueOfNumbersIsAQueue(long seed) {
        Random random = new Random(seed);
        LongQueue queue = new LongQueue();
        Deque<Long> model = new ArrayDeque<>();
        for (int step = 0; step < 20_000; step++) {
            boolean grows = step / 2_000 % 2 == 0;
            if (random.nextInt(100) < (grows ? 70 : 30)) {
                queue.add(step);
                model.add((long) step);
            } else if (!model.isEmpty()) {
                assertThat(queue.first()).isEqualTo(model.peek());
                assertThat(queue.poll()).isEqualTo(model.poll());
            }
            assertThat(queue.size()).isEqualTo(model.size());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aQueueOfDistinctNumbersKeepsTheFirstPlaceOfEach(long seed) {
        Random random = new Random(seed);
        DistinctQueue queue = new DistinctQueue();
        SequencedSet<Long> model = new LinkedHashSet<>();
        for (int step = 0; step < 20_000; step++) {
            boolean grows = step / 5_000 % 2 == 0;
            if (random.nextInt(100) < (grows ? 90 : 30)) {
                long number = random.nextInt(5_000);
                queue.add(number);
                model.add(number);
            } else {
                for (long number : queue.poll(random.nextInt(4))) {
                    assertThat(number).isEqualTo(model.removeFirst());
                }
            }
            assertThat(queue.size()).isEqualTo(model.size());
            assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
        }
        assertThat(queue.poll(Integer.MAX_VALUE)).containsExactly(model.toArray(Long[]::new));
        assertThat(queue.isEmpty()).isTrue();
    }
}
