package dev.nexthop.schedule;

import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.Router;
import java.util.List;
import java.util.Optional;

/** What orders make of a decision. Pure. */
final class Obedience {
    private Obedience() {}

    /**
     * The decision under the orders that send mail elsewhere. A hop that is no more defers, whatever the rules say: they are
     * what the operator did not want.
     *
     * @param queue the virtual queue that the recipient is in; empty for the ordinary one
     */
    static Decision rerouted(Orders orders, RecipientFacts facts, Decision decision, String queue, Router router) {
        Optional<Order> order =
                orders.rerouting(Orders.Subject.of(facts, decision.hop().id(), queue), facts.now());
        if (order.isEmpty() || !(order.get().kind() instanceof Order.Kind.Reroute(String name))) {
            return decision;
        }
        NextHop hop = router.hop(name, facts.recipient().domain());
        if (hop instanceof NextHop.Defer lost) {
            String reason = order.get().words() + "; but it " + lost.reason();
            return new Decision(new NextHop.Defer(reason, true), decision.rules(), reason);
        }
        return new Decision(
                hop,
                decision.rules(),
                order.get().words() + "; without the order: " + decision.hop().id() + ", for " + decision.reason());
    }

    /** The end of a recipient whose time is over while an order keeps it from being tried. */
    static Decision givenUp(Order order) {
        return new Decision(new NextHop.Defer(order.words(), false), List.of(), order.words());
    }
}
