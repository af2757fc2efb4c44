package dev.nexthop.admin;

import dev.nexthop.schedule.Order;
import dev.nexthop.schedule.OrderControl;
import dev.nexthop.schedule.OrderScope;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The requests about operators' standing orders. */
final class OrdersApi {
    /** What acts. */
    static final List<String> ACTIONS = List.of("suspend", "reroute", "resume");

    /** What says why, by whom and how long. */
    static final List<String> TERMS = List.of("reason", "for", "until", "by");

    private static final List<String> PARTS =
            Arrays.stream(OrderScope.Part.values()).map(OrderScope.Part::word).toList();
    private static final String ALL = "all";
    private static final String NUMBER = "order";
    private static final String TO = "to";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(s|m|h|d)");
    private static final int LONGEST_NAME = 100;

    private final OrderControl orders;
    private final InstantSource clock;

    OrdersApi(OrderControl orders, InstantSource clock) {
        this.orders = orders;
        this.clock = clock;
    }

    /** The orders, of which a filter names those that have these very parts. */
    Answer list(Map<String, String> query) {
        Api.only(query, PARTS);
        Predicate<Order> wanted = having(query);
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        orders.all().stream().filter(wanted).forEach(order -> all.add(json(order)));
        return Answer.json(all);
    }

    /**
     * Gives or ends orders.
     *
     * @param login who asks
     */
    Answer act(String action, Map<String, String> query, String login) throws IOException {
        try {
            return switch (action) {
                case "suspend" -> {
                    Api.only(query, partsAnd(TERMS, ALL));
                    yield Answer.json(json(orders.suspend(scope(query), terms(query, login))));
                }
                case "reroute" -> {
                    Api.only(query, partsAnd(TERMS, ALL, TO));
                    String to = query.get(TO);
                    if (to == null) {
                        throw new Api.BadRequest("say where: to is mx, local or the id of a remote");
                    }
                    yield Answer.json(json(orders.reroute(scope(query), to, terms(query, login))));
                }
                case "resume" -> resume(query, login);
                default -> throw new IllegalStateException(action);
            };
        } catch (IllegalArgumentException e) {
            throw new Api.BadRequest(String.valueOf(e.getMessage()));
        }
    }

    /** Whose, and what else. */
    private static List<String> partsAnd(List<String> terms, String... others) {
        return Stream.of(PARTS.stream(), terms.stream(), Stream.of(others))
                .flatMap(words -> words)
                .toList();
    }

    private Answer resume(Map<String, String> query, String login) throws IOException {
        Api.only(query, partsAnd(List.of(), ALL, NUMBER, "by"));
        boolean filtered = PARTS.stream().anyMatch(query::containsKey);
        int ways = (filtered ? 1 : 0) + (all(query) ? 1 : 0) + (query.containsKey(NUMBER) ? 1 : 0);
        if (ways != 1) {
            throw new Api.BadRequest("name orders by their numbers (order=7 or order=7,8), or by what they are about ("
                    + String.join(", ", PARTS) + "), or all=true for all of them: one of the three");
        }
        Set<Long> numbers = numbers(query.get(NUMBER));
        Predicate<Order> which = query.containsKey(NUMBER)
                ? order -> numbers.contains(order.number())
                : filtered ? having(query) : _ -> true;
        int ended = orders.end(which, by(query, login)).size();
        return Answer.json(JsonNodeFactory.instance.objectNode().put("orders", ended));
    }

    private static Set<Long> numbers(@org.jspecify.annotations.Nullable String text) {
        if (text == null) {
            return Set.of();
        }
        try {
            return Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .map(Long::parseLong)
                    .collect(Collectors.toSet());
        } catch (NumberFormatException e) {
            throw new Api.BadRequest("order is the number of an order, as queue orders shows it, or several: 7,8");
        }
    }

