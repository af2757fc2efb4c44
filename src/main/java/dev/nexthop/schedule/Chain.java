package dev.nexthop.schedule;

import org.jspecify.annotations.Nullable;

/** Tickets in the order they came; any of them leaves at no cost. A ticket is in one chain at most. Guarded by {@link Admission}. */
final class Chain {
    private @Nullable Ticket first;
    private @Nullable Ticket last;

    /** The one that came first, or null. */
    @Nullable
    Ticket first() {
        return first;
    }

    void add(Ticket ticket) {
        Ticket end = last;
        ticket.previous = end;
        ticket.next = null;
        if (end == null) {
            first = ticket;
        } else {
            end.next = ticket;
        }
        last = ticket;
    }

    /** Takes out one that is in it. */
    void remove(Ticket ticket) {
        Ticket before = ticket.previous;
        Ticket after = ticket.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        ticket.previous = null;
        ticket.next = null;
    }
}
