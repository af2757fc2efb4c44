package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Windows grow and shrink with what the site answers. */
class WindowTest {
    /**
     * What attempts come to, one after the other: g went well, b asks to be left alone, u is unreachable; the same in capitals,
     * of an attempt that had started before the last cut; L5 is another limit, r is forgiveness. Beside it the window after each.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "an MX domain opens by one for each success | mx | 20 | g g g g         | 6 7 8 9",
                "up to its limit                          | mx    | 7  | g g g g         | 6 7 7 7",
                "a small limit is open at once            | mx    | 3  | g g             | 3 3",
                "a relay is open at once                  | relay | 20 | g               | 20",
                "too many connections: half               | relay | 20 | b b b b b b     | 10 5 2 1 1 1",
                "those that ran at the time cut no more   | relay | 20 | b B B B         | 10 10 10 10",
                "then by one for each round               | relay | 4  | b g g g g g g   | 2 2 2 3 3 3 4",
                "time-outs: half                          | relay | 20 | u u u u u u     | 10 5 2 1 1 1",
                "and back by one for each success         | relay | 6  | u u g g g g g   | 3 1 2 3 4 5 6",
                "unreachable after busy: back to the knee | relay | 8  | b u g g g g g   | 4 2 3 4 4 4 4",
                "a greater limit opens who was not cut    | relay | 4  | L8              | 8",
                "but nobody who was                       | relay | 4  | b L8            | 2 2",
                "a greater limit of MX is grown into      | mx    | 6  | g g L9 g g g g  | 6 6 6 7 8 9 9",
                "a smaller limit closes                   | relay | 20 | L5 g            | 5 5",
                "forgiveness opens as at the start        | relay | 20 | b b r           | 10 5 20",
                "of MX too                                | mx    | 20 | b b r g         | 2 1 5 6",
            })
    void itFollowsWhatTheSiteAnswers(String name, String kind, int limit, String story, String sizes) {
        Window window = new Window(kind.equals("relay"));
        window.limit(limit);
        List<Integer> seen = new ArrayList<>();
        for (String event : story.split(" ")) {
            switch (event.charAt(0)) {
                case 'g' -> window.grow();
                case 'b' -> window.cut(window.cuts());
                case 'B' -> window.cut(window.cuts() - 1);
                case 'u' -> window.lose(window.cuts());
                case 'L' -> window.limit(Integer.parseInt(event.substring(1)));
                case 'r' -> window.reset();
                default -> throw new AssertionError(event);
            }
            seen.add(window.size());
        }
        assertThat(seen.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .isEqualTo(sizes);
    }

    /** Through the scheduler: a site that says 421 to the fourth connection is soon left with what it takes. */
    @Test
    void aSiteThatWantsThreeConnectionsGetsAboutThree() {
        World world = World.started();
        world.relayConcurrency = 16;
        world.attemptsAtOnce = 100;
        world.reload();
        int[] open = {0};
        int[] refused = {0};
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> World.delivered();
        world.verdicts = job -> {
            open[0]++;
            boolean many = open[0] > 3;
            world.fibers.block(gates);
            open[0]--;
            refused[0] += many ? 1 : 0;
            return many
                    ? new dev.nexthop.delivery.HopVerdict.Busy(
                            World.deferred("too many connections").diagnosis())
                    : new dev.nexthop.delivery.HopVerdict.Healthy();
        };
        for (int i = 0; i < 400; i++) {
            world.submit("a@a.test", "r" + i + "@relay.test");
        }
        int[] half = {0, 0};
        for (int round = 0; !world.spool.durable.isEmpty(); round++) {
            assertThat(round).isLessThan(400);
            world.settle();
            List<Runnable> now = List.copyOf(gates);
            gates.clear();
            now.forEach(Runnable::run);
            world.settle();
            half[world.log.size() < 200 ? 0 : 1] = refused[0];
        }
        assertThat(refused[0]).as("of 400, " + Arrays.toString(half)).isLessThan(100);
    }
}
