package dev.nexthop.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An explanation as a person reads it. */
final class ExplanationText {
    /** So many equal waits up to the end are one line. */
    private static final int REPEATED = 3;

    private static final int MOST_LINES = 20;

    private final PrintWriter out;
    private final Palette palette;

    ExplanationText(PrintWriter out, Palette palette) {
        this.out = out;
        this.palette = palette;
    }

    void print(JsonNode recipient) {
        JsonNode decision = recipient.path("decision");
        out.println(palette.strong(text(recipient, "address")) + "  ->  " + where(decision));
        line("why", text(decision, "reason"));
        RuleLines.print(recipient.path("rules"), palette, out);
        queue(recipient.path("queue"));
        settings("settings", recipient.path("settings"));
        sharing(recipient.path("transaction"));
        throttles(recipient.path("throttles"));
        schedule(recipient.path("schedule"));
        new LiveText(out, palette).print(recipient.path("live"));
        orders(recipient);
        out.println();
    }

    /** Only where mail may be in a virtual queue. */
    private void queue(JsonNode queue) {
        if (!queue.isObject()) {
            return;
        }
        String id = text(queue, "id");
        String failure = text(queue, "failure");
        line(
                "queue",
                failure.isEmpty() ? id.isEmpty() ? "the ordinary one" : "'" + id + "'" : palette.bad("not known"));
        RuleLines.print(queue.path("rules"), palette, out);
        settings("", queue.path("settings"));
    }

    /** Only where somebody asked the running server for them. */
    private void orders(JsonNode recipient) {
        String unknown = text(recipient, "orders-unknown");
        if (!unknown.isEmpty()) {
            line("orders", "of a running server are not known: " + unknown);
        } else if (recipient.path("orders").isEmpty() && recipient.has("orders")) {
            line("orders", "of the running server: none means it");
        }
        for (JsonNode order : recipient.path("orders")) {
            String to = text(order, "to");
            String until = text(order, "until");
            line(
                    "order",
                    text(order, "order") + " of the running server "
                            + (to.isEmpty() ? palette.bad("suspends it") : palette.good("re-routes it to " + to)) + ": "
                            + text(order, "reason") + "; until " + (until.isEmpty() ? "it is ended" : until) + ", by "
                            + text(order, "by"));
        }
    }

    private String where(JsonNode decision) {
        String kind = text(decision, "kind");
        if (!kind.equals("relay")) {
            return List.of("defer", "reject").contains(kind) ? palette.bad(kind) : palette.good(kind);
        }
        StringBuilder where = new StringBuilder(palette.good("relay '" + text(decision, "hop") + "'"));
        where.append(": ").append(text(decision, "address"));
        where.append(port(decision));
        where.append(" over ").append(text(decision, "protocol"));
        where.append(", TLS ").append(text(decision, "tls"));
        for (JsonNode next : decision.path("fallback")) {
            where.append(", then ").append(text(next, "address"));
            where.append(port(next));
        }
        return where.toString();
    }

    /** Nothing for a unix socket, and where SRV records say it. */
    private static String port(JsonNode host) {
        return host.path("port").isNumber() ? " port " + text(host, "port") : "";
    }

    private void line(String label, String text) {
        out.println("  " + label + " ".repeat(Math.max(1, 10 - label.length())) + text);
    }

