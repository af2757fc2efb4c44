package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Requests;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The urgent first, and everybody some time (RFC 6710). */
class PrecedenceTest {
    private static final String FROM = "sender@a.test";

    private final World world = World.started();
    private final List<Runnable> gates = new ArrayList<>();

    /** Every slot of the destination, or the whole total, is taken until the gates open. */
    private void occupy(String... domains) {
        world.hosts = facts -> {
            if (facts.recipient().localPart().startsWith("slow")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        for (String domain : domains) {
            for (int i = 0; i < world.perDestination; i++) {
                world.submit(FROM, "slow" + i + "@" + domain);
            }
        }
        world.settle();
    }

    private List<String> order() {
        gates.forEach(Runnable::run);
        world.settle();
        return world.story().stream()
                .filter(line -> !line.startsWith("slow"))
                .map(line -> line.substring(0, line.indexOf('@')))
                .toList();
    }

    private void submit(int priority, String to) {
        world.submit(Requests.NONE, priority, FROM, to);
        world.settle();
    }

    @Test
    void theLineOfADestinationIsServedByPriorityThenByAge() {
        world.perDestination = 1;
        world.reload();
        occupy("b.test");
        int[] priorities = {0, -4, 3, 0, 9, 3, -9, 0};
        for (int i = 0; i < priorities.length; i++) {
            submit(priorities[i], "p" + priorities[i] + "-" + i + "@b.test");
        }
        assertThat(order()).containsExactly("p9-4", "p3-2", "p3-5", "p0-0", "p0-3", "p0-7", "p-4-1", "p-9-6");
    }

    @Test
    void theLineForTheTotalIsServedByPriorityToo() {
        world.attemptsAtOnce = 1;
        world.perDestination = 1;
        world.reload();
        occupy("slow.test");
        submit(0, "zero@b.test");
        submit(0, "one@c.test");
        submit(2, "two@d.test");
        submit(5, "late@c.test"); // a destination moves up with the most urgent that waits there
        assertThat(order()).containsExactly("late", "two", "zero", "one");
    }

    @Test
    void nobodyIsOvertakenWithoutEnd() {
        PriorityQueue<Precedence> line = new PriorityQueue<>(Precedence.ORDER);
        Precedence patient = Precedence.of(0, -9);
        line.add(patient);
        int overtaken = 0;
        for (long number = 1; ; number++) {
            line.add(Precedence.of(number, 9));
            if (line.remove().equals(patient)) {
                break;
            }
            overtaken++;
            assertThat(overtaken).isLessThan(100_000);
        }
        assertThat(overtaken).isEqualTo(18 * Precedence.STEP);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theOrderIsTotalAndOfEqualPriorityTheOlderIsFirst(long seed) {
        Random random = new Random(seed);
        List<Precedence> all = new ArrayList<>(IntStream.range(0, 5_000)
                .mapToObj(number -> Precedence.of(number, random.nextInt(-9, 10)))
                .toList());
        assertThat(all).doesNotHaveDuplicates();
        all.sort(Precedence.ORDER);
        for (int priority = -9; priority <= 9; priority++) {
            int wanted = priority;
            assertThat(all.stream().filter(one -> one.priority() == wanted).map(Precedence::rank))
                    .isSortedAccordingTo(Comparator.naturalOrder());
        }
    }

    @Test
    void aPriorityCanKeepNoOtherOneOutOfTheLine() {
        Line line = new Line();
        Tickets tickets = new Tickets();
        for (int i = 0; i < Line.LONGEST; i++) {
            assertThat(line.full(0, "s" + i)).isFalse();
            line.add(tickets.make(0, 1), "s" + i);
        }
        assertThat(line.full(0, "new")).isTrue();
        for (int i = 0; i < Line.LONGEST_OF_OTHERS; i++) {
            assertThat(line.full(9, "s" + i)).isFalse();
            line.add(tickets.make(9, 2), "s" + i);
        }
        assertThat(line.full(9, "new")).isTrue();
        assertThat(line.full(-9, "new")).isFalse();
        Ticket first = line.poll();
        assertThat(first).isNotNull().extracting(ticket -> ticket.priority).isEqualTo(9);
        assertThat(line.full(9, "new")).isFalse();
        assertThat(line.full(0, "new")).isTrue();
        assertThat(line.takeUpTo(1)).hasSize(Line.LONGEST);
        assertThat(line.full(0, "new")).isFalse();
        assertThat(line.size()).isEqualTo(Line.LONGEST_OF_OTHERS - 1);
    }

    @Test
    void urgentMailForOneDestinationKeepsTheOthersOutForSomeTurnsOnly() {
        world.attemptsAtOnce = 1;
        world.perDestination = 1;
        world.reload();
        occupy("slow.test");
        submit(0, "zero@b.test");
        for (int i = 0; i < 300; i++) {
            submit(9, "flood@c.test");
        }
        assertThat(order().indexOf("zero")).isEqualTo(9 * Precedence.TURNS);
    }
}
