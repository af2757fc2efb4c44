package dev.nexthop.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Numbers that are not negative, first in, first out, each once: who is added again keeps its place. 27 to 53 octets each, and nothing
 * while it is empty.
 */
final class DistinctQueue {
    /** The number behind each; the last one has itself. Null while there is none. */
    private @Nullable LongTable behind;

    private long first;
    private long last;

    int size() {
        LongTable all = behind;
        return all == null ? 0 : all.size();
    }

    boolean isEmpty() {
        return behind == null;
    }

    void add(long number) {
        LongTable all = behind;
        if (all == null) {
            all = new LongTable();
            behind = all;
            first = number;
        } else if (all.get(number) >= 0) {
            return;
        } else {
            all.put(last, number);
        }
        all.put(number, number);
        last = number;
    }

    /** Takes out the first ones. */
    long[] poll(int most) {
        LongTable all = behind;
        if (all == null) {
            return new long[0];
        }
        long[] taken = new long[Math.min(most, all.size())];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = first;
            long next = all.get(first);
            all.remove(first);
            first = next;
        }
        if (all.size() == 0) {
            behind = null;
        }
        return taken;
    }
}