    private static Predicate<Order> having(Map<String, String> query) {
        Map<OrderScope.Part, String> parts;
        try {
            parts = new OrderScope(parts(query)).parts();
        } catch (IllegalArgumentException e) {
            throw new Api.BadRequest(String.valueOf(e.getMessage()));
        }
        return order -> order.scope().parts().entrySet().containsAll(parts.entrySet());
    }

    private static Map<OrderScope.Part, String> parts(Map<String, String> query) {
        Map<OrderScope.Part, String> parts = new EnumMap<>(OrderScope.Part.class);
        for (OrderScope.Part part : OrderScope.Part.values()) {
            String value = query.get(part.word());
            if (value != null) {
                parts.put(part, value);
            }
        }
        return parts;
    }

    private static boolean all(Map<String, String> query) {
        if (!query.containsKey(ALL)) {
            return false;
        }
        if (!"true".equals(query.get(ALL))) {
            throw new Api.BadRequest("all is true, or is not written");
        }
        return true;
    }

    private static OrderScope scope(Map<String, String> query) {
        Map<OrderScope.Part, String> parts = parts(query);
        if (parts.isEmpty() != all(query)) {
            throw new Api.BadRequest(
                    parts.isEmpty()
                            ? "say whose mail is meant (" + String.join(", ", PARTS) + "), or all=true for all of it"
                            : "all=true and a filter contradict each other: leave one out");
        }
        return new OrderScope(parts);
    }

    /** Why, by whom and how long. */
    Order.Terms terms(Map<String, String> query, String login) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String reason = query.getOrDefault("reason", "");
        try {
            return new Order.Terms(reason, by(query, login), now, until(query, now));
        } catch (IllegalArgumentException e) {
            throw new Api.BadRequest(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Instant> until(Map<String, String> query, Instant now) {
        String duration = query.get("for");
        String time = query.get("until");
        if (duration != null && time != null) {
            throw new Api.BadRequest("for and until say the same twice: leave one out");
        }
        if (duration != null) {
            return Optional.of(now.plus(duration(duration)));
        }
        if (time == null) {
            return Optional.empty();
        }
        try {
            Instant until = Instant.parse(time);
            if (until.isAfter(now)) {
                return Optional.of(until);
            }
        } catch (DateTimeParseException e) {
            throw new Api.BadRequest("until is not a time such as 2026-11-22T10:00:00Z");
        }
        throw new Api.BadRequest("until is over: the server's clock says " + now);
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        long number = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
        long unit = number == 0
                ? 0
                : switch (matcher.group(2)) {
                    case "s" -> 1;
                    case "m" -> 60;
                    case "h" -> 3_600;
                    default -> 86_400;
                };
        if (number == 0 || number * unit > 3_650L * 86_400) {
            throw new Api.BadRequest("for is a time such as 90s, 30m, 2h or 7d, of at most ten years");
        }
        return Duration.ofSeconds(number * unit);
    }

    /** Who logged in, and the person that he says he is. */
    private static String by(Map<String, String> query, String login) {
        String claimed = query.getOrDefault("by", "").strip();
        if (claimed.length() > LONGEST_NAME || claimed.chars().anyMatch(Character::isISOControl)) {
            throw new Api.BadRequest("by is a name of at most " + LONGEST_NAME + " characters");
        }
        return claimed.isEmpty() || claimed.equals(login) ? login : claimed + " as " + login;
    }

    private static ObjectNode json(Order order) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("order", order.number());
        node.put("kind", order.kind().word());
        ObjectNode scope = node.putObject("scope");
        order.scope().parts().forEach((part, value) -> scope.put(part.word(), value));
        node.put("to", order.kind() instanceof Order.Kind.Reroute(String hop) ? hop : null);
        node.put("reason", order.terms().reason());
        node.put("by", order.terms().by());
        node.put("since", order.terms().since().toString());
        node.put("until", order.terms().until().map(Instant::toString).orElse(null));
        return node;
    }
}
