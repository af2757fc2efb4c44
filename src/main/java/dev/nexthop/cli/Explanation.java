package dev.nexthop.cli;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleTrace;
import dev.nexthop.expr.Traced;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A decision as a program reads it. */
final class Explanation {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Explanation() {}

    static ObjectNode decision(Decision decision) {
        ObjectNode node = NODES.objectNode();
        node.put("kind", kind(decision.hop()));
        node.put("hop", decision.hop().id());
        if (decision.hop() instanceof NextHop.Relay relay) {
            RemoteHost host = relay.hosts().getFirst();
            node.put("address", host.address());
            node.put("port", host.port());
            node.put("protocol", host.dialect().name().toLowerCase(Locale.ROOT));
            if (relay.hosts().size() > 1) {
                ArrayNode then = node.putArray("fallback");
                relay.hosts().stream()
                        .skip(1)
                        .forEach(next -> then.addObject()
                                .put("hop", next.id())
                                .put("address", next.address())
                                .put("port", next.port()));
            }
        } else {
            node.putNull("address");
            node.putNull("port");
            node.putNull("protocol");
        }
        node.put("reason", decision.reason());
        return node;
    }

    static ArrayNode rules(List<RuleTrace> rules) {
        ArrayNode list = NODES.arrayNode();
        for (RuleTrace rule : rules) {
            ObjectNode node = list.addObject();
            node.put("index", rule.index() + 1); // as reasons and the log count them
            node.put("if", rule.condition());
            node.put("value", rule.fired());
            ObjectNode operands = node.putObject("operands");
            rule.operands().forEach(operands::put);
            node.put("then", rule.then());
            node.put("at", rule.at());
            if (rule.failure() != null) {
                node.put("failure", rule.failure());
            }
        }
        return list;
    }

    /** One setting's value for these facts, and the rule that gave it. */
    static <T> void setting(ObjectNode settings, String key, Conditional<T> setting, Facts facts, Lookups lookups) {
        Traced<T> traced = setting.trace(facts, lookups);
        ObjectNode node = settings.putObject(key);
        if (traced.failure() != null) {
            node.putNull("value");
            node.put("failure", traced.failure());
        } else {
            node.put("value", text(traced.value()));
        }
        node.put(
                "origin",
                traced.rules().stream()
                        .filter(RuleTrace::fired)
                        .map(RuleTrace::at)
                        .filter(at -> !at.isEmpty() && !at.startsWith("default"))
                        .reduce((first, last) -> last)
                        .orElse("default"));
    }

    private static String text(@org.jspecify.annotations.Nullable Object value) {
        return switch (value) {
            case null -> "";
            case java.time.Duration duration -> Durations.text(duration);
            case Collection<?> list ->
                String.join(", ", list.stream().map(Explanation::text).toList());
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
            case java.net.InetAddress address -> address.getHostAddress();
            default -> value.toString();
        };
    }

    static String kind(NextHop hop) {
        return switch (hop) {
            case NextHop.Mx ignored -> "mx";
            case NextHop.Relay ignored -> "relay";
            case NextHop.Local ignored -> "local";
            case NextHop.Defer ignored -> "defer";
            case NextHop.Reject ignored -> "reject";
            case NextHop.Discard ignored -> "discard";
        };
    }

    static boolean routable(NextHop hop) {
        return !(hop instanceof NextHop.Defer || hop instanceof NextHop.Reject);
    }
}
