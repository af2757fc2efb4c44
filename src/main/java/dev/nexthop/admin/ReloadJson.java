package dev.nexthop.admin;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What came of a reload, as JSON: {@code ok} and {@code problems} as {@code nexthop check --json} prints them. */
final class ReloadJson {
    private ReloadJson() {}

    static ObjectNode result(Reloading.Result result) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("ok", result.good());
        answer.put(result.good() ? "summary" : "error", result.summary());
        ArrayNode problems = answer.putArray("problems");
        for (Reloading.Fault fault : result.problems()) {
            ObjectNode node = problems.addObject();
            node.put("severity", fault.severity());
            node.put("code", fault.code());
            node.put("file", fault.place().file());
            node.put("line", fault.place().line());
            node.put("column", fault.place().column());
            node.put("message", fault.message());
            node.put("hint", fault.hint());
            ArrayNode related = node.putArray("related");
            fault.related()
                    .forEach(other -> related.addObject().put("at", other.at()).put("message", other.message()));
        }
        return answer;
    }
}
