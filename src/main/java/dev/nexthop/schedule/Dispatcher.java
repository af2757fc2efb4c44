package dev.nexthop.schedule;

import dev.nexthop.flight.RouteEvent;
import dev.nexthop.flight.Telling;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides for each recipient of a message that is due, and makes tickets of those that can share a transaction. */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Where a recipient goes that must not be tried any more: to its end, without a slot. */
    private static final Decision TOO_LATE = new Decision(
            new NextHop.Reject(
                    Reply.of(550, new EnhancedStatus(5, 4, 7), "the time is over by which it was to be delivered")),
            List.of(),
            "the sender does not want it delivered any more");

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final LiveTable table;

    Dispatcher(SchedulerParts parts, Machinery machinery, LiveTable table) {
        this.parts = parts;
        this.machinery = machinery;
        this.table = table;
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
                    if (!live.parked.isEmpty()) {
                        live.parked.remove(i);
                    }
                    due.add(i);
                }
            }
        } finally {
            live.lock.unlock();
        }
        if (due.isEmpty()) {
            return List.of();
        }
        boolean done = false;
        try (Ruleset rules = parts.rules().open()) {
            Orders orders = parts.orders().current();
            List<Ticket> tickets = tickets(live, route(live, message, due, rules, orders), rules, orders.version());
            done = true;
            return tickets;
        } finally {
            if (!done) {
                unqueue(live, due);
            }
        }
    }

    /** Nobody has come to stand in line: what comes next decides for them again. */
    private static void unqueue(Live live, List<Integer> indexes) {
        live.lock.lock();
        try {
            indexes.forEach(live.queued::clear);
        } finally {
            live.lock.unlock();
        }
    }

    /** Decides for recipients; those are left out, and wait, whom an order keeps from being tried. */
    List<Ticket.Routed> route(Live live, QueuedMessage message, List<Integer> indexes, Ruleset rules, Orders orders) {
        Instant now = now();
        List<Ticket.Routed> routed = new ArrayList<>(indexes.size());
        String fault = "";
        boolean late = Wishes.overdue(message.envelope(), now);
        Decider decider = new Decider(rules);
        for (int index : indexes) {
            RecipientFacts facts = Histories.facts(message, index, now);
            VirtualQueues.Choice queue = late
                    ? VirtualQueues.Choice.ORDINARY
                    : rules.settings().queues().choose(facts, rules.lookups());
            Decision decision = late ? TOO_LATE : decider.decide(facts);
            if (!late && !orders.isEmpty()) {
                decision = Obedience.rerouted(orders, facts, decision, queue.id(), rules.router());
                Optional<Order> order = orders.suspending(
                        Orders.Subject.of(facts, decision.hop().id(), queue.id()), now);
                if (order.isPresent() && now.isBefore(facts.history().expires())) {
                    park(live, index, facts, order.get());
                    continue;
                }
                decision = order.map(last -> Obedience.givenUp(last)).orElse(decision);
            }
            decision = queue.of(decision);
            NextHop hop = decision.hop();
            if (hop instanceof NextHop.Defer defer
                    && defer.fault()
                    && !defer.reason().equals(fault)) {
                fault = defer.reason();
                parts.events().alarm("routing", "message " + message.id() + " for " + facts.recipient() + ": " + fault);
            }
            String id = hop instanceof NextHop.Mx ? "" : hop.id();
            routed.add(new Ticket.Routed(
                    index, facts.at(new RecipientFacts.Host(id, "", "", "")), decision, queue.queue()));
        }
        return routed;
    }

    /** Decides for the recipients of one message, and asks the rules once about neighbours of whom they say the same. */
    private static final class Decider {
        private final Ruleset rules;
        private @Nullable RecipientFacts asked;
        private Decision answer = TOO_LATE;

        Decider(Ruleset rules) {
            this.rules = rules;
        }

        Decision decide(RecipientFacts facts) {
            RecipientFacts before = asked;
            if (before == null || !rules.router().alike(before, facts)) {
                answer = ask(facts);
                asked = facts;
            }
            return answer;
        }

        private Decision ask(RecipientFacts facts) {
            RouteEvent event = RouteEvent.begun();
            Decision decision = rules.router().decide(facts, rules.lookups());
            if (event != null && event.over()) {
                NextHop hop = decision.hop();
                Telling.of(
                        "a decision",
                        () -> event.tell(
                                facts.id().toString(),
                                facts.recipient().domain().name(),
                                new RouteEvent.Choice(
                                        hop.id(), hop.kind(), decision.rules().size())));
            }
            return decision;
        }
    }

    private void park(Live live, int index, RecipientFacts facts, Order order) {
        if (table.park(live, index, order.number(), machinery.clock().millis())) {
            LOG.info("message {} for {} is {}", live.id, facts.recipient(), order.words());
        }
        if (!parts.orders().current().has(order.number())) {
            // Whoever ended it may have looked for its mail before this was part of it.
            table.unpark(live.id, order.number(), machinery.clock().millis());
            table.hastened();
        }
    }

    /** Tickets for recipients that are marked as queued, decided by the orders of a version. */
    List<Ticket> tickets(Live live, List<Ticket.Routed> routed, Ruleset rules, long orders) {
        List<Transactions.Place> places = routed.stream().map(Dispatcher::place).toList();
        List<Ticket> tickets = new ArrayList<>();
        for (Transactions.Transaction one : Transactions.of(rules.grouping(), places)) {
            List<Ticket.Routed> members =
                    one.members().stream().map(routed::get).toList();
            Ticket ticket =
                    new Ticket(live, new Ticket.Group(one.hop(), one.part(), one.queue()), members, rules.number());
            ticket.orders = orders;
            tickets.add(ticket);
        }
        // Those that need no slot end at once; with the others under way one notification can tell of all.
        tickets.sort(Comparator.comparing(ticket -> ticket.key == null));
        live.lock.lock();
        try {
            live.pins += tickets.size();
        } finally {
            live.lock.unlock();
        }
        return tickets;
    }

    /** The same for recipients that run: they stand in a line when there are tickets for them, and not before. */
    List<Ticket> requeued(Live live, List<Ticket.Routed> routed, Ruleset rules, long orders) {
        List<Ticket> tickets = tickets(live, routed, rules, orders);
        live.lock.lock();
        try {
            for (Ticket.Routed one : routed) {
                live.running.clear(one.index());
                live.queued.set(one.index());
            }
        } finally {
            live.lock.unlock();
        }
        return tickets;
    }

    static Ticket.Group group(Ticket.Routed one, Ruleset rules) {
        return Transactions.group(rules.grouping(), place(one));
    }

    private static Transactions.Place place(Ticket.Routed one) {
        return new Transactions.Place(one.facts().recipient(), one.decision().hop(), one.queueId());
    }

    Instant now() {
        return machinery.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
