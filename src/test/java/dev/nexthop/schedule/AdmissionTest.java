package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who gets a slot, who waits and who has no place, in virtual queues and beside them. */
class AdmissionTest {
    private final World world = World.started();
    private final Tickets tickets = new Tickets();
    private final Deque<Long> called = new ArrayDeque<>();
    private final List<Ticket> woken = new ArrayList<>();
    private final VirtualQueue bulk = Virtual.queue(world, "bulk", 0);

    private final Admission admission = new Admission(
            new Machinery(world.clock(), (_, _) -> {}, Runnable::run, Runnable::run, Runnable::run),
            new Admission.Effects() {
                @Override
                public void started(List<Ticket> some) {
                    woken.addAll(some);
                }

                @Override
                public void called(long[] ids) {
                    Arrays.stream(ids).forEach(called::add);
                }
            });

    private void follow(int total) {
        world.attemptsAtOnce = total;
        world.perDestination = 10;
        world.queues = Virtual.bySender(bulk);
        world.reload();
        try (Ruleset rules = world.parts().rules().open()) {
            admission.follow(rules, Set.of());
        }
    }

    /** Its window is wide again: those who wait need not wait for the end of an attempt. */
    @Test
    void whoWaitsAtADestinationThatIsForgivenRuns() {
        follow(20);
        String key = "mx:down.test";
        List<Ticket> first = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Ticket ticket = tickets.make(0, 1);
            assertThat(admission.offer(ticket, key, false)).isEqualTo(Admission.Place.RUNS);
            first.add(ticket);
        }
        first.subList(0, 4).forEach(ticket -> admission.finished(ticket, 1, World.unreachable()));
        List<Ticket> waiting = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Ticket ticket = tickets.make(0, 1);
            if (admission.offer(ticket, key, false) != Admission.Place.RUNS) {
                waiting.add(ticket);
            }
        }
        admission.forgive();
        assertThat(woken).isNotEmpty();
        assertThat(waiting).startsWith(woken.toArray(Ticket[]::new));
    }

    /** Whoever was last in a line that is no more does not stand there still. */
    @Test
    void aDestinationThatGoesDownWhileItStandsInLineIsServedWhenItIsNeededAgain() {
        follow(6);
        String key = "bulk#mx:down.test";
        List<Ticket> first = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Ticket ticket = tickets.make(bulk);
            assertThat(admission.offer(ticket, key, false)).isEqualTo(Admission.Place.RUNS);
            first.add(ticket);
        }
        Ticket other = tickets.make(9, 1);
        assertThat(admission.offer(other, "mx:busy0.test", false)).isEqualTo(Admission.Place.RUNS);
        for (int i = 0; i < 20; i++) {
            admission.offer(tickets.make(9, 1), "mx:busy" + i % 2 + ".test", false);
        }
        Ticket waits = tickets.make(bulk);
        admission.offer(waits, key, false);
        List<Ticket> suspended = new ArrayList<>();
        first.forEach(ticket -> suspended.addAll(
                admission.finished(ticket, 1, World.unreachable()).suspended()));
        assertThat(suspended).containsExactly(waits);

        follow(6);
        Ticket later = tickets.make(bulk);
        Admission.Place place = admission.offer(later, key, false);
        List<Ticket> started = new ArrayList<>();
        Deque<Ticket> running = new ArrayDeque<>(List.of(other));
        while (!running.isEmpty()) {
            List<Ticket> next = admission
                    .finished(running.removeFirst(), 1, new HopVerdict.Healthy())
                    .started();
            started.addAll(next);
            running.addAll(next);
        }
        assertThat(place).isNotEqualTo(Admission.Place.FULL);
        assertThat(started).contains(later);
    }

    /** A sender may fill half of what a line has for urgent mail; whoever is left then would find no place at once. */
    @Test
    void whoIsLeftForHisSendersMailIsNotCalledBeforeThereIsRoom() {
        follow(1);
        Ticket running = tickets.make(1, 1);
        assertThat(admission.offer(running, "mx:slow.test", true)).isEqualTo(Admission.Place.RUNS);
        Ticket last = tickets.make(1, 1);
        while (admission.offer(last, "mx:slow.test", true) != Admission.Place.FULL) {
            last = tickets.make(1, 1);
        }
        admission.leave(last);
        assertThat(called).isEmpty();
        Deque<Ticket> slots = new ArrayDeque<>(List.of(running));
        while (!slots.isEmpty()) {
            slots.addAll(admission
                    .finished(slots.removeFirst(), 1, new HopVerdict.Healthy())
                    .started());
        }
        assertThat(called).containsExactly(last.live.id.value());
    }

    /** Only other rules may lead elsewhere: a relay that is back calls nobody from disk who finds no room. */
    @Test
    void whoeverIsLeftIsCalledByNewRulesAndNotByARelayThatIsBack() {
        follow(1);
        assertThat(admission.offer(tickets.make(1, 1), "mx:slow.test", true)).isEqualTo(Admission.Place.RUNS);
        Ticket last = tickets.make(1, 1);
        while (admission.offer(last, "mx:slow.test", true) != Admission.Place.FULL) {
            last = tickets.make(1, 1);
        }
        admission.leave(last);
        try (Ruleset rules = world.parts().rules().open()) {
            admission.follow(rules, Set.of("other"));
        }
        assertThat(called).isEmpty();
        follow(1);
        assertThat(called).containsExactly(last.live.id.value());
    }

    /** Ever so many destinations of a queue that is slow take a bounded room in memory, and none from other mail. */
    @Test
    void aQueueIsBoundedAsAWholeAndLosesNobody() {
        follow(1);
        Map<Long, Ticket> all = new HashMap<>();
        Ticket running = null;
        int most = 0;
        for (int domain = 0; domain < 25_000; domain++) {
            Ticket ticket = tickets.make(bulk);
            all.put(ticket.live.id.value(), ticket);
            switch (admission.offer(ticket, "bulk#mx:d" + domain, true)) {
                case RUNS -> running = ticket;
                case WAITS, WAITS_LONG -> most++;
                case FULL -> admission.leave(ticket);
                case SUSPENDED -> throw new AssertionError("nothing is down");
            }
        }
        assertThat(most).isBetween(Admission.MOST_WAITING / 2 - 10, Admission.MOST_WAITING / 2 + 10);
        assertThat(called).as("before there is room").isEmpty();
        for (int i = 0; i < 3_000; i++) {
            assertThat(admission.offer(tickets.make(0, 1), "mx:other" + i % 3, true))
                    .isNotEqualTo(Admission.Place.FULL);
        }
        int served = 0;
        Deque<Ticket> slots = new ArrayDeque<>(List.of(Objects.requireNonNull(running)));
        while (!slots.isEmpty()) {
            Ticket ticket = slots.removeFirst();
            served += all.containsKey(ticket.live.id.value()) ? 1 : 0;
            slots.addAll(admission.finished(ticket, 1, new HopVerdict.Healthy()).started());
            while (!called.isEmpty()) {
                Ticket again = Objects.requireNonNull(all.get(called.removeFirst()));
                switch (admission.offer(again, "bulk#mx:again" + again.live.id, true)) {
                    case RUNS -> slots.add(again);
                    case WAITS, WAITS_LONG -> {}
                    case FULL -> admission.leave(again);
                    case SUSPENDED -> throw new AssertionError("nothing is down");
                }
            }
        }
        assertThat(served).isEqualTo(25_000);
    }
}