    /** One line for each setting: name, value, and where it comes from. */
    private void settings(String label, JsonNode settings) {
        int width = 0;
        int values = 0;
        for (Map.Entry<String, JsonNode> setting : settings.properties()) {
            width = Math.max(width, setting.getKey().length());
            values = Math.max(values, Math.min(40, value(setting.getValue()).length()));
        }
        String lead = label;
        for (Map.Entry<String, JsonNode> setting : settings.properties()) {
            String value = value(setting.getValue());
            JsonNode node = setting.getValue();
            String rule =
                    node.path("rule").isNumber() ? ", rule " + text(node, "rule") + " of " + text(node, "of") : "";
            line(
                    lead,
                    padded(setting.getKey(), width) + "  " + padded(value, values) + "  "
                            + palette.faint("(" + text(node, "origin") + rule + ")"));
            lead = "";
        }
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String value(JsonNode setting) {
        if (setting.path("failure").isString()) {
            return "failed: " + text(setting, "failure");
        }
        String value = text(setting, "value");
        return value.isEmpty() ? "-" : value;
    }

    private void sharing(JsonNode transaction) {
        if (!transaction.isObject()) {
            return;
        }
        JsonNode with = transaction.path("with");
        if (with.isEmpty()) {
            line("shares", "its transaction with nobody");
        } else {
            line(
                    "shares",
                    "a transaction with "
                            + with.valueStream()
                                    .limit(MOST_LINES)
                                    .map(one -> Table.printable(one.asString("")))
                                    .collect(Collectors.joining(", "))
                            + (with.size() > MOST_LINES ? " and " + (with.size() - MOST_LINES) + " more" : ""));
        }
        for (JsonNode other : transaction.path("apart")) {
            line("", "not with " + text(other, "address") + ": it " + text(other, "why"));
        }
    }

    private void throttles(JsonNode throttles) {
        String lead = "throttles";
        for (JsonNode one : throttles) {
            String key = text(one, "key");
            line(
                    lead,
                    "'" + text(one, "id") + "' " + text(one, "limit")
                            + (key.isEmpty() ? "" : " for " + Table.printable(key)) + ", " + text(one, "asked"));
            lead = "";
        }
    }

    private void schedule(JsonNode schedule) {
        if (schedule.isEmpty()) {
            return;
        }
        List<Instant> attempts = schedule.path("attempts")
                .valueStream()
                .map(at -> Instant.parse(at.asString()))
                .toList();
        List<String[]> rows = attempts(attempts, schedule.path("more").asBoolean(false));
        schedule.path("notices").forEach(at -> rows.add(new String[] {"notice", at.asString(""), "to the sender"}));
        rows.add(new String[] {"gives up", text(schedule, "expires"), ""});
        int first = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        int second = rows.stream()
                .filter(row -> !row[2].isEmpty())
                .mapToInt(row -> row[1].length())
                .max()
                .orElse(0);
        String lead = "schedule";
        for (String[] row : rows) {
            line(lead, (padded(row[0], first) + "  " + padded(row[1], second) + "  " + row[2]).stripTrailing());
            lead = "";
        }
        for (JsonNode trouble : schedule.path("troubles")) {
            line("", palette.bad(Table.printable(trouble.asString(""))));
        }
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        List.of("retry", "notify", "expire").forEach(key -> {
            JsonNode one = schedule.path(key);
            settings.set(one.path("setting").asString("queue.schedule." + key), one);
        });
        settings("", settings);
    }

    /** Attempts one by one, as long as the waits differ; those at the end with equal waits are one line. */
    private static List<String[]> attempts(List<Instant> attempts, boolean more) {
        List<Duration> waits = new ArrayList<>();
        for (int i = 1; i < attempts.size(); i++) {
            waits.add(Duration.between(attempts.get(i - 1), attempts.get(i)));
        }
        int end = more ? waits.size() : Math.max(0, waits.size() - 1); // the last attempt is at the time of expiry
        int from = end;
        while (from > 1 && waits.get(from - 1).equals(waits.get(from - 2))) {
            from--;
        }
        boolean repeats = end - from >= REPEATED;
        int shown = Math.min(repeats ? from : waits.size(), MOST_LINES);
        List<String[]> rows = new ArrayList<>();
        for (int i = 0; i <= shown && i < attempts.size(); i++) {
            String wait = i == 0 ? "now" : "+" + Durations.text(waits.get(i - 1));
            rows.add(new String[] {"attempt " + (i + 1), attempts.get(i).toString(), wait});
        }
        int left = waits.size() - shown;
        if (left > 0) {
            String last = more ? "" : ", the last one as it gives up";
            String every = repeats && shown == from ? "every " + Durations.text(waits.get(from - 1)) + ", " : "";
            rows.add(new String[] {"then", every + left + (more ? " or more attempts" : " more attempts") + last, ""});
        }
        return rows;
    }

    private static String text(JsonNode node, String field) {
        return Table.printable(node.path(field).asString(""));
    }
}
