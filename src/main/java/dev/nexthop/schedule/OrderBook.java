package dev.nexthop.schedule;

import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The orders in force: on stable storage before anybody obeys them, and from the first moment of the next start. */
public final class OrderBook {
    /** Most orders at a time. */
    public static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(OrderBook.class);
    private static final int STEP = 1_000;
    private static final byte[] NEXT = "next".getBytes(StandardCharsets.US_ASCII);

    private final DeskRecords records;
    private final HoldNotes holds;
    /** Held for a change of the disk and of what is in force, so that both have changes in one order. */
    private final ReentrantLock changing = new ReentrantLock();

    private final TreeMap<Long, Order> byNumber = new TreeMap<>();
    private long next = 1;
    private volatile Orders current = new Orders(0, List.of());

    private OrderBook(DeskRecords records) throws IOException {
        this.records = records;
        this.holds = HoldNotes.open(records);
    }

    /** A book without orders that ends with the process. */
    static OrderBook empty() {
        try {
            return open(DeskRecords.inMemory());
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't fail", e);
        }
    }

    /**
     * Reads all orders. One that can't be read is refused, not forgotten: mail would go where somebody said it must not.
     *
     * @param records where they are kept; stay open as long as this
     * @throws IOException when they can't be read
     */
    public static OrderBook open(DeskRecords records) throws IOException {
        OrderBook book = new OrderBook(records);
        book.read();
        return book;
    }

    private void read() throws IOException {
        Optional<byte[]> stored = records.get(DeskRecords.ORDERS, NEXT);
        if (stored.isPresent()) {
            if (stored.get().length != Long.BYTES) {
                throw new CorruptRecordException("the next number of orders is damaged");
            }
            next = ByteBuffer.wrap(stored.get()).getLong();
        }
        byte[] from = new byte[0];
        List<Entry> some = records.scan(DeskRecords.ORDERS, from, STEP);
        while (!some.isEmpty()) {
            for (Entry entry : some) {
                if (entry.key().length == Long.BYTES) {
                    Order order = OrderCodec.decode(entry.value());
                    byNumber.put(order.number(), order);
                }
            }
            byte[] last = some.getLast().key();
            from = Arrays.copyOf(last, last.length + 1);
            some = records.scan(DeskRecords.ORDERS, from, STEP);
        }
        current = new Orders(1, byNumber.values());
        if (!byNumber.isEmpty()) {
            LOG.info("orders of operators in force: {}; see queue orders", byNumber.size());
        }
    }

    /** What is in force now, as far as the clock agrees. */
    Orders current() {
        return current;
    }

    /** What is said of recipients that operators hold. */
    HoldNotes holds() {
        return holds;
    }

    /** Puts an order in force; returns when it is. */
    Order add(Order.Kind kind, OrderScope scope, Order.Terms terms) throws IOException {
        changing.lock();
        try {
            if (byNumber.size() >= MOST) {
                throw new IllegalArgumentException("there are " + MOST + " orders, which is the most: end some first");
            }
            Order order = new Order(next, kind, scope, terms);
            records.commit(List.of(
                    new Edit.Put(DeskRecords.ORDERS, key(order.number()), OrderCodec.encode(order)),
                    new Edit.Put(DeskRecords.ORDERS, NEXT, key(next + 1))));
            next++;
            byNumber.put(order.number(), order);
            replace();
            LOG.info(
                    "order {} to {} {}{}: {}; {}, by {}",
                    order.number(),
                    kind.word(),
                    scope,
                    kind instanceof Order.Kind.Reroute(String hop) ? " to " + hop : "",
                    terms.reason(),
                    terms.end(),
                    terms.by());
            return order;
        } finally {
            changing.unlock();
        }
    }

    /** Ends orders; returns them when they are in force no more. */
    List<Order> end(Predicate<Order> which, String why) throws IOException {
        changing.lock();
        try {
            List<Order> ended = byNumber.values().stream().filter(which).toList();
            if (ended.isEmpty()) {
                return ended;
            }
            List<Edit> edits = new ArrayList<>(ended.size());
            ended.forEach(order -> edits.add(new Edit.Delete(DeskRecords.ORDERS, key(order.number()))));
            records.commit(edits);
            ended.forEach(order -> byNumber.remove(order.number()));
            replace();
            ended.forEach(order -> LOG.info(
                    "order {} to {} {} is over: {}",
                    order.number(),
                    order.kind().word(),
                    order.scope(),
                    why));
            return ended;
        } finally {
            changing.unlock();
        }
    }

    /** When the next order ends by itself. */
    Optional<Instant> nextEnd() {
        return current.all().stream()
                .flatMap(order -> order.terms().until().stream())
                .min(Instant::compareTo);
    }

    private void replace() {
        current = new Orders(current.version() + 1, byNumber.values());
    }

    private static byte[] key(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
