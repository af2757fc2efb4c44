package dev.nexthop.delivery;

import dev.nexthop.dns.ServiceHost;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/** Random orders that share load by weight (RFC 2782, "Weight"). */
final class WeightedOrder {
    /**
     * RFC 2782 draws from 0 to the sum of weights, which favours the first of the list by one; with weights as small as
     * operators write them, 1 and 1, that would be two thirds of the load. Drawing this much finer leaves nothing of it.
     */
    private static final long FINENESS = 1000;

    private WeightedOrder() {}

    /**
     * The order in which hosts are tried: over many draws each is first in proportion to its weight. Those of weight 0 come
     * after all others, so that a host can be withdrawn by its weight; among them each order is as likely.
     *
     * @param all what to order; untouched, and short, for the time grows with the square of its length
     * @param weight 0 or more
     * @param random draws
     * @return all of them
     * @throws IllegalArgumentException when a weight is negative
     */
    static <T> List<T> order(List<T> all, ToIntFunction<T> weight, RandomGenerator random) {
        return order(all, weight, random, 1);
    }

    /** The least number that is drawn: 0 gives those of weight 0 the very small chance of RFC 2782, 1 gives them none. */
    private static <T> List<T> order(List<T> all, ToIntFunction<T> weight, RandomGenerator random, int least) {
        List<T> weightless = new ArrayList<>();
        List<T> left = new ArrayList<>();
        long sum = 0;
        for (T one : all) {
            int its = weight.applyAsInt(one);
            if (its < 0) {
                throw new IllegalArgumentException("a weight is at least 0, that of " + one + " is " + its);
            }
            (its == 0 ? weightless : left).add(one);
            sum += its;
        }
        Collections.shuffle(weightless, Random.from(random));
        left.addAll(0, weightless); // RFC 2782: those of weight 0 come first in the list that is drawn from.
        List<T> order = new ArrayList<>(all.size());
        while (!left.isEmpty()) {
            long number = sum == 0 ? 0 : least + random.nextLong(sum * FINENESS + 1 - least);
            T drawn = left.remove(draw(left, weight, number));
            sum -= weight.applyAsInt(drawn);
            order.add(drawn);
        }
        return order;
    }

    /** The first at which the running sum of weights reaches a number. */
    private static <T> int draw(List<T> left, ToIntFunction<T> weight, long number) {
        long running = 0;
        int at = 0;
        for (T one : left) {
            running += weight.applyAsInt(one) * FINENESS;
            if (running >= number) {
                return at;
            }
            at++;
        }
        throw new IllegalStateException("a draw of " + number + " beyond the sum of weights, " + running);
    }

    /**
     * The places of a service in the order in which they are tried: by priority, and by weight among equals (RFC 2782), where
     * one of weight 0 is hardly ever first beside others with a weight.
     *
     * @param hosts sorted by priority
     * @param random draws
     */
    static List<ServiceHost> services(List<ServiceHost> hosts, RandomGenerator random) {
        List<ServiceHost> order = new ArrayList<>(hosts.size());
        int from = 0;
        while (from < hosts.size()) {
            int to = from;
            while (to < hosts.size()
                    && hosts.get(to).priority() == hosts.get(from).priority()) {
                to++;
            }
            order.addAll(order(hosts.subList(from, to), ServiceHost::weight, random, 0));
            from = to;
        }
        return order;
    }
}
