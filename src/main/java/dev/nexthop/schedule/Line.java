package dev.nexthop.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The tickets that wait for a slot of one destination, in the order of their {@link Precedence}. Each priority has room of its
 * own, so that no other one can keep it out. Guarded by {@link Admission}.
 */
final class Line {
    /** Most tickets of priority 0: some megabytes. */
    static final int LONGEST = 5_000;

    /** Most tickets of any other priority. */
    static final int LONGEST_OF_OTHERS = 1_000;

    private static final int PRIORITIES = 19;

    private final PriorityQueue<Ticket> tickets =
            new PriorityQueue<>(Comparator.comparing(ticket -> ticket.place, Precedence.ORDER));
    private long stood;
    /** How many of each priority; null while nobody has one but 0. */
    private int @Nullable [] counts;

    /** Whether there is no room for a ticket of a priority. */
    boolean full(int priority) {
        int room = priority == 0 ? LONGEST : LONGEST_OF_OTHERS;
        int there = counts == null ? (priority == 0 ? tickets.size() : 0) : counts[slot(priority)];
        return there >= room;
    }

    void add(Ticket ticket) {
        if (counts == null && ticket.priority != 0) {
            counts = new int[PRIORITIES];
            counts[slot(0)] = tickets.size();
        }
        ticket.place = Precedence.of(stood++, ticket.priority);
        tickets.add(ticket);
        count(ticket, 1);
    }

    /** The first one, or null. */
    @Nullable
    Ticket peek() {
        return tickets.peek();
    }

    /** Takes out the first one, if any. */
    @Nullable
    Ticket poll() {
        Ticket first = tickets.poll();
        if (first != null) {
            count(first, -1);
        }
        return first;
    }

    /** Takes out all that were decided by these rules or older ones, the first one first. */
    List<Ticket> takeUpTo(long rules) {
        List<Ticket> taken = new ArrayList<>();
        List<Ticket> left = new ArrayList<>();
        for (Ticket ticket : tickets) {
            (ticket.rules <= rules ? taken : left).add(ticket);
        }
        taken.forEach(ticket -> count(ticket, -1));
        tickets.clear();
        tickets.addAll(left);
        taken.sort(Comparator.comparing(ticket -> ticket.place, Precedence.ORDER));
        return taken;
    }

    int size() {
        return tickets.size();
    }

    boolean isEmpty() {
        return tickets.isEmpty();
    }

    private void count(Ticket ticket, int step) {
        if (counts != null) {
            counts[slot(ticket.priority)] += step;
        }
    }

    private static int slot(int priority) {
        return Math.clamp(priority, -9, 9) + 9;
    }
}
