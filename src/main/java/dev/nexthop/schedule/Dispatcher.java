package dev.nexthop.schedule;

import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RemoteHost;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides for each recipient of a message that is due, and makes tickets of those that can share a transaction. */
final class Dispatcher {
    /** RFC 5321 §4.5.3.1.8: every host takes at least so many recipients of one message. */
    private static final int MX_RECIPIENTS = 100;

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
            Decision decision = rules.router().decide(facts, rules.lookups());
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
        Map<Ticket.Group, List<Ticket.Routed>> groups = new LinkedHashMap<>();
        for (Ticket.Routed one : routed) {
            groups.computeIfAbsent(group(one, rules), group -> new ArrayList<>())
                    .add(one);
        }
        List<Ticket> tickets = new ArrayList<>(groups.size());
        groups.forEach((group, members) -> {
            int most = most(group.hop());
            for (int from = 0; from < members.size(); from += Math.min(most, members.size())) {
                List<Ticket.Routed> some = members.subList(from, (int) Math.min(members.size(), (long) from + most));
                tickets.add(new Ticket(live, group, List.copyOf(some), rules.number()));
            }
        });
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
        String part = switch (rules.grouping()) {
            case HOP -> "";
            case DOMAIN -> one.facts().recipient().domain().name();
            case RECIPIENT -> one.facts().recipient().toString();
        };
        return new Ticket.Group(one.decision().hop(), part);
    }

    Instant now() {
        return machinery.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static int most(NextHop hop) {
        return switch (hop) {
            case NextHop.Mx ignored -> MX_RECIPIENTS;
            case NextHop.Relay relay -> {
                int least = Integer.MAX_VALUE;
                for (RemoteHost host : relay.hosts()) {
                    least = Math.min(least, host.limits().maxRecipients());
                }
                yield Math.max(1, least);
            }
            case NextHop.Local ignored -> Integer.MAX_VALUE;
            case NextHop.Defer ignored -> Integer.MAX_VALUE;
            case NextHop.Reject ignored -> Integer.MAX_VALUE;
            case NextHop.Discard ignored -> Integer.MAX_VALUE;
        };
    }
}
