package dev.nexthop.schedule;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one queue, the ordinary or a virtual one, and those of its destinations that have somebody waiting and could
 * run more. While the queue has its bound of attempts none of them is served, and no destination of another queue stands behind them. Guarded by
 * {@link Admission}.
 */
final class QueueSlots {
    private static final Pace[] PACES = Pace.values();

    /** The name of the queue; empty for the ordinary one. */
    final String id;
    /** The number of the rules that its bound is from. */
    long rules = -1;
    /** Destinations of the queue that somebody goes to. */
    int destinations;
    /** Tickets that wait. */
    int waiting;

    private int limit = Integer.MAX_VALUE;
    private int running;

    /** By {@link Destination#row}, one for each share of the total: all who stand in one either get a slot or do not. */
    private final List<TreeSet<Destination>> rows = Stream.generate(() -> new TreeSet<>(Destination.ORDER))
            .limit(2L * PACES.length)
            .toList();

    QueueSlots(String id) {
        this.id = id;
    }

    /** So many attempts at once; what runs goes on. */
    void limit(int attempts) {
        limit = attempts;
    }

    boolean free() {
        return running < limit;
    }

    /** Whether so many wait that one more will wait long. */
    boolean crowded() {
        return waiting >= limit;
    }

    void take() {
        running++;
    }

    void give() {
        running--;
    }

    /** Whether no destination stands here. */
    boolean isEmpty() {
        for (TreeSet<Destination> row : rows) {
            if (!row.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static int row(Destination destination) {
        return 2 * destination.pace.number + (destination.running > 0 ? 1 : 0);
    }

    void stand(Destination destination) {
        destination.row = row(destination);
        destination.inLine = true;
        rows.get(destination.row).add(destination);
    }

    /** Takes out one that stands here, before anything of it changes that says where. */
    void leave(Destination destination) {
        rows.get(destination.row).remove(destination);
        destination.inLine = false;
    }

    /** One that stands here may belong into another row now. */
    void move(Destination destination) {
        if (destination.inLine && destination.row != row(destination)) {
            leave(destination);
            stand(destination);
        }
    }

    /** Whose turn it is among those that there is a slot for; null when there is nobody. */
    @Nullable
    Destination first(Slots slots) {
        if (!free()) {
            return null;
        }
        Destination first = null;
        for (int row = 0; row < rows.size(); row++) {
            if (!rows.get(row).isEmpty() && slots.fits(PACES[row / 2], row % 2 > 0)) {
                Destination head = rows.get(row).first();
                first = first == null || Destination.ORDER.compare(head, first) < 0 ? head : first;
            }
        }
        return first;
    }
}
