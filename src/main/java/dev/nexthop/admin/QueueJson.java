package dev.nexthop.admin;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.schedule.QueueControl;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Queued messages in the shape that scripts rely on; times are RFC 3339 in UTC. */
final class QueueJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private QueueJson() {}

    /** A message; of a recipient in a virtual queue it says in which, and where nobody can say that, why. */
    static ObjectNode message(
            QueuedMessage message,
            Map<Integer, QueueControl.Remark> remarks,
            Map<Integer, QueueControl.Membership> queues,
            boolean withTrace) {
        ObjectNode node = NODES.objectNode();
        node.put("id", message.id().toString());
        node.put("sender", message.envelope().sender().address());
        node.put("created", time(message.created()));
        node.put("size", message.body().size());
        ArrayNode recipients = node.putArray("recipients");
        for (int i = 0; i < message.recipients().size(); i++) {
            RecipientState state = message.recipients().get(i);
            ObjectNode one = recipient(state, withTrace);
            QueueControl.Membership queue = queues.get(i);
            if (queue != null && queue.fault().isEmpty()) {
                one.put("queue", queue.queue());
            } else if (queue != null) {
                one.putNull("queue").put("undecided", queue.fault());
            }
            message.heldUntil(state)
                    .ifPresent(until -> one.put("reason", "the sender wants it held until " + time(until)));
            if (!state.status().open() && !state.status().done()) {
                one.put("reason", "the sender is still to be told");
            }
            QueueControl.Remark remark = remarks.get(i);
            if (remark != null) {
                one.put("status", remark.status()).put("reason", remark.text());
                if (remark.order() > 0) {
                    one.put("order", remark.order());
                }
            }
            recipients.add(one);
        }
        return node;
    }

    private static ObjectNode recipient(RecipientState state, boolean withTrace) {
        ObjectNode node = NODES.objectNode();
        node.put("address", state.address().toString());
        node.put("status", state.status().word());
        node.put("hop", state.last().map(LastAttempt::hop).orElse(null));
        node.put("due", time(state.due()));
        node.put("attempts", state.attempts());
        node.put("expires", time(state.expires()));
        if (state.last().isPresent()) {
            node.set("last", last(state.last().get(), withTrace));
        } else {
            node.putNull("last");
        }
        return node;
    }

    private static ObjectNode last(LastAttempt last, boolean withTrace) {
        Diagnosis diagnosis = last.diagnosis();
        ObjectNode node = NODES.objectNode();
        node.put("at", time(last.at()));
        node.put("code", diagnosis.reply().map(reply -> reply.code()).orElse(null));
        node.put("enhanced", diagnosis.status().toString());
        node.put("text", diagnosis.reply().map(reply -> reply.text()).orElse(diagnosis.reason()));
        node.put("reason", diagnosis.reason());
        node.put("host", diagnosis.host());
        node.put("ip", diagnosis.ip());
        node.put("error", diagnosis.error().word());
        node.put("step", diagnosis.step().name().toLowerCase(Locale.ROOT));
        if (withTrace) {
            ObjectNode decision = node.putObject("decision");
            decision.put("kind", last.route().kind());
            decision.put("hop", last.hop());
            decision.put("reason", last.route().reason());
            node.set("rules", RulesJson.of(last.route().rules()));
        }
        return node;
    }

    /** Instants at the edges stand for "never"; a program sees null. */
    private static @org.jspecify.annotations.Nullable String time(Instant instant) {
        return instant.isAfter(Instant.parse("9999-01-01T00:00:00Z"))
                ? null
                : instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
