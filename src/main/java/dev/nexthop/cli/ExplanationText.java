package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A decision as a person reads it. */
final class ExplanationText {
    private ExplanationText() {}

    static void print(JsonNode recipient, PrintWriter out) {
        JsonNode decision = recipient.path("decision");
        StringBuilder where = new StringBuilder(decision.path("kind").asString(""));
        if (decision.path("address").isString()) {
            where.append(" '").append(decision.path("hop").asString("")).append("': ");
            where.append(decision.path("address").asString(""))
                    .append(" port ")
                    .append(decision.path("port").asString(""));
            where.append(" over ").append(decision.path("protocol").asString(""));
        }
        out.println(recipient.path("address").asString("") + "  ->  " + where);
        out.println("  why       " + Table.printable(decision.path("reason").asString("")));
        for (JsonNode rule : recipient.path("rules")) {
            rule(rule, out);
        }
        rows("  settings  ", recipient.path("settings"), out);
        rows("  schedule  ", recipient.path("schedule"), out);
        out.println();
    }

    private static void rule(JsonNode rule, PrintWriter out) {
        boolean fired = rule.path("value").asBoolean(false);
        String condition =
                rule.path("if").isNull() ? "else" : "if " + rule.path("if").asString("");
        out.println("  rule " + rule.path("index").asString("") + "    " + (fired ? "fired " : "passed") + "  "
                + Table.printable(condition) + "  =>  "
                + Table.printable(rule.path("then").asString("")) + "   ("
                + rule.path("at").asString("") + ")");
        for (Map.Entry<String, JsonNode> operand : rule.path("operands").properties()) {
            out.println("                    " + operand.getKey() + " = "
                    + Table.printable(operand.getValue().asString("")));
        }
        if (rule.path("failure").isString()) {
            out.println("                    failed: "
                    + Table.printable(rule.path("failure").asString("")));
        }
    }

    private static void rows(String before, JsonNode settings, PrintWriter out) {
        int width = 0;
        for (String key : settings.propertyNames()) {
            width = Math.max(width, key.length());
        }
        String lead = before;
        for (Map.Entry<String, JsonNode> setting : settings.properties()) {
            String value = setting.getValue().path("value").asString("");
            out.println(lead + setting.getKey()
                    + " ".repeat(width - setting.getKey().length()) + "  "
                    + (value.isEmpty() ? "-" : Table.printable(value)) + "   ("
                    + setting.getValue().path("origin").asString("") + ")");
            lead = " ".repeat(before.length());
        }
    }
}
