package dev.nexthop.schedule;

import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Mailbox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which recipients of one message go out together: those with one next hop
 * in one queue, as far as the settings of a connection allow. */
public final class Transactions {
    /** RFC 5321 §4.5.3.1.8: every host takes at least so many recipients of one message. */
    private static final int MX_RECIPIENTS = 100;

    private Transactions() {}

    /**
     * A recipient and where it goes.
     *
     * @param recipient the forward-path
     * @param hop the next hop
     * @param queue the id of the virtual queue that it is in; empty for the ordinary one
     */
    public record Place(Mailbox recipient, NextHop hop, String queue) {
        /** One in the ordinary queue; the parameters are those of the record. */
        public Place(Mailbox recipient, NextHop hop) {
            this(recipient, hop, "");
        }
    }

    /**
     * Recipients that go out together.
     *
     * @param hop their next hop
     * @param part their domain, or the recipient, where a setting of the connection depends on it; else empty
     * @param queue the id of their virtual queue; empty for the ordinary one
     * @param members their indexes, in order, at least one
     */
    public record Transaction(NextHop hop, String part, String queue, List<Integer> members) {
        /** Copies the list. */
        public Transaction {
            members = List.copyOf(members);
        }
    }

    /**
     * Sorts recipients into transactions.
     *
     * @param grouping what the settings of a connection depend on
     * @param places the recipients of one message
     * @return the transactions, in the order of their first recipients
     */
    public static List<Transaction> of(Grouping grouping, List<Place> places) {
        Map<Ticket.Group, List<Integer>> groups = new LinkedHashMap<>();
        Ticket.@Nullable Group before = null;
        List<Integer> same = List.of();
        for (int i = 0; i < places.size(); i++) {
            Ticket.Group group = group(grouping, places.get(i));
            if (!group.equals(before)) { // that of a neighbour is not looked up: a hop is long to hash
                same = groups.computeIfAbsent(group, _ -> new ArrayList<>());
                before = group;
            }
            same.add(i);
        }
        List<Transaction> all = new ArrayList<>(groups.size());
        groups.forEach((group, members) -> {
            int most = most(group.hop());
            for (int from = 0; from < members.size(); from += Math.min(most, members.size())) {
                int to = (int) Math.min(members.size(), (long) from + most);
                all.add(new Transaction(group.hop(), group.part(), group.queue(), members.subList(from, to)));
            }
        });
        return all;
    }

    /** What the recipients of one transaction have in common. */
    static Ticket.Group group(Grouping grouping, Place place) {
        String part = switch (grouping) {
            case HOP -> "";
            case DOMAIN -> place.recipient().domain().name();
            case RECIPIENT -> place.recipient().toString();
        };
        return new Ticket.Group(place.hop(), part, place.queue());
    }

    /**
     * How many recipients one transaction to a hop takes.
     *
     * @param hop the next hop
     * @return at least 1
     */
    public static int most(NextHop hop) {
        return switch (hop) {
            case NextHop.Mx _ -> MX_RECIPIENTS;
            case NextHop.Relay relay -> {
                int least = Integer.MAX_VALUE;
                for (RemoteHost host : relay.hosts()) {
                    least = Math.min(least, host.limits().maxRecipients());
                }
                yield Math.max(1, least);
            }
            case NextHop.Local _ -> Integer.MAX_VALUE;
            case NextHop.Defer _ -> Integer.MAX_VALUE;
            case NextHop.Reject _ -> Integer.MAX_VALUE;
            case NextHop.Discard _ -> Integer.MAX_VALUE;
        };
    }
}
