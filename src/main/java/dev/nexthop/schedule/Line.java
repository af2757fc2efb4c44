package dev.nexthop.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tickets that wait for a slot of one destination. Priorities are served in the order of their {@link Precedence}, equal ones
 * by turns of their senders ({@link Lane}). Each priority has room of its own, so that no other one can keep it out. Guarded by
 * {@link Admission}.
 */
final class Line {
    /** Most tickets of priority 0: some megabytes. */
    static final int LONGEST = 5_000;

    /** Most tickets of any other priority. */
    static final int LONGEST_OF_OTHERS = 1_000;

    private static final int PRIORITIES = 19;
    private static final int ORDINARY = 9;

    private @Nullable Lane ordinary;
    /** The lanes of all priorities; null while nobody has one but 0. */
    private @Nullable Lane @Nullable [] lanes;

    private long stood;
    private int size;

    /** Whether there is no room for a ticket of a sender with a priority. */
    boolean full(int priority, String sender) {
        Lane lane = lane(slot(priority));
        return lane != null && lane.full(sender, priority == 0 ? LONGEST : LONGEST_OF_OTHERS);
    }

    void add(Ticket ticket, String sender) {
        int slot = slot(ticket.priority);
        Lane lane = lane(slot);
        if (lane == null) {
            lane = new Lane();
            put(slot, lane);
        }
        lane.add(ticket, sender, stood++);
        size++;
    }

    /** The priority of who is served next; there must be somebody. */
    int priority() {
        return next() - ORDINARY;
    }

    /** Takes out who is served next, if any. */
    @Nullable
    Ticket poll() {
        Lane lane = size == 0 ? null : lane(next());
        Ticket ticket = lane == null ? null : lane.poll();
        if (ticket != null && --size == 0) {
            ordinary = null; // an idle destination keeps nothing
            lanes = null;
        }
        return ticket;
    }

    /** Takes out all that were decided by these rules or older ones. */
    List<Ticket> takeUpTo(long rules) {
        List<Ticket> taken = new ArrayList<>();
        for (int slot = PRIORITIES - 1; slot >= 0; slot--) {
            Lane lane = lane(slot);
            if (lane != null) {
                taken.addAll(lane.takeUpTo(rules));
            }
        }
        size -= taken.size();
        if (size == 0) {
            ordinary = null;
            lanes = null;
        }
        return taken;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The lane that is served next. */
    private int next() {
        if (lanes == null) {
            return ORDINARY;
        }
        int next = ORDINARY;
        Precedence best = null;
        for (int slot = PRIORITIES - 1; slot >= 0; slot--) {
            Lane lane = lane(slot);
            if (lane != null && lane.size() > 0) {
                Precedence place = Precedence.of(lane.place(), slot - ORDINARY);
                if (best == null || Precedence.ORDER.compare(place, best) < 0) {
                    best = place;
                    next = slot;
                }
            }
        }
        return next;
    }

    private @Nullable Lane lane(int slot) {
        if (slot == ORDINARY) {
            return ordinary;
        }
        @Nullable Lane[] all = lanes;
        return all == null ? null : all[slot];
    }

    private void put(int slot, Lane lane) {
        if (slot == ORDINARY) {
            ordinary = lane;
            return;
        }
        @Nullable Lane[] all = lanes;
        if (all == null) {
            all = new Lane[PRIORITIES];
            lanes = all;
        }
        all[slot] = lane;
    }

    private static int slot(int priority) {
        return Math.clamp(priority, -9, 9) + ORDINARY;
    }
}
