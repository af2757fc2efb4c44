package dev.nexthop.cli;

import dev.nexthop.admin.RulesJson;
import dev.nexthop.config.Configuration;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Traced;
import dev.nexthop.limit.Claim;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.mail.RuleStep;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.Router;
import dev.nexthop.route.Traces;
import dev.nexthop.schedule.Forecast;
import dev.nexthop.schedule.Supposed;
import dev.nexthop.schedule.Transactions;
import dev.nexthop.schedule.VirtualQueue;
import dev.nexthop.schedule.VirtualQueues;
import dev.nexthop.smtp.Mailbox;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Asks the code that delivers what it would do with a message, without doing it. */
final class Explainer {
    private final Configuration configuration;
    private final Lookups lookups;
    private final Router router;
    private final Forecast forecast;
    private final HopSettings settings;
    private final ThrottleRules throttles;

    /**
     * An explainer.
     *
     * @param lookups ask no network
     */
    Explainer(Configuration configuration, Lookups lookups) {
        this.configuration = configuration;
        this.lookups = lookups;
        this.router = new Router(configuration.outbound().routing());
        this.forecast = new Forecast(configuration.outbound().schedule(), lookups);
        this.settings = new HopSettings(configuration, lookups);
        this.throttles = ThrottleRules.dry(configuration.outbound().limits().throttles(), lookups);
    }

    /**
     * What there is to say.
     *
     * @param json the whole explanation
     * @param routable whether no recipient is deferred or rejected
     */
    record Answer(ObjectNode json, boolean routable) {}

    /** A recipient and where it goes. */
    private record Routed(Mailbox recipient, RecipientFacts facts, Decision decision, VirtualQueues.Choice queue) {}

    /** What is seen of the network on the way to a hop. */
    @FunctionalInterface
    interface Look {
        /** Nobody looks. */
        Look NONE = (_, _) -> JsonNodeFactory.instance.nullNode();

        /**
         * Looks.
         *
         * @param hop where to
         * @param facts what rules may ask
         */
        JsonNode at(NextHop hop, RecipientFacts facts);
    }

    /** Explains what would become of a message at this instant, by the rules alone. */
    Answer explain(Supposed message, Instant now) {
        return explain(message, now, Look.NONE);
    }

    /** Explains what would become of a message at this instant. */
    Answer explain(Supposed message, Instant now, Look network) {
        List<Routed> routed = new ArrayList<>();
        for (Mailbox recipient : message.envelope().recipients()) {
            RecipientFacts facts = message.facts(recipient, now, forecast);
            VirtualQueues.Choice queue =
                    configuration.outbound().schedule().queues().choose(facts, lookups);
            routed.add(new Routed(recipient, facts, queue.of(router.decide(facts, lookups)), queue));
        }
        Sharing sharing = new Sharing(
                configuration.outbound().grouping(),
                settings,
                routed.stream()
                        .map(one -> new Transactions.Place(
                                one.recipient(),
                                one.decision().hop(),
                                one.queue().id()))
                        .toList());
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("sender", message.envelope().sender().address());
        ArrayNode recipients = answer.putArray("recipients");
        boolean routable = true;
        for (int i = 0; i < routed.size(); i++) {
            Routed one = routed.get(i);
            NextHop hop = one.decision().hop();
            routable &= !(hop instanceof NextHop.Defer || hop instanceof NextHop.Reject);
            RecipientFacts atHop =
                    one.facts().at(new RecipientFacts.Host(hopName(hop), host(hop), literal(host(hop)), ""));
            ObjectNode node = recipients.addObject();
            node.put("address", one.recipient().toString());
            node.set("decision", decision(one.decision()));
            node.set("rules", RulesJson.of(steps(one.decision())));
            queue(node, one);
            node.set("settings", settings.of(hop, atHop));
            node.set("transaction", sharing.of(i));
            throttles(node, hop, atHop);
            node.set("schedule", schedule(hop, atHop, one.queue().queue()));
            JsonNode live = network.at(hop, one.facts());
            if (live.isObject()) {
                node.set("live", live);
            }
        }
        return new Answer(answer, routable);
    }

