package dev.nexthop.admin;

import dev.nexthop.mail.QueueId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param type the media type
 * @param content the bytes
 * @param fields further header fields
 */
record Answer(int status, String type, byte[] content, Map<String, String> fields) {
    Answer {
        fields = Map.copyOf(fields);
    }

    Answer(int status, String type, byte[] content) {
        this(status, type, content, Map.of());
    }

    /** A list, and the field that says that it was cut. */
    static Answer list(JsonNode node, boolean more) {
        return list(node, more ? Map.of("X-More", "true") : Map.of());
    }

    /** A list, and the fields that say that it was cut and with what another one goes on, where it was. */
    static Answer list(JsonNode node, Optional<QueueId> next) {
        return list(
                node,
                next.map(id -> Map.of("X-More", "true", "X-Next", id.toString()))
                        .orElse(Map.of()));
    }

    private static Answer list(JsonNode node, Map<String, String> fields) {
        Answer whole = json(node);
        return new Answer(whole.status, whole.type, whole.content, fields);
    }

    /** RFC 9110 §15.5.6: the answer names the methods that would do. */
    static Answer wrongMethod(String allowed) {
        Answer error = error(405, "this request is made with " + allowed);
        return new Answer(error.status, error.type, error.content, Map.of("Allow", allowed));
    }

    static Answer json(JsonNode node) {
        return json(200, node);
    }

    static Answer json(int status, JsonNode node) {
        return new Answer(status, "application/json", node.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer error(int status, String message) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", message));
    }
}
