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

    /** A queue of whose recipients the rules can't say all, and can't say it fast. */
    static final String SLOW = "slow";

    /** The messages of which somebody asked for the virtual queues. */
    final List<QueueId> asked = new ArrayList<>();

    @Override
    public Listing list(QueueFilter filter, int limit) {
        QueuedMessage message = AdminServerTest.message();
        boolean cut = limit == 1 || slow(filter);
        return new Listing(
                List.of(message),
                filter.queue().isPresent() ? Map.of(message.id(), queues(message)) : Map.of(),
                cut ? Optional.of(AdminServerTest.ID) : Optional.empty());
    }

    private static boolean slow(QueueFilter filter) {
        return filter.queue().filter(SLOW::equals).isPresent();
    }

    @Override
    public Optional<QueuedMessage> show(QueueId id) {
        return id.equals(AdminServerTest.ID) ? Optional.of(AdminServerTest.message()) : Optional.empty();
    }

    @Override
    public Done retry(QueueFilter filter) {
        filters.add(filter);
        return slow(filter)
                ? new Done(7, 2, "the directory is away", Optional.of(AdminServerTest.ID))
                : new Done(7, 0, "", Optional.empty());
    }

    @Override
    public Done cancel(QueueFilter filter) {
        return retry(filter);
    }

    @Override
    public Done hold(QueueFilter filter, Optional<Order.Terms> terms) {
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
    public Map<Integer, Membership> queues(QueuedMessage message) {
        asked.add(message.id());
        return Map.of(0, new Membership("bulk", ""));
    }

    @Override
    public Done release(QueueFilter filter) {
        return retry(filter);
    }
}
