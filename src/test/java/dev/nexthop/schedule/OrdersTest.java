package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.schedule.OrderScope.Part;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Edit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Finding the order that means a recipient, and keeping orders. */
class OrdersTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static String name(Random random) {
        return (random.nextBoolean() ? "N" : "n") + random.nextInt(6);
    }

    private static String value(Part part, Random random) {
        return switch (part) {
            case ID -> new QueueId(random.nextInt(6)).toString();
            case SENDER -> random.nextInt(5) == 0 ? "<>" : name(random) + "@" + name(random);
            case RECIPIENT -> name(random) + "@" + name(random);
            case SENDER_DOMAIN, DOMAIN -> name(random);
            case HOP -> random.nextBoolean() ? "mx" : "relay";
            case QUEUE -> random.nextBoolean() ? "bulk" : "slow";
        };
    }

    private static List<Order> orders(Random random) {
        List<Order> all = new ArrayList<>();
        int count = random.nextInt(60);
        for (int number = 1; number <= count; number++) {
            Map<Part, String> parts = new EnumMap<>(Part.class);
            for (Part part : Part.values()) {
                if (random.nextInt(4) == 0) {
                    parts.put(part, value(part, random));
                }
            }
            Optional<Instant> until =
                    random.nextBoolean() ? Optional.empty() : Optional.of(NOW.plusSeconds(random.nextInt(20) - 5));
            Order.Kind kind = random.nextBoolean() ? new Order.Kind.Suspend() : new Order.Kind.Reroute("relay");
            all.add(new Order(number, kind, new OrderScope(parts), new Order.Terms("why", "ann", NOW, until)));
        }
        return all;
    }

    private static RecipientFacts facts(Random random) {
        String sender = random.nextInt(5) == 0 ? "" : name(random) + "@" + name(random);
        QueuedMessage message =
                MarkIndexTest.message(random.nextInt(6), sender, List.of(name(random) + "@" + name(random)));
        return Histories.facts(message, 0, NOW);
    }

    /** As the page tells it: every part that is given is that of the recipient. */
    private static boolean means(Order order, RecipientFacts facts, String hop, String queue) {
        return order.scope().parts().entrySet().stream().allMatch(part -> {
            String sender = facts.envelope().sender().address();
            String value = switch (part.getKey()) {
                case ID -> facts.id().toString();
                case SENDER -> sender;
                case SENDER_DOMAIN -> sender.substring(sender.indexOf('@') + 1);
                case RECIPIENT -> facts.recipient().toString();
                case DOMAIN -> facts.recipient().domain().name();
                case HOP -> hop;
                case QUEUE -> queue;
            };
            return part.getValue().equalsIgnoreCase(value);
        });
    }

    @Test
    void theIndexFindsWhatALookAtEveryOrderFinds() {
        int found = 0;
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<Order> all = orders(random);
            Orders orders = new Orders(1, all);
            for (int i = 0; i < 30; i++) {
                RecipientFacts facts = facts(random);
                String hop = value(Part.HOP, random);
                String queue = random.nextInt(3) == 0 ? "" : value(Part.QUEUE, random);
                Orders.Subject subject = Orders.Subject.of(facts, hop, queue);
                Predicate<Order> meant = order -> order.inForce(NOW) && means(order, facts, hop, queue);
                Optional<Order> suspends = all.stream()
                        .filter(order -> order.kind() instanceof Order.Kind.Suspend && meant.test(order))
                        .min(Comparator.comparingLong(Order::number));
                Optional<Order> reroutes = all.stream()
                        .filter(order -> order.kind() instanceof Order.Kind.Reroute && meant.test(order))
                        .max(Comparator.comparingLong(Order::number));
                assertThat(orders.suspending(subject, NOW)).as("seed %s", seed).isEqualTo(suspends);
                assertThat(orders.rerouting(subject, NOW)).as("seed %s", seed).isEqualTo(reroutes);
                found += suspends.isPresent() ? 1 : 0;
            }
        }
        assertThat(found).isGreaterThan(1_000);
    }

    @Test
    void tenThousandOrdersOfOneSenderAreNotComparedOneByOne() {
        List<Order> all = new ArrayList<>();
        for (int i = 1; i <= OrderBook.MOST; i++) {
            all.add(new Order(
                    i,
                    new Order.Kind.Suspend(),
                    new OrderScope(Map.of(Part.SENDER_DOMAIN, "s.test", Part.DOMAIN, "d" + i + ".test")),
                    new Order.Terms("why", "ann", NOW, Optional.empty())));
        }
        Orders orders = new Orders(1, all);
        QueuedMessage message = MarkIndexTest.message(1, "a@s.test", List.of("u@d77.test"));
        Orders.Subject subject = Orders.Subject.of(Histories.facts(message, 0, NOW), "mx", "");
        long start = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            assertThat(orders.suspending(subject, NOW).orElseThrow().number()).isEqualTo(77);
        }
        // One by one it would be a hundred million comparisons.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void ordersAreReadBackAsTheyWereGiven() throws IOException {
        Random random = new Random(7);
        DeskRecords records = DeskRecords.inMemory();
        OrderBook book = OrderBook.open(records);
        List<Order> given = new ArrayList<>();
        for (Order order : orders(random)) {
            given.add(book.add(order.kind(), order.scope(), order.terms()));
        }
        assertThat(given).hasSizeGreaterThan(10);
        book.end(order -> order.number() % 3 == 0, "bob");
        given.removeIf(order -> order.number() % 3 == 0);
        assertThat(book.current().all()).isEqualTo(given);
        OrderBook again = OrderBook.open(records);
        assertThat(again.current().all()).isEqualTo(given);
        assertThat(again.nextEnd()).isEqualTo(book.nextEnd());
    }

    @Test
    void anOrderThatCantBeReadStopsTheStart() throws IOException {
        DeskRecords records = DeskRecords.inMemory();
        OrderBook.open(records)
                .add(new Order.Kind.Suspend(), OrderScope.ALL, new Order.Terms("why", "ann", NOW, Optional.empty()));
        byte[] key = records.scan(DeskRecords.ORDERS, new byte[0], 1).getFirst().key();
        records.commit(List.of(new Edit.Put(DeskRecords.ORDERS, key, new byte[] {1, 2, 3})));
        assertThatThrownBy(() -> OrderBook.open(records)).isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void thereIsAMostOfOrders() throws IOException {
        DeskRecords records = DeskRecords.inMemory();
        for (int i = 1; i <= OrderBook.MOST; i++) {
            Order order = new Order(
                    i,
                    new Order.Kind.Suspend(),
                    new OrderScope(Map.of(Part.DOMAIN, "d" + i)),
                    new Order.Terms("why", "ann", NOW, Optional.empty()));
            byte[] key = java.nio.ByteBuffer.allocate(Long.BYTES).putLong(i).array();
            records.commit(List.of(new Edit.Put(DeskRecords.ORDERS, key, OrderCodec.encode(order))));
        }
        OrderBook book = OrderBook.open(records);
        assertThatThrownBy(() -> book.add(
                        new Order.Kind.Suspend(), OrderScope.ALL, new Order.Terms("why", "ann", NOW, Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there are 10000 orders");
    }

    @Test
    void addressesCompareWithoutRegardToCase() {
        assertThat(Folded.address("Bob@Example.NET")).isEqualTo("bob@example.net");
        assertThat(Folded.address("\"A@B\"@Example.NET")).isEqualTo("\"a@b\"@example.net");
        assertThat(Folded.address("\"B\\ob\"@Example.NET")).isEqualTo("bob@example.net");
        assertThat(Folded.address("\"bob@example.net")).as("no address").isEqualTo("\"bob@example.net");
        assertThat(Folded.address("<>")).isEmpty();
        assertThat(Folded.domainOf("")).isEmpty();
        assertThat(Marks.Wanted.of(QueueFilter.ALL)).isEqualTo(Marks.Wanted.ALL);
    }
}
