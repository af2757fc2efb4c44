package dev.nexthop.admin;

import dev.nexthop.schedule.Order;
import dev.nexthop.schedule.OrderControl;
import dev.nexthop.schedule.OrderScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Orders that nobody obeys. The hop 'lost' is not defined. */
final class ListedOrders implements OrderControl {
    final List<Order> given = new ArrayList<>();

    @Override
    public List<Order> all() {
        return List.copyOf(given);
    }

    @Override
    public Order suspend(OrderScope scope, Order.Terms terms) {
        return add(new Order.Kind.Suspend(), scope, terms);
    }

    @Override
    public Order reroute(OrderScope scope, String hop, Order.Terms terms) {
        if (hop.equals("lost")) {
            throw new IllegalArgumentException("the order names the hop 'lost', which is not defined");
        }
        return add(new Order.Kind.Reroute(hop), scope, terms);
    }

    private Order add(Order.Kind kind, OrderScope scope, Order.Terms terms) {
        Order order = new Order(given.size() + 1L, kind, scope, terms);
        given.add(order);
        return order;
    }

    @Override
    public List<Order> end(Predicate<Order> which, String by) {
        List<Order> ended = given.stream().filter(which).toList();
        given.removeAll(ended);
        return ended;
    }
}
