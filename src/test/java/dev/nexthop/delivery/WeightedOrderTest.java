package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nexthop.dns.ServiceHost;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightedOrderTest {
    private static final int DRAWS = 20_000;

    private final Random random = new Random(11);

    private static ServiceHost host(String text) {
        String[] parts = text.split(" ");
        return new ServiceHost(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), 25, parts[2]);
    }

    /** RFC 2782: each is first in proportion to its weight. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            # weights,          share of each to be first
            1 1,                0.5 0.5
            3 1,                0.75 0.25
            10 0,               1 0
            100000 0,           1 0
            0 0 0 0,            0.25 0.25 0.25 0.25
            60 20 20,           0.6 0.2 0.2
            2147483647 2147483647, 0.5 0.5
            7,                  1
            """)
    void whoIsFirst(String weights, String shares) {
        List<Integer> all =
                Arrays.stream(weights.split(" ")).map(Integer::parseInt).toList();
        List<Integer> indexes = IntStream.range(0, all.size()).boxed().toList();
        Map<Integer, Integer> firsts = new HashMap<>();
        for (int i = 0; i < DRAWS; i++) {
            List<Integer> order = WeightedOrder.order(indexes, all::get, random);
            assertThat(order).containsExactlyInAnyOrderElementsOf(indexes);
            firsts.merge(order.getFirst(), 1, Integer::sum);
        }
        String[] expected = shares.split(" ");
        for (int index : indexes) {
            assertThat(firsts.getOrDefault(index, 0) / (double) DRAWS)
                    .as("share of number %d", index)
                    .isCloseTo(Double.parseDouble(expected[index]), within(0.02));
        }
    }

    @Test
    void theSecondIsDrawnFromThoseThatAreLeft() {
        Map<String, Integer> weights = Map.of("a", 1_000_000, "b", 300, "c", 100);
        int draws = 0;
        int second = 0;
        for (int i = 0; i < DRAWS; i++) {
            List<String> order = WeightedOrder.order(List.of("c", "b", "a"), weights::get, random);
            draws += order.getFirst().equals("a") ? 1 : 0;
            second += order.subList(0, 2).equals(List.of("a", "b")) ? 1 : 0;
        }
        assertThat(second / (double) draws).isCloseTo(0.75, within(0.02));
    }

    @Test
    void prioritiesComeBeforeWeights() {
        List<ServiceHost> hosts = List.of(host("0 0 a"), host("1 1 b"), host("1 9 c"), host("2 65535 d"));
        for (int i = 0; i < 100; i++) {
            List<String> names = WeightedOrder.services(hosts, random).stream()
                    .map(ServiceHost::name)
                    .toList();
            assertThat(names).startsWith("a").endsWith("d").containsExactlyInAnyOrder("a", "b", "c", "d");
        }
    }

    @Test
    void nothingIsOrderedToNothing() {
        assertThat(WeightedOrder.services(List.of(), random)).isEmpty();
    }

    @Test
    void aNegativeWeightIsAMistake() {
        assertThatThrownBy(() -> WeightedOrder.order(List.of("x"), _ -> -1, random))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a weight is at least 0, that of x is -1");
    }

    /** [1, 0] is the way to withdraw a host; of SRV records RFC 2782 wants that it keeps a very small chance. */
    @Test
    void whoHasNoWeightComesLastWhateverIsDrawn() {
        RandomGenerator least = () -> 0;
        Map<String, Integer> weights = Map.of("withdrawn", 0, "a", 1, "b", 2);
        assertThat(WeightedOrder.order(List.of("withdrawn", "a", "b"), weights::get, least))
                .containsExactly("a", "b", "withdrawn");
        assertThat(WeightedOrder.services(List.of(host("1 0 withdrawn"), host("1 1 a")), least))
                .extracting(ServiceHost::name)
                .containsExactly("withdrawn", "a");
    }
}
