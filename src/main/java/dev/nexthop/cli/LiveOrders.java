package dev.nexthop.cli;

import dev.nexthop.schedule.OrderScope;
import dev.nexthop.schedule.OrderScope.Part;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Adds to an explanation which standing orders of the running server mean each recipient. */
final class LiveOrders {
    private LiveOrders() {}

    /**
     * Adds {@code orders}, or {@code orders-unknown} with the reason when no server can be asked.
     *
     * @param answer the explanation
     * @param api makes the server's API
     */
    static void addTo(ObjectNode answer, Supplier<AdminApi> api) {
        JsonNode orders;
        try {
            orders = api.get().list("api/queue/orders", Map.of()).content();
        } catch (CommandFailure e) {
            answer.path("recipients")
                    .forEach(recipient -> ((ObjectNode) recipient).put("orders-unknown", e.getMessage()));
            return;
        }
        for (JsonNode recipient : answer.path("recipients")) {
            OrderScope subject = subject(answer.path("sender").asString(""), recipient);
            ArrayNode meant = ((ObjectNode) recipient).putArray("orders");
            orders.forEach(order -> {
                if (means(order.path("scope"), subject)) {
                    meant.add(order);
                }
            });
        }
    }

    private static OrderScope subject(String sender, JsonNode recipient) {
        Map<Part, String> parts = new EnumMap<>(Part.class);
        String address = recipient.path("address").asString("");
        parts.put(Part.SENDER, sender);
        parts.put(Part.RECIPIENT, address);
        parts.put(Part.DOMAIN, address.substring(address.lastIndexOf('@') + 1));
        if (sender.indexOf('@') >= 0) {
            parts.put(Part.SENDER_DOMAIN, sender.substring(sender.lastIndexOf('@') + 1));
        }
        JsonNode decision = recipient.path("decision");
        String hop = decision.path("hop").asString("");
        parts.put(Part.HOP, hop.isEmpty() ? decision.path("kind").asString("") : hop);
        String queue = recipient.path("queue").path("id").asString("");
        if (!queue.isEmpty()) {
            parts.put(Part.QUEUE, queue);
        }
        return new OrderScope(parts);
    }

    /** An order for one message means no other. */
    private static boolean means(JsonNode scope, OrderScope subject) {
        for (Map.Entry<String, JsonNode> part : scope.properties()) {
            boolean same = subject.parts().entrySet().stream()
                    .anyMatch(one -> one.getKey().word().equals(part.getKey())
                            && one.getValue().equals(part.getValue().asString("")));
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
