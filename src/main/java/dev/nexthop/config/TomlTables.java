package dev.nexthop.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of a file while it is read: headers and dotted keys add to them, within what TOML 1.0 allows. */
final class TomlTables {
    private final Table root = new Table(0, Origin.HEADER);
    private Table current = root;
    private int depth;

    /** How a table came to be, which decides who may add to it. */
    private enum Origin {
        /** A header below it was written. */
        IMPLIED,
        /** Its own header was written. */
        HEADER,
        /** A key with dots leads through it. */
        DOTTED,
        /** In braces: whole and closed. */
        INLINE
    }

    /** A table that grows. */
    static final class Table {
        private final int at;
        private final Map<String, Held> entries = new LinkedHashMap<>();
        private Origin origin;

        private Table(int at, Origin origin) {
            this.at = at;
            this.origin = origin;
        }

        void put(TomlReader.Name name, Object value) {
            entries.put(name.text(), new Held(name.at(), value));
        }
    }

    /** A value and the place of its key. */
    private record Held(int keyAt, Object value) {}

    /**
     * A list.
     *
     * @param items nodes, tables or lists
     * @param headed whether each item has its own header
     */
    record Listing(int at, List<Object> items, boolean headed) {}

    static Table inline(int at) {
        return new Table(at, Origin.INLINE);
    }

    Table current() {
        return current;
    }

    /** How many names lead to the current table. */
    int depth() {
        return depth;
    }

    /** Refuses a key that has a value already. */
    static void free(Table table, TomlReader.Name name) throws TomlReader.Stop {
        if (table.entries.containsKey(name.text())) {
            throw twice(name);
        }
    }

    private static TomlReader.Stop twice(TomlReader.Name name) {
        return new TomlReader.Stop(name.at(), name.text() + " is written twice");
    }

    /** Begins the table of a header. */
    void header(List<TomlReader.Name> names, boolean many, int start) throws TomlReader.Stop {
        Table table = root;
        for (TomlReader.Name name : names.subList(0, names.size() - 1)) {
            table = above(table, name);
        }
        TomlReader.Name last = names.getLast();
        Held held = table.entries.get(last.text());
        if (many) {
            Table item = new Table(start, Origin.HEADER);
            switch (held == null ? null : held.value()) {
                case null -> table.put(last, new Listing(start, new ArrayList<>(List.of(item)), true));
                case Listing list when list.headed() -> list.items().add(item);
                default -> throw twice(last);
            }
            current = item;
        } else if (held == null) {
            current = new Table(last.at(), Origin.HEADER);
            table.put(last, current);
        } else if (held.value() instanceof Table known && known.origin == Origin.IMPLIED) {
            known.origin = Origin.HEADER;
            current = known;
        } else {
            throw twice(last);
        }
        depth = names.size();
    }

    private static Table above(Table table, TomlReader.Name name) throws TomlReader.Stop {
        Held held = table.entries.get(name.text());
        Table next = next(held == null ? null : held.value());
        if (held == null) {
            next = new Table(name.at(), Origin.IMPLIED);
            table.put(name, next);
        }
        if (next == null || next.origin == Origin.INLINE) {
            throw twice(name);
        }
        return next;
    }

    private static @Nullable Table next(@Nullable Object value) {
        return switch (value) {
            case Table table -> table;
            case Listing list when list.headed() && list.items().getLast() instanceof Table last -> last;
            case null, default -> null;
        };
    }

    /** The table that the names before the last lead to. */
    Table inside(Table from, List<TomlReader.Name> names) throws TomlReader.Stop {
        Table table = from;
        for (TomlReader.Name name : names.subList(0, names.size() - 1)) {
            Held held = table.entries.get(name.text());
            Table next = held != null && held.value() instanceof Table known ? known : null;
            if (held == null) {
                next = new Table(name.at(), Origin.DOTTED);
                table.put(name, next);
            }
            if (next == null || next.origin != Origin.DOTTED) {
                throw twice(name);
            }
            table = next;
        }
        return table;
    }

    /** All that was read. */
    Node.Table tree(int base) {
        return node(root, base);
    }

    private static Node.Table node(Table table, int base) {
        LinkedHashMap<String, Node.Entry> entries = new LinkedHashMap<>();
        table.entries.forEach((name, held) ->
                entries.put(name, new Node.Entry(base + held.keyAt(), name, node(held.value(), base))));
        return new Node.Table(base + table.at, entries);
    }

    private static Node node(Object value, int base) {
        return switch (value) {
            case Node node -> node;
            case Table table -> node(table, base);
            case Listing list -> {
                List<Node> items = new ArrayList<>(list.items().size());
                list.items().forEach(item -> items.add(node(item, base)));
                yield new Node.Items(base + list.at(), List.copyOf(items), list.headed());
            }
            default -> throw new IllegalStateException("no value: " + value.getClass());
        };
    }
}
