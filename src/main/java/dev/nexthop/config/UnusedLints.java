package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is written and then used by nothing. */
final class UnusedLints {
    private final Values values;
    private final Configuration configuration;

    UnusedLints(Values values, Configuration configuration) {
        this.values = values;
        this.configuration = configuration;
    }

    void run() {
        remotes();
        certificates();
        queues();
        Set<String> texts = new HashSet<>();
        collect(values.root(), texts);
        named("store", texts);
        named("directory", texts);
    }

    private void remotes() {
        Set<String> named = new HashSet<>();
        List<Rule> rules = configuration
                .outbound()
                .routing()
                .nextHop()
                .map(all -> all.rules())
                .orElse(List.of());
        for (Rule rule : rules) {
            Optional<Value> value = Constants.value(rule.then());
            if (value.isEmpty()) {
                return; // what is computed may be the name of any
            }
            switch (value.get()) {
                case Value.Text text -> named.add(text.text());
                case Value.Array list -> list.items().forEach(item -> named.add(item.asText()));
                case Value.Int _, Value.Real _ -> {}
            }
        }
        for (String id : values.ids("remote")) {
            if (!named.contains(id)) {
                String message = "no rule of queue.outbound.next-hop names the remote host '" + id + "'";
                say(Code.UNUSED_REMOTE, message, "name it, or remove it", "remote", id);
            }
        }
    }

    private void queues() {
        List<String> ids = VirtualReader.ids(values);
        Optional<Conditional<String>> rule =
                configuration.outbound().schedule().queues().rule();
        Set<String> named = new HashSet<>();
        for (Rule one : rule.map(all -> all.rules().rules()).orElse(List.of())) {
            Optional<Value> value = Constants.value(one.then());
            if (value.isEmpty()) {
                return; // what is computed may be the name of any
            }
            if (value.get() instanceof Value.Text(String id)) {
                named.add(id); // false is the ordinary queue
            }
        }
        for (String id : ids) {
            if (!named.contains(id)) {
                values.problems()
                        .addKey(
                                Code.UNUSED_QUEUE,
                                values.place("queue", "virtual", id),
                                id.length(),
                                "no rule of queue.outbound.queue names the virtual queue '" + id + "'",
                                "name it, or remove it");
            }
        }
    }

    private void certificates() {
        boolean shown = !configuration.inbound().tls().isEmpty();
        Set<String> named = new HashSet<>();
        values.ids("remote")
                .forEach(id -> values.optional(SettingsHop.CERTIFICATE, id).ifPresent(named::add));
        for (String id : shown ? List.<String>of() : values.ids("certificate")) {
            if (named.contains(id)) {
                continue;
            }
            String message = "no listener speaks TLS, so nobody sees the certificate '" + id + "'";
            say(Code.UNUSED_CERTIFICATE, message, "write tls.enable = true at a listener", "certificate", id);
        }
    }

    /** With one of a kind there is nothing to name. */
    private void named(String kind, Set<String> texts) {
        List<String> ids = values.ids(kind);
        for (String id : ids.size() < 2 ? List.<String>of() : ids) {
            boolean found = texts.stream()
                    .anyMatch(text ->
                            text.equals(id) || text.contains("'" + id + "'") || text.contains("\"" + id + "\""));
            if (!found) {
                String message = "nothing names the " + kind + " '" + id + "'";
                say(Code.UNUSED_STORE, message, "name it under storage or in a rule, or remove it", kind, id);
            }
        }
    }

    private void say(Code code, String message, String hint, String kind, String id) {
        values.problems().addKey(code, values.place(kind, id), id.length(), message, hint);
    }

    private static void collect(Node node, Set<String> texts) {
        switch (node) {
            case Node.Table table -> table.entries().values().forEach(entry -> collect(entry.node(), texts));
            case Node.Items items -> items.items().forEach(item -> collect(item, texts));
            case Node.Scalar scalar -> texts.add(scalar.text());
            case Node.Broken _ -> {}
        }
    }
}
