package dev.nexthop.schedule;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one queue, the ordinary or a virtual one, and those of its destinations that have somebody waiting and could
 * run more. While the queue has its bound of attempts none of them is served, and no destination of another queue stands behind
 * them. A slot may be kept for a destination whose relay is full with attempts of other queues: it needs both at the same moment.
 * Guarded by {@link Admission}.
 */
final class QueueSlots {
    private static final Pace[] PACES = Pace.values();
    /** Most messages that are called at the same time. */
    private static final int CALLED = Line.LONGEST_OF_OTHERS;

    private static final long[] NOBODY = {};

    /** The name of the queue; empty for the ordinary one. */
    final String id;
    /** The number of the rules that its bound is from. */
    long rules = -1;
    /** Destinations of the queue that somebody goes to. */
    int destinations;
    /** Tickets that wait. */
    int waiting;
    /** Messages that found no place in a queue that was full as a whole, left on disk. */
    final DistinctQueue left = new DistinctQueue();
    /** How many of them were told that there is room and have not come yet, about. */
    int called;

    /** Those queues that somebody stands in. */
    private final Set<QueueSlots> standing;

    private int stand;
    /** For whom a slot is kept; null for nobody. */
    private @Nullable Destination kept;

    private int limit = Integer.MAX_VALUE;
    private int running;

    /** By {@link Destination#row}, one for each share of the total: all who stand in one either get a slot or do not. */
    private final List<TreeSet<Destination>> rows = Stream.generate(() -> new TreeSet<>(Destination.ORDER))
            .limit(2L * PACES.length)
            .toList();

    /**
     * A queue without a bound.
     *
     * @param standing knows of all queues in which somebody stands, and of this one when that is so
     */
    QueueSlots(String id, Set<QueueSlots> standing) {
        this.id = id;
        this.standing = standing;
    }

    /** So many attempts at once; what runs goes on. */
    void limit(int attempts) {
        limit = attempts;
    }

    /** Whether a destination of the queue may have one more. */
    boolean free(Destination destination, Slots slots) {
        return running < limit && (destination == kept || running + 1 < limit || !keeps(slots));
    }

    /**
     * Whether a slot is kept for somebody who still has use for it. When his relay has room but the total has none for him, he
     * lacks more than that, and others of the queue go on.
     */
    private boolean keeps(Slots slots) {
        Destination whose = kept;
        if (whose == null) {
            return false;
        }
        Site site = whose.shared;
        boolean wants = whose.queue == this
                && site != null
                && !whose.waiting.isEmpty()
                && whose.mayRun()
                && (!site.free() || whose.inLine && slots.fits(whose.pace, whose.running > 0));
        if (!wants) {
            kept = null;
        }
        return wants;
    }

    /** Keeps a slot for one whose turn it was, and who lacks nothing but a slot at its relay. The oldest one gets it. */
    void keep(Destination destination, Slots slots) {
        if (limit == Integer.MAX_VALUE) {
            return;
        }
        Destination known = keeps(slots) ? kept : null;
        if (known == null || Destination.ORDER.compare(destination, known) < 0) {
            kept = destination;
        }
    }

    /** Whether so many wait that one more will wait long. */
    boolean crowded() {
        return waiting >= limit;
    }

    void take(Destination destination) {
        running++;
        if (kept == destination) {
            kept = null;
        }
    }

    void give() {
        running--;
    }

    /**
     * Whom to call of those who were left on disk: as many as find a place, when half of the places are free.
     *
     * @param places how many tickets may wait beside those that do
     * @return ids of messages
     */
    long[] call(int places) {
        if (left.isEmpty()) {
            return NOBODY;
        }
        if (destinations == 0) {
            called = 0;
            return left.poll(Integer.MAX_VALUE); // nothing will happen here any more that could call the others
        }
        called = waiting == 0 ? 0 : called;
        int most = waiting + Math.max(0, places);
        int expected = waiting + called;
        if (expected > most / 2) {
            return NOBODY;
        }
        long[] ids = left.poll(Math.clamp(most - expected, 1, CALLED));
        called += ids.length;
        return ids;
    }

    private static int row(Destination destination) {
        return 2 * destination.pace.number + (destination.running > 0 ? 1 : 0);
    }

    void stand(Destination destination) {
        destination.row = row(destination);
        destination.inLine = true;
        rows.get(destination.row).add(destination);
        if (stand++ == 0) {
            standing.add(this);
        }
    }

    /** Takes out one that stands here, before anything of it changes that says where. */
    void leave(Destination destination) {
        rows.get(destination.row).remove(destination);
        destination.inLine = false;
        if (--stand == 0) {
            standing.remove(this);
        }
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
        if (running >= limit) {
            return null;
        }
        if (running + 1 >= limit && keeps(slots)) {
            return kept != null && kept.inLine ? kept : null;
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
