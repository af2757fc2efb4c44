package dev.nexthop.schedule;

import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Reply;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides for each recipient of a message that is due, and makes tickets of those that can share a transaction. */
final class Dispatcher {
    /** Where a recipient goes that must not be tried any more: to its end, without a slot. */
    private static final Decision TOO_LATE = new Decision(
            new NextHop.Reject(
                    Reply.of(550, new EnhancedStatus(5, 4, 7), "the time is over by which it was to be delivered")),
            List.of(),
            "the sender does not want it delivered any more");

    private final SchedulerParts parts;
    private final Machinery machinery;

    Dispatcher(SchedulerParts parts, Machinery machinery) {
        this.parts = parts;
        this.machinery = machinery;
    }

    /**
     * Takes the recipients that are due and makes tickets of them, each holding a pin. May block on look-ups.
     *
     * @return null when the message was dropped from memory for a ticket of it that waits long
     */
    @Nullable
    List<Ticket> dispatch(Live live) {
        Instant now = now();
        List<Integer> due = new ArrayList<>();
        QueuedMessage message;
        live.lock.lock();
        try {
            message = live.message;
            if (message == null) {
                return null;
            }
            for (int i = 0; i < message.recipients().size(); i++) {
                RecipientState state = message.recipients().get(i);
                boolean idle = !live.queued.get(i) && !live.running.get(i) && !live.owed.containsKey(i);
                if (idle && LiveTable.due(state, now)) {
                    live.queued.set(i);
                    due.add(i);
                }
            }
        } finally {
            live.lock.unlock();
        }
        if (due.isEmpty()) {
            return List.of();
        }
        try (Ruleset rules = parts.rules().open()) {
            return tickets(live, route(message, due, now, rules), rules);
        }
    }

    /** Decides for recipients. */
    List<Ticket.Routed> route(QueuedMessage message, List<Integer> indexes, Instant now, Ruleset rules) {
        List<Ticket.Routed> routed = new ArrayList<>(indexes.size());
        String fault = "";
        for (int index : indexes) {
            RecipientFacts facts = Histories.facts(message, index, now);
            Decision decision = Wishes.overdue(message.envelope(), now)
                    ? TOO_LATE
                    : rules.router().decide(facts, rules.lookups());
            NextHop hop = decision.hop();
            if (hop instanceof NextHop.Defer defer
                    && defer.fault()
                    && !defer.reason().equals(fault)) {
                fault = defer.reason();
                parts.events().alarm("routing", "message " + message.id() + " for " + facts.recipient() + ": " + fault);
            }
            String id = hop instanceof NextHop.Mx ? "" : hop.id();
            routed.add(new Ticket.Routed(index, facts.at(new RecipientFacts.Host(id, "", "", "")), decision));
        }
        return routed;
    }

    /** Tickets for recipients that are marked as queued. */
    List<Ticket> tickets(Live live, List<Ticket.Routed> routed, Ruleset rules) {
        List<Transactions.Place> places = routed.stream().map(Dispatcher::place).toList();
        List<Ticket> tickets = new ArrayList<>();
        for (Transactions.Transaction one : Transactions.of(rules.grouping(), places)) {
            List<Ticket.Routed> members =
                    one.members().stream().map(routed::get).toList();
            tickets.add(new Ticket(live, new Ticket.Group(one.hop(), one.part()), members, rules.number()));
        }
        // Those that need no slot end at once; with the others under way one notification can tell of all.
        tickets.sort(Comparator.comparing(ticket -> Destination.key(ticket.group.hop()) == null));
        live.lock.lock();
        try {
            live.pins += tickets.size();
        } finally {
            live.lock.unlock();
        }
        return tickets;
    }

    static Ticket.Group group(Ticket.Routed one, Ruleset rules) {
        return Transactions.group(rules.grouping(), place(one));
    }

    private static Transactions.Place place(Ticket.Routed one) {
        return new Transactions.Place(one.facts().recipient(), one.decision().hop());
    }

    Instant now() {
        return machinery.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
