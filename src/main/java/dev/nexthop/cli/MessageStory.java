package dev.nexthop.cli;

import java.io.PrintWriter;
import tools.jackson.databind.JsonNode;

/** One queued message told for a person. */
final class MessageStory {
    private MessageStory() {}

    static void print(JsonNode message, Palette palette, PrintWriter out) {
        out.println("message   " + text(message, "id"));
        out.println("from      <" + text(message, "sender") + ">");
        out.println("accepted  " + text(message, "created") + ", " + text(message, "size") + " octets");
        for (JsonNode recipient : message.path("recipients")) {
            out.println();
            out.println("to        " + text(recipient, "address"));
            out.println("  status    " + text(recipient, "status") + " after " + text(recipient, "attempts")
                    + " attempts; due " + text(recipient, "due") + ", expires " + text(recipient, "expires"));
            if (!text(recipient, "queue").isEmpty()) {
                out.println("  queue     " + text(recipient, "queue"));
            }
            if (!text(recipient, "undecided").isEmpty()) {
                out.println("  queue     undecided: " + text(recipient, "undecided"));
            }
            if (!text(recipient, "reason").isEmpty()) {
                out.println("  waits     " + text(recipient, "reason"));
            }
            JsonNode last = recipient.path("last");
            if (last.isObject()) {
                last(last, text(recipient, "hop"), palette, out);
            }
        }
    }

    private static void last(JsonNode last, String hop, Palette palette, PrintWriter out) {
        out.println("  last      " + text(last, "at") + " by " + hop
                + (text(last, "host").isEmpty() ? "" : ", host " + text(last, "host")));
        out.println("            " + (text(last, "code") + " " + text(last, "enhanced")).strip() + " "
                + text(last, "text"));
        JsonNode decision = last.path("decision");
        if (!text(decision, "reason").isEmpty()) {
            String kind = text(decision, "kind");
            out.println("  route     " + (kind.isEmpty() ? "" : kind + ": ") + text(decision, "reason"));
        }
        RuleLines.print(last.path("rules"), palette, out);
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? "" : Table.printable(value.asString());
    }
}
