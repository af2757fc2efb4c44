package dev.nexthop.cli;

import dev.nexthop.expr.Variable;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.schedule.Grouping;
import dev.nexthop.schedule.Transactions;
import java.util.EnumSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Which recipients of a message share a transaction, and why others do not, by the code that sends. */
final class Sharing {
    private static final int MOST_APART = 20;

    private final Grouping grouping;
    private final HopSettings settings;
    private final List<Transactions.Place> places;
    private final List<Transactions.Transaction> transactions;
    private final int[] numbers;

    Sharing(Grouping grouping, HopSettings settings, List<Transactions.Place> places) {
        this.grouping = grouping;
        this.settings = settings;
        this.places = places;
        this.transactions = Transactions.of(grouping, places);
        this.numbers = new int[places.size()];
        for (int number = 0; number < transactions.size(); number++) {
            for (int member : transactions.get(number).members()) {
                numbers[member] = number;
            }
        }
    }

    /** The transaction of a recipient; null for one that is not sent. */
    JsonNode of(int index) {
        if (!sent(places.get(index).hop())) {
            return JsonNodeFactory.instance.nullNode();
        }
        int number = numbers[index];
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("number", number + 1);
        ArrayNode with = node.putArray("with");
        ArrayNode apart = node.putArray("apart");
        for (int other = 0; other < places.size(); other++) {
            if (other != index && numbers[other] == number) {
                with.add(places.get(other).recipient().toString());
            } else if (other != index && apart.size() < MOST_APART) {
                apart.addObject()
                        .put("address", places.get(other).recipient().toString())
                        .put("why", why(index, other));
            }
        }
        return node;
    }

    private static boolean sent(NextHop hop) {
        return switch (hop) {
            case NextHop.Mx _, NextHop.Relay _, NextHop.Local _ -> true;
            case NextHop.Defer _, NextHop.Reject _, NextHop.Discard _ -> false;
        };
    }

    private String why(int index, int other) {
        NextHop hop = places.get(other).hop();
        if (!hop.equals(places.get(index).hop())) {
            return switch (hop) {
                case NextHop.Mx mx -> "goes to the MX hosts of " + mx.domain();
                case NextHop.Relay relay -> "goes to " + relays(relay);
                case NextHop.Local _ -> "goes to the local store";
                case NextHop.Defer _ -> "is deferred";
                case NextHop.Reject _ -> "is rejected";
                case NextHop.Discard _ -> "is discarded";
            };
        }
        String queue = places.get(other).queue();
        if (!queue.equals(places.get(index).queue())) {
            return queue.isEmpty() ? "is in the ordinary queue" : "is in the virtual queue '" + queue + "'";
        }
        String part = transactions.get(numbers[index]).part();
        if (part.equals(transactions.get(numbers[other]).part())) {
            return "is one too many for a transaction of at most " + Transactions.most(hop) + " recipients";
        }
        return switch (grouping) {
            case HOP -> throw new IllegalStateException("all recipients of one hop share their part");
            case DOMAIN -> "has another domain, and " + asking(EnumSet.of(Variable.RCPT_DOMAIN)) + " asks for that";
            case RECIPIENT ->
                "is another recipient, and "
                        + asking(EnumSet.of(
                                Variable.RCPT,
                                Variable.RETRY_NUM,
                                Variable.NOTIFY_NUM,
                                Variable.EXPIRES_IN,
                                Variable.LAST_STATUS,
                                Variable.LAST_ERROR))
                        + " asks for each one";
        };
    }

    private static String relays(NextHop.Relay relay) {
        List<String> ids = relay.hosts().stream().map(RemoteHost::id).distinct().toList();
        return (ids.size() == 1 ? "the relay '" : "the relays '") + String.join("', '", ids) + "'";
    }

    private String asking(EnumSet<Variable> variables) {
        List<String> keys = settings.asking(variables);
        return keys.isEmpty() ? "a setting of the connection" : keys.getFirst();
    }
}
