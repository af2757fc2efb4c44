package dev.nexthop.expr;

import static dev.nexthop.expr.Function.Parameter.NUMBER;
import static dev.nexthop.expr.Function.Parameter.TEXT;
import static dev.nexthop.expr.Function.Parameter.VALUE;

import java.util.List;

/** The functions that choose. */
final class RoutingTable {
    private RoutingTable() {}

    static List<Function> all() {
        return List.of(
                Function.of(
                                "if_then(condition, a, b)",
                                arguments -> arguments
                                        .get(1)
                                        .node()
                                        .type()
                                        .or(arguments.get(2).node().type()),
                                (e, a) -> a[0].test(e) ? a[1].evaluate(e) : a[2].evaluate(e),
                                VALUE,
                                VALUE,
                                VALUE)
                        .says(
                                "a when the condition is true, else b; the other one is not computed.",
                                "if_then(retry_num > 2, 'relay-eu', 'relay') → 'relay-eu'"),
                Function.form("percent(n, key)", Percent::make, NUMBER, TEXT)
                        .folding()
                        .says(
                                "True for n percent of all keys, always the same ones; with a greater n these and more.",
                                "percent(60, rcpt) → false",
                                "percent(70, rcpt) → true",
                                "percent(12.5, 'second trial ' + rcpt) → false"),
                Function.form("hop_up('id')", Questions::hopUp, TEXT)
                        .outside()
                        .says(
                                "Whether a next hop takes mail, as far as recent attempts tell.",
                                "hop_up('relay') → true",
                                "if_then(hop_up('relay-eu'), 'relay-eu', 'relay') → 'relay'"),
                Function.form("config_get('key')", Forms::configGet, TEXT)
                        .says(
                                "The value of a setting, read when the configuration is loaded; an unknown one and a secret are"
                                        + " errors.",
                                "config_get('server.hostname') → 'mx.example.net'"));
    }
}
