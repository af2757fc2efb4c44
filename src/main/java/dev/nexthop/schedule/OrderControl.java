package dev.nexthop.schedule;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/** Operators' standing orders. Calls wait for the disk: not for virtual threads. */
public interface OrderControl {
    /** The orders in force, by number. */
    List<Order> all();

    /**
     * Keeps recipients from being tried, those that wait and those that come; their time of expiry goes on. Returns when it is
     * on stable storage and in force.
     *
     * @param scope whom
     * @param terms why, by whom and how long
     * @return the order
     * @throws IllegalArgumentException when it makes no sense, in a sentence for the operator
     */
    Order suspend(OrderScope scope, Order.Terms terms) throws IOException;

    /**
     * Sends recipients elsewhere, from their next attempt on, whatever the rules say.
     *
     * @param scope whom
     * @param hop the id of a remote, {@code local} or {@code mx}
     * @param terms why, by whom and how long
     * @return the order
     * @throws IllegalArgumentException when it makes no sense, in a sentence for the operator
     */
    Order reroute(OrderScope scope, String hop, Order.Terms terms) throws IOException;

    /**
     * Ends orders. What they kept from being tried goes on at once, two thousand messages a second.
     *
     * @param which orders
     * @param by who says so
     * @return those that ended
     */
    List<Order> end(Predicate<Order> which, String by) throws IOException;
}