    /** The queue and the rules that say so; nothing where all mail is in the ordinary one. */
    private void queue(ObjectNode node, Routed one) {
        Optional<Conditional<String>> rule =
                configuration.outbound().schedule().queues().rule();
        if (rule.isEmpty()) {
            return;
        }
        Traced<String> traced = rule.get().trace(VirtualQueues.known(one.facts()), lookups);
        ObjectNode queue = node.putObject("queue");
        queue.put("id", one.queue().id());
        queue.put("failure", one.queue().fault());
        VirtualQueue definition = one.queue().queue();
        if (definition != null) {
            settings.queue(queue.putObject("settings"), definition);
        }
        queue.set("rules", RulesJson.of(Traces.all(traced.rules(), rule.map(Conditional::rules))));
    }

    /** The throttles that an attempt would meet; nothing where there are none. */
    private void throttles(ObjectNode node, NextHop hop, RecipientFacts facts) {
        boolean connects = hop instanceof NextHop.Mx || hop instanceof NextHop.Relay;
        if (throttles.all().isEmpty() || !connects && !(hop instanceof NextHop.Local)) {
            return;
        }
        ArrayNode all = node.putArray("throttles");
        throttles.before(facts).forEach(claim -> throttle(all, claim, "before the attempt"));
        if (connects) {
            throttles.atHost(facts).forEach(claim -> throttle(all, claim, "at the host"));
        }
    }

    private static void throttle(ArrayNode all, Claim claim, String when) {
        all.addObject()
                .put("id", claim.throttle().id())
                .put("limit", claim.throttle().numbers())
                .put("key", claim.key())
                .put("asked", when);
    }

    private List<RuleStep> steps(Decision decision) {
        return Traces.all(decision.rules(), configuration.outbound().routing().nextHop());
    }

    private static ObjectNode decision(Decision decision) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("kind", decision.hop().kind());
        node.put("hop", decision.hop().id());
        if (decision.hop() instanceof NextHop.Relay relay) {
            RemoteHost host = relay.hosts().getFirst();
            node.put("address", host.address());
            node.put("port", host.port() == 0 ? null : host.port());
            node.put("protocol", host.dialect().name().toLowerCase(Locale.ROOT));
            node.put("tls", host.tls().word());
            if (relay.hosts().size() > 1) {
                ArrayNode then = node.putArray("fallback");
                relay.hosts().stream()
                        .skip(1)
                        .forEach(next -> then.addObject()
                                .put("hop", next.id())
                                .put("address", next.address())
                                .put("port", next.port() == 0 ? null : next.port()));
            }
        } else {
            node.putNull("address");
            node.putNull("port");
            node.putNull("protocol");
        }
        node.put("reason", decision.reason());
        return node;
    }

    private ObjectNode schedule(NextHop hop, RecipientFacts facts, @Nullable VirtualQueue queue) {
        if (hop instanceof NextHop.Reject || hop instanceof NextHop.Discard) {
            return JsonNodeFactory.instance.objectNode(); // it is over with the first attempt
        }
        ObjectNode node = settings.schedule(facts, queue);
        Forecast.Course course = forecast.of(facts);
        ArrayNode attempts = node.putArray("attempts");
        course.attempts().forEach(at -> attempts.add(at.toString()));
        node.put("more", course.more());
        ArrayNode notices = node.putArray("notices");
        course.notices().forEach(at -> notices.add(at.toString()));
        node.put("expires", course.expires().toString());
        ArrayNode troubles = node.putArray("troubles");
        course.troubles().forEach(troubles::add);
        return node;
    }

    private static String hopName(NextHop hop) {
        return hop instanceof NextHop.Mx ? "" : hop.id();
    }

    /** The address of a host that is written as one; empty for a name. */
    private static String literal(String host) {
        try {
            return InetAddress.ofLiteral(host).getHostAddress();
        } catch (IllegalArgumentException _) {
            return ""; // a name, which only DNS could resolve
        }
    }

    private static String host(NextHop hop) {
        return hop instanceof NextHop.Relay relay ? relay.hosts().getFirst().address() : "";
    }
}
