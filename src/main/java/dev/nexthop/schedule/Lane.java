package dev.nexthop.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tickets of one priority that wait for one destination. Its senders take turns, one ticket each; every
 * {@value #OLDEST}th time the one that has waited longest is served, whose turn it ever is. So a sender of much delays nobody, and
 * who has n others before him is served after {@value #OLDEST} times n + 1 of them at most, however many senders come later. Guarded by
 * {@link Admission}.
 */
final class Lane {
    /** Every so many times the oldest ticket is served. */
    static final int OLDEST = 8;

    /** The numbers of those who came; they are used up in this order, whoever is served. */
    private final LongQueue places = new LongQueue();

    private final Chain arrivals = new Chain();
    private final Map<String, Flow> flows = new HashMap<>();
    /** Whose turn it is. A flow that has nothing left stays until its turn comes. */
    private final Deque<Flow> turns = new ArrayDeque<>();

    private int served;

    /** What one sender has here. */
    static final class Flow {
        private final String sender;
        private @Nullable Ticket first;
        private @Nullable Ticket last;
        private int size;

        private Flow(String sender) {
            this.sender = sender;
        }
    }

    int size() {
        return places.size();
    }

    /**
     * Whether there is no room for another ticket of a sender: one may fill half of what the others leave free, so that there is
     * always room for somebody new.
     *
     * @param room most tickets in the lane
     */
    boolean full(String sender, int room) {
        int free = room - size();
        Flow flow = flows.get(sender);
        return free <= 0 || flow != null && flow.size >= free;
    }

    /** The number of the place that is served next; there must be a ticket. */
    long place() {
        return places.first();
    }

    void add(Ticket ticket, String sender, long place) {
        places.add(place);
        link(ticket, sender);
    }

    private void link(Ticket ticket, String sender) {
        arrivals.add(ticket);
        Flow flow = flows.get(sender);
        if (flow == null) {
            flow = new Flow(sender);
            flows.put(sender, flow);
            turns.addLast(flow);
        }
        Ticket end = flow.last;
        if (end == null) {
            flow.first = ticket;
        } else {
            end.nextOfSender = ticket;
        }
        flow.last = ticket;
        flow.size++;
        ticket.flow = flow;
    }

    /** Takes out who is served next; null when the lane is empty. */
    @Nullable
    Ticket poll() {
        Ticket oldest = arrivals.first();
        if (oldest == null) {
            return null;
        }
        places.poll();
        Flow due = ++served % OLDEST == 0 ? oldest.flow : null;
        Ticket next = due == null ? turn() : take(due);
        if (places.isEmpty()) {
            flows.clear();
            turns.clear();
        }
        return next;
    }

    private Ticket turn() {
        while (true) {
            Flow flow = turns.removeFirst();
            if (flow.size > 0) {
                Ticket ticket = take(flow);
                if (flow.size > 0) {
                    turns.addLast(flow);
                } else {
                    flows.remove(flow.sender);
                }
                return ticket;
            }
            flows.remove(flow.sender);
        }
    }

    private Ticket take(Flow flow) {
        Ticket ticket = flow.first;
        if (ticket == null) {
            throw new IllegalStateException("sender " + flow.sender + " has nothing here");
        }
        flow.first = ticket.nextOfSender;
        if (flow.first == null) {
            flow.last = null;
        }
        flow.size--;
        unlink(ticket);
        return ticket;
    }

    private void unlink(Ticket ticket) {
        arrivals.remove(ticket);
        ticket.nextOfSender = null;
        ticket.flow = null;
    }

    /** Takes out all that were decided by these rules or older ones, the oldest first; the others move up. */
    List<Ticket> takeUpTo(long rules) {
        List<Ticket> taken = new ArrayList<>();
        List<Ticket> left = new ArrayList<>();
        List<String> senders = new ArrayList<>();
        for (Ticket ticket = arrivals.first(); ticket != null; ticket = arrivals.first()) {
            Flow flow = ticket.flow;
            if (ticket.rules <= rules || flow == null) {
                taken.add(ticket);
            } else {
                left.add(ticket);
                senders.add(flow.sender);
            }
            unlink(ticket);
        }
        flows.clear();
        turns.clear();
        places.keep(left.size());
        for (int i = 0; i < left.size(); i++) {
            link(left.get(i), senders.get(i));
        }
        return taken;
    }
}
