package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What a survey of the network saw, as a person reads it. */
final class LiveText {
    private final PrintWriter out;
    private final Palette palette;

    LiveText(PrintWriter out, Palette palette) {
        this.out = out;
        this.palette = palette;
    }

    void print(JsonNode live) {
        if (!live.isObject()) {
            return;
        }
        if (live.path("mx").isString()) {
            line("live", "the MX answer is " + text(live, "mx"));
        }
        policy("mta-sts", live.path("mta_sts"));
        live.path("hosts").forEach(this::host);
        boolean goes = text(live, "outcome").startsWith("would go");
        String outcome = text(live, "outcome");
        line("now", outcome.isEmpty() ? "-" : goes ? palette.good(outcome) : palette.bad(outcome));
    }

    private void policy(String label, JsonNode policy) {
        if (!policy.isObject()) {
            return;
        }
        String state = text(policy, "state");
        if (state.equals("known")) {
            line(
                    label,
                    (label.isEmpty() ? "MTA-STS mode " : "mode ") + text(policy, "mode") + ", id " + text(policy, "id")
                            + ", mx "
                            + policy.path("mx")
                                    .valueStream()
                                    .map(one -> Table.printable(one.asString("")))
                                    .collect(Collectors.joining(", "))
                            + ", max_age " + policy.path("max_age").asLong() + " s");
            if (policy.path("trouble").isString()) {
                line("", palette.bad(text(policy, "trouble")));
            }
        } else {
            line(label, (label.isEmpty() ? "MTA-STS " : "") + state + ": " + text(policy, "reason"));
        }
    }

    private void host(JsonNode host) {
        String dnssec = host.path("dnssec").isString() ? ", addresses " + text(host, "dnssec") : "";
        String alias = host.path("alias").isString() ? ", an alias of " + text(host, "alias") : "";
        String policy = host.path("policy").isString() ? ", under " + text(host, "policy") : "";
        line("host", palette.strong(text(host, "name")) + dnssec + alias + policy);
        dane(host.path("dane"));
        policy("", host.path("mta_sts"));
        for (JsonNode visit : host.path("visits")) {
            boolean open = visit.path("trouble").isNull();
            line(
                    "",
                    text(visit, "place") + "  "
                            + (open
                                    ? palette.good("tls=" + text(visit, "tls")) + negotiated(visit)
                                    : palette.bad(text(visit.path("trouble"), "reason"))));
            if (visit.path("certificate").isString()) {
                line("", "  certificate: " + text(visit, "certificate"));
            }
        }
        if (host.path("trouble").isObject()) {
            line("", palette.bad(text(host.path("trouble"), "reason")));
        }
    }

    private static String negotiated(JsonNode visit) {
        return visit.path("cipher").isString() ? ", " + text(visit, "version") + " " + text(visit, "cipher") : "";
    }

    private void dane(JsonNode dane) {
        if (!dane.isObject()) {
            return;
        }
        String reason = dane.path("reason").isString() ? ": " + text(dane, "reason") : "";
        line("", "DANE " + text(dane, "plan") + reason + palette.faint(" (" + text(dane, "rule") + ")"));
        for (JsonNode record : dane.path("records")) {
            String unusable = record.path("unusable").isString()
                    ? "  " + palette.bad("unusable: " + text(record, "unusable"))
                    : "";
            line("", "  TLSA " + text(record, "record") + unusable);
        }
    }

    private void line(String label, String text) {
        out.println("  " + label + " ".repeat(Math.max(1, 10 - label.length())) + text);
    }

    private static String text(JsonNode node, String field) {
        return Table.printable(node.path(field).asString(""));
    }
}
