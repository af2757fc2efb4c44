package dev.nexthop.config;

import java.util.LinkedHashMap;
import java.util.List;

/** Next hops written without quotes whose ids are no words of the language, such as {@code relay-1} or {@code mx.example.org}. */
final class Hops {
    private Hops() {}

    /** The same rules, with such ids in quotes. */
    static Node quoted(Node node, Reading reading) {
        return switch (node) {
            case Node.Scalar scalar -> scalar(scalar, reading);
            case Node.Items items
            when RuleText.looksLikeRules(items) ->
                new Node.Items(
                        items.at(),
                        items.items().stream().map(rule -> rule(rule, reading)).toList());
            case Node.Items items -> items;
            case Node.Table table -> table;
            case Node.Broken broken -> broken;
        };
    }

    private static Node rule(Node node, Reading reading) {
        if (!(node instanceof Node.Table table)) {
            return node;
        }
        LinkedHashMap<String, Node.Entry> entries = new LinkedHashMap<>(table.entries());
        for (String key : List.of("then", "else")) {
            Node.Entry entry = entries.get(key);
            if (entry != null && entry.node() instanceof Node.Scalar scalar) {
                entries.put(key, new Node.Entry(entry.keyAt(), key, scalar(scalar, reading)));
            }
        }
        return new Node.Table(table.at(), entries);
    }

    private static Node.Scalar scalar(Node.Scalar scalar, Reading reading) {
        String word = scalar.text().strip();
        boolean odd = word.chars().anyMatch(c -> !Character.isLetterOrDigit(c) && c != '_') && word.indexOf('\'') < 0;
        if (!odd || !reading.hops().contains(word)) {
            return scalar;
        }
        String shown = scalar.expanded() ? scalar.raw().strip() : word;
        reading.wrong(
                scalar,
                Code.BARE_HOP,
                "the bare word " + shown + " is read as the next hop '" + shown + "'",
                "did you mean '" + shown + "'?");
        String text = "'" + word + "'";
        return new Node.Scalar(
                scalar.at(),
                scalar.form(),
                text,
                Spelling.flat(scalar.spelling().place(0), text.length()),
                "'" + shown + "'");
    }
}
