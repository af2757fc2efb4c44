package dev.nexthop.schedule;

import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Mailbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All orders at one moment. Each stands under that of its names which fewest others have, so a recipient is compared with few
 * orders, however many there are.
 */
final class Orders {
    private static final OrderScope.Part[] PARTS = OrderScope.Part.values();

    /** What only the rules know of a recipient. */
    private static final Set<OrderScope.Part> OF_RULES =
            Collections.unmodifiableSet(EnumSet.of(OrderScope.Part.HOP, OrderScope.Part.QUEUE));

    private final long version;
    private final List<Order> all;
    private final Set<Long> numbers;
    private final Finder suspends;
    private final Finder reroutes;

    Orders(long version, Collection<Order> all) {
        this.version = version;
        this.all = List.copyOf(all);
        this.numbers = this.all.stream().map(Order::number).collect(Collectors.toUnmodifiableSet());
        this.suspends = new Finder(this.all.stream()
                .filter(order -> order.kind() instanceof Order.Kind.Suspend)
                .toList());
        this.reroutes = new Finder(this.all.stream()
                .filter(order -> order.kind() instanceof Order.Kind.Reroute)
                .toList());
    }

    /** Changes with every order that comes or goes. */
    long version() {
        return version;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** By number. */
    List<Order> all() {
        return all;
    }

    boolean has(long number) {
        return numbers.contains(number);
    }

    /** The oldest order that keeps a recipient from being tried. */
    Optional<Order> suspending(Subject subject, Instant now) {
        return suspends.find(subject, now, (one, other) -> one.number() < other.number() ? one : other);
    }

    /** The newest order that sends a recipient elsewhere. */
    Optional<Order> rerouting(Subject subject, Instant now) {
        return reroutes.find(subject, now, (one, other) -> one.number() > other.number() ? one : other);
    }

    /** Whether an order means only who goes to some hop, or is in some virtual queue: the rules know that. */
    boolean asksForRules() {
        return suspends.asksForRules;
    }

    /**
     * What a recipient is known by.
     *
     * @param hop null when nobody knows
     * @param queue the virtual queue, empty for the ordinary one; null when nobody knows
     */
    record Subject(
            String id,
            String sender,
            String senderDomain,
            String recipient,
            String domain,
            @Nullable String hop,
            @Nullable String queue) {
        /** The recipient of an envelope that goes to a hop in a virtual queue, or in the ordinary one. */
        static Subject of(RecipientFacts facts, String hop, String queue) {
            return of(
                    facts.id().toString(),
                    Folded.address(facts.envelope().sender().address()),
                    facts.recipient(),
                    hop,
                    queue);
        }

        /** The same when nobody knows where it goes: every hop and queue is taken for the right one. */
        static Subject of(QueuedMessage message, Mailbox recipient) {
            return of(
                    message.id().toString(),
                    Folded.address(message.envelope().sender().address()),
                    recipient,
                    null,
                    null);
        }

        private static Subject of(
                String id, String sender, Mailbox recipient, @Nullable String hop, @Nullable String queue) {
            return new Subject(
                    id,
                    sender,
                    Folded.domainOf(sender),
                    Folded.address(recipient.toString()),
                    recipient.domain().name(),
                    hop,
                    queue);
        }

        private @Nullable String at(OrderScope.Part part) {
            return switch (part) {
                case ID -> id;
                case SENDER -> sender;
                case SENDER_DOMAIN -> senderDomain;
                case RECIPIENT -> recipient;
                case DOMAIN -> domain;
                case HOP -> hop;
                case QUEUE -> queue;
            };
        }

        boolean isMeant(OrderScope scope) {
            for (Map.Entry<OrderScope.Part, String> part : scope.parts().entrySet()) {
                String value = at(part.getKey());
                if (value != null && !value.equals(part.getValue())) {
                    return false;
                }
            }
            return true;
        }
    }

    /** One name. */
    private record Key(OrderScope.Part part, String value) {}

    /** The orders of one kind. */
    private static final class Finder {
        private final Map<Key, List<Order>> byKey = new HashMap<>();
        private final List<Order> everybody = new ArrayList<>();
        /** Those under a hop or a queue, for who comes without one. */
        private final Map<OrderScope.Part, List<Order>> unknown = new EnumMap<>(OrderScope.Part.class);

        final boolean asksForRules;

        Finder(List<Order> orders) {
            Map<Key, Integer> counts = new HashMap<>();
            orders.forEach(order -> order.scope()
                    .parts()
                    .forEach((part, value) -> counts.merge(new Key(part, value), 1, Integer::sum)));
            for (Order order : orders) {
                Key rarest = null;
                for (Map.Entry<OrderScope.Part, String> part :
                        order.scope().parts().entrySet()) {
                    Key key = new Key(part.getKey(), part.getValue());
                    if (rarest == null || counts.getOrDefault(key, 0) < counts.getOrDefault(rarest, 0)) {
                        rarest = key;
                    }
                }
                if (rarest == null) {
                    everybody.add(order);
                } else {
                    byKey.computeIfAbsent(rarest, _ -> new ArrayList<>()).add(order);
                    if (OF_RULES.contains(rarest.part())) {
                        unknown.computeIfAbsent(rarest.part(), _ -> new ArrayList<>())
                                .add(order);
                    }
                }
            }
            asksForRules = orders.stream()
                    .anyMatch(
                            order -> !Collections.disjoint(order.scope().parts().keySet(), OF_RULES));
        }

        Optional<Order> find(Subject subject, Instant now, BinaryOperator<Order> better) {
            if (byKey.isEmpty() && everybody.isEmpty()) {
                return Optional.empty();
            }
            Order best = best(null, everybody, subject, now, better);
            for (OrderScope.Part part : PARTS) {
                String value = subject.at(part);
                List<Order> some = value == null
                        ? unknown.getOrDefault(part, List.of())
                        : byKey.getOrDefault(new Key(part, value), List.of());
                best = best(best, some, subject, now, better);
            }
            return Optional.ofNullable(best);
        }

        private static @Nullable Order best(
                @Nullable Order known, List<Order> some, Subject subject, Instant now, BinaryOperator<Order> better) {
            Order best = known;
            for (Order order : some) {
                if (order.inForce(now) && subject.isMeant(order.scope())) {
                    best = best == null ? order : better.apply(best, order);
                }
            }
            return best;
        }
    }
}
