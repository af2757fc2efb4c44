package dev.nexthop.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * A relay to which more queues than one go: its concurrency is that of all of them together. Guarded by {@link Admission}.
 */
final class Site {
    /** What the queues have there. */
    final List<Destination> destinations = new ArrayList<>(2);

    /** The number of the rules that its limit is from. */
    long rules = -1;

    private int running;
    private int limit = Integer.MAX_VALUE;

    /**
     * So many attempts at once, unless newer rules have said how many.
     *
     * @param of the number of the rules
     */
    void limit(int most, long of) {
        if (of >= rules) {
            limit = most;
            rules = of;
        }
    }

    boolean free() {
        return running < limit;
    }

    void join(Destination destination) {
        destination.shared = this;
        destinations.add(destination);
        running += destination.running;
    }

    /** It has nobody running any more. */
    void leave(Destination destination) {
        destination.shared = null;
        destinations.remove(destination);
    }

    void take() {
        running++;
    }

    void give() {
        running--;
    }
}
