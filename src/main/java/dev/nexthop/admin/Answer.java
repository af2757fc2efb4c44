package dev.nexthop.admin;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param type the media type
 * @param content the bytes
 */
record Answer(int status, String type, byte[] content) {
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
