package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Rules and what became of them, for people; the JSON is that of {@link dev.nexthop.admin.RulesJson}. */
final class RuleLines {
    private static final String BELOW = " ".repeat(24);

    private RuleLines() {}

    static void print(JsonNode rules, Palette palette, PrintWriter out) {
        int before = 0;
        for (JsonNode rule : rules) {
            int number = rule.path("index").asInt(0);
            if (number > before + 1) {
                out.println(
                        palette.faint("  …         rules " + (before + 1) + " to " + (number - 1) + " are left out"));
            }
            before = number;
            rule(rule, palette, out);
        }
    }

    private static void rule(JsonNode rule, Palette palette, PrintWriter out) {
        String state = text(rule, "state");
        String padded = state + " ".repeat(Math.max(0, 12 - state.length()));
        String condition = rule.path("if").isString() ? "if " + text(rule, "if") : "else";
        String line = condition + "  =>  " + text(rule, "then");
        String at = text(rule, "at").isEmpty() ? "" : "   (" + text(rule, "at") + ")";
        String number = ("  rule " + text(rule, "index") + " ".repeat(12)).substring(0, 12);
        out.println(
                switch (state) {
                    case "fired" -> number + palette.good(padded) + line + at;
                    case "failed" -> number + palette.bad(padded) + line + at;
                    case "not reached" -> palette.faint(number + padded + line + at);
                    default -> number + padded + line + at;
                });
        if (!text(rule, "failure").isEmpty()) {
            out.println(BELOW + palette.bad(text(rule, "failure")));
        }
        for (JsonNode why : rule.path("why")) {
            out.println(BELOW + Table.printable(why.asString("")));
        }
        if (!state.equals("passed")) {
            values("with ", rule.path("operands"), out);
            values("captures ", rule.path("captures"), out);
        }
    }

    private static void values(String lead, JsonNode values, PrintWriter out) {
        if (!values.isEmpty()) {
            out.println(BELOW
                    + lead
                    + values.properties().stream().map(RuleLines::value).collect(Collectors.joining(", ")));
        }
    }

    private static String value(Map.Entry<String, JsonNode> value) {
        return Table.printable(value.getKey() + " = " + value.getValue().asString(""));
    }

    private static String text(JsonNode node, String field) {
        return Table.printable(node.path(field).asString(""));
    }
}
