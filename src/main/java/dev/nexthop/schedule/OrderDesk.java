package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Domain;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes orders, ends them, and lets the mail go that they kept back. */
final class OrderDesk implements OrderControl {
    private static final Logger LOG = LoggerFactory.getLogger(OrderDesk.class);

    /** Messages let go in a millisecond: more would only stand before the lines of their destinations. */
    private static final int PACE = 2;

    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    /** Hops that a decision can name beside remotes. */
    private static final Set<String> WORDS = Set.of("mx", "local", "defer", "reject", "discard");

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final LiveTable table;
    private final OrderBook book;
    /** When somebody looks which orders have ended, in milliseconds since 1970. */
    private long armed = DueIndex.NEVER;

    OrderDesk(SchedulerParts parts, Machinery machinery, LiveTable table) {
        this.parts = parts;
        this.machinery = machinery;
        this.table = table;
        this.book = parts.orders();
    }

    @Override
    public List<Order> all() {
        Instant now = machinery.clock().instant();
        return book.current().all().stream().filter(order -> order.inForce(now)).toList();
    }

    @Override
    public Order suspend(OrderScope scope, Order.Terms terms) throws IOException {
        return give(new Order.Kind.Suspend(), scope, terms);
    }

    @Override
    public Order reroute(OrderScope scope, String hop, Order.Terms terms) throws IOException {
        try (Ruleset rules = parts.rules().open()) {
            if (rules.router().hop(hop, new Domain("example")) instanceof NextHop.Defer lost) {
                throw new IllegalArgumentException("the order " + lost.reason());
            }
        }
        return give(new Order.Kind.Reroute(hop), scope, terms);
    }

    private Order give(Order.Kind kind, OrderScope scope, Order.Terms terms) throws IOException {
        String hop = scope.parts().get(OrderScope.Part.HOP);
        if (hop != null && !WORDS.contains(hop)) {
            try (Ruleset rules = parts.rules().open()) {
                if (rules.router().hop(hop, new Domain("example")) instanceof NextHop.Defer lost) {
                    throw new IllegalArgumentException("the order " + lost.reason());
                }
            }
        }
        String queue = scope.parts().get(OrderScope.Part.QUEUE);
        if (queue != null) {
            try (Ruleset rules = parts.rules().open()) {
                VirtualQueues queues = rules.settings().queues();
                if (queues.get(queue) == null) {
                    throw new IllegalArgumentException("the order " + queues.undefined(queue));
                }
            }
        }
        if (terms.until().filter(until -> !until.isAfter(terms.since())).isPresent()) {
            throw new IllegalArgumentException(
                    "the order would end at " + terms.until().get() + ", which is over");
        }
        Order order = book.add(kind, scope, terms);
        arm();
        return order;
    }

    @Override
    public List<Order> end(Predicate<Order> which, String by) throws IOException {
        List<Order> ended = book.end(which, "ended by " + by);
        if (!ended.isEmpty()) {
            machinery.jobs().execute(() -> letGo(ended));
        }
        return ended;
    }

    /** Wakes what orders kept back; no message is read for that, and one that has nothing to do with them does no harm. */
    private void letGo(List<Order> ended) {
        long start = machinery.clock().millis();
        for (Order order : ended) {
            Marks.Wanted wanted = Marks.Wanted.order(order.number());
            MarkIndex marks = table.marks();
            long count = 0;
            for (long[] some = marks.some(wanted, -1);
                    some.length > 0;
                    some = marks.some(wanted, some[some.length - 1])) {
                for (long id : some) {
                    table.unpark(new QueueId(id), order.number(), start + count++ / PACE);
                }
                table.hastened();
            }
            if (order.kind() instanceof Order.Kind.Suspend) {
                LOG.info("messages that order {} kept back and that go on: {}", order.number(), count);
            }
        }
    }

    /** New rules: an order for a virtual queue that is no more means nobody, which somebody must know. */
    void follow(Ruleset rules) {
        VirtualQueues queues = rules.settings().queues();
        for (Order order : all()) {
            String queue = order.scope().parts().get(OrderScope.Part.QUEUE);
            if (queue != null && queues.get(queue) == null) {
                parts.events()
                        .alarm(
                                "routing",
                                "order " + order.number() + " to "
                                        + order.kind().word() + " " + order.scope() + " means nobody any more: it "
                                        + queues.undefined(queue));
            }
        }
    }

    /** Sees to it that orders end at their time. */
    void arm() {
        Optional<Instant> next = book.nextEnd();
        if (next.isEmpty()) {
            return;
        }
        long time = DueIndex.millis(next.get());
        synchronized (this) {
            if (time >= armed) {
                return;
            }
            armed = time;
        }
        machinery.ticker().at(next.get(), () -> machinery.jobs().execute(() -> expire(time)));
    }

    private void expire(long time) {
        synchronized (this) {
            if (armed != time) {
                return; // somebody looks earlier, and again
            }
            armed = DueIndex.NEVER;
        }
        Instant now = machinery.clock().instant();
        try {
            letGo(book.end(order -> !order.inForce(now), "its time is over"));
        } catch (IOException e) {
            // Nobody obeys it any more; only its mail is not woken, and it comes back with the next start to end again.
            LOG.error("orders whose time is over could not be removed from the disk; next try in a minute", e);
            machinery
                    .ticker()
                    .at(now.plus(AFTER_FAILURE), () -> machinery.jobs().execute(this::arm));
            return;
        }
        arm();
    }

    /** What is to be said of recipients of a message that wait because somebody wants it so. */
    Map<Integer, QueueControl.Remark> remarks(QueuedMessage message) {
        Map<Integer, QueueControl.Remark> remarks = new HashMap<>();
        Orders orders = book.current();
        for (int i = 0; i < message.recipients().size(); i++) {
            RecipientState state = message.recipients().get(i);
            int index = i;
            if (state.status() == RecipientStatus.HELD) {
                book.holds()
                        .of(message.id(), i)
                        .ifPresent(terms -> remarks.put(
                                index, new QueueControl.Remark(state.status().word(), HoldNotes.words(terms), 0)));
            } else if (LiveTable.waits(state) && !orders.isEmpty()) {
                suspending(orders, message, i)
                        .ifPresent(order -> remarks.put(
                                index, new QueueControl.Remark("suspended", order.words(), order.number())));
            }
        }
        return remarks;
    }

    /** Only when some order asks for a hop or a queue, and could mean this recipient, the rules are asked where it would go. */
    private Optional<Order> suspending(Orders orders, QueuedMessage message, int index) {
        Instant now = machinery.clock().instant();
        Orders.Subject anywhere =
                Orders.Subject.of(message, message.recipients().get(index).address());
        Optional<Order> known = orders.suspending(anywhere, now);
        if (known.isEmpty() || !orders.asksForRules()) {
            return known;
        }
        RecipientFacts facts = Histories.facts(message, index, now);
        try (Ruleset rules = parts.rules().open()) {
            String queue =
                    rules.settings().queues().choose(facts, rules.lookups()).id();
            Decision decision = rules.router().decide(facts, rules.lookups());
            String hop = Obedience.rerouted(orders, facts, decision, queue, rules.router())
                    .hop()
                    .id();
            return orders.suspending(Orders.Subject.of(facts, hop, queue), now);
        }
    }
}
