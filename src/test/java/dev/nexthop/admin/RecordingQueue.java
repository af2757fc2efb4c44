package dev.nexthop.admin;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.schedule.Order;
import dev.nexthop.schedule.OrderControl;
import dev.nexthop.schedule.QueueControl;
import dev.nexthop.schedule.QueueFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds one message and notes what is asked of it. */
final class RecordingQueue implements QueueControl {
    final List<QueueFilter> filters = new ArrayList<>();

    @Override
    public Listing list(QueueFilter filter, int limit) {
        return new Listing(List.of(AdminServerTest.message()), limit == 1);
    }

    /** The messages of which somebody asked for the virtual queues. */
    final List<QueueId> asked = new ArrayList<>();

    @Override
    public Optional<QueuedMessage> show(QueueId id) {
        return id.equals(AdminServerTest.ID) ? Optional.of(AdminServerTest.message()) : Optional.empty();
    }

    @Override
    public int retry(QueueFilter filter) {
        filters.add(filter);
        return 7;
    }

    @Override
    public int cancel(QueueFilter filter) {
        return retry(filter);
    }

    @Override
    public int hold(QueueFilter filter, Optional<Order.Terms> terms) {
        return retry(filter);
    }

    @Override
    public OrderControl orders() {
        return new ListedOrders();
    }

    @Override
    public Map<Integer, Remark> remarks(QueuedMessage message) {
        return Map.of();
    }

    @Override
    public Map<Integer, String> queues(QueuedMessage message) {
        asked.add(message.id());
        return Map.of(0, "bulk");
    }

    @Override
    public int release(QueueFilter filter) {
        return retry(filter);
    }
}
