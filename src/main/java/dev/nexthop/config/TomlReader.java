package dev.nexthop.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads TOML 1.0 in one pass over the text, up to the first fault. Most files have none, and large ones are read at once; the
 * parser that names every fault of a file together takes fifty times as long. Backslashes that TOML does not know are kept,
 * as {@link Scanned} reports. Where both read a file they read the same, which a test holds.
 */
final class TomlReader {
    /** How many tables, arrays and parts of a key may be inside one another. */
    static final int MAX_DEPTH = 64;

    /** How many values a file may hold: each takes more memory than its text. */
    static final int MAX_VALUES = 300_000;

    private final String text;
    private final int base;
    private final TomlTables tables = new TomlTables();
    private int at;
    private int values;

    private TomlReader(String text, int base) {
        this.text = text;
        this.base = base;
    }

    /** What came of a text. */
    sealed interface Read {
        /** All of it, as a tree. */
        record Whole(Node.Table root) implements Read {}

        /**
         * The first fault.
         *
         * @param at its index
         * @param message what is wrong
         * @param limit whether it is only too deep or too much, which no other parser may try
         */
        record Fault(int at, String message, boolean limit) implements Read {}
    }

    /** The text cannot be read from here on. */
    static final class Stop extends Exception {
        private static final long serialVersionUID = 1L;

        private final int at;
        private final boolean limit;

        Stop(int at, String message) {
            this(at, message, false);
        }

        private Stop(int at, String message, boolean limit) {
            super(message, null, false, false);
            this.at = at;
            this.limit = limit;
        }

        static Stop tooDeep(int at) {
            String message = "nested too deeply: at most " + MAX_DEPTH + " tables and lists may be inside one another";
            return new Stop(at, message, true);
        }
    }

    /** A name of a key or header and where it is. */
    record Name(int at, String text) {}

    /**
     * Reads a text.
     *
     * @param base what is added to the places in the tree
     */
    static Read read(String text, int base) {
        TomlReader reader = new TomlReader(text, base);
        try {
            reader.lines();
            return new Read.Whole(reader.tables.tree(base));
        } catch (Stop stop) {
            return new Read.Fault(stop.at, String.valueOf(stop.getMessage()), stop.limit);
        }
    }

    private void lines() throws Stop {
        while (at < text.length()) {
            blanks();
            if (at < text.length() && text.charAt(at) == '[') {
                header();
            } else if (at < text.length() && !atLineEnd()) {
                TomlTables.Table table = tables.current();
                entry(table, tables.depth());
            }
            lineEnd();
        }
    }

    private void header() throws Stop {
        int start = at;
        boolean many = text.startsWith("[[", at);
        at += many ? 2 : 1;
        List<Name> names = names();
        if (!text.startsWith(many ? "]]" : "]", at)) {
            throw new Stop(at, "the header is not closed: " + (many ? "]]" : "]") + " is missing");
        }
        at += many ? 2 : 1;
        if (names.size() > MAX_DEPTH) {
            throw Stop.tooDeep(start);
        }
        tables.header(names, many, start);
    }

    /** A key and its value. */
    private void entry(TomlTables.Table into, int depth) throws Stop {
        List<Name> names = names();
        if (peek() != '=') {
            throw new Stop(at, "the key has no value: = is missing");
        }
        if (depth + names.size() > MAX_DEPTH) {
            throw Stop.tooDeep(names.getFirst().at());
        }
        at++;
        blanks();
        TomlTables.Table table = tables.inside(into, names);
        Name last = names.getLast();
        boolean inline = peek() == '{';
        TomlTables.free(table, last);
        Object value = value(depth + names.size(), inline ? last.at() : at);
        table.put(last, value);
    }

    private List<Name> names() throws Stop {
        List<Name> names = new ArrayList<>(2);
        while (true) {
            blanks();
            names.add(name());
            blanks();
            if (peek() != '.') {
                return names;
            }
            at++;
        }
    }

    private Name name() throws Stop {
        int start = at;
        char quote = peek();
        if (quote == '"' || quote == '\'') {
            at = TomlValues.behindText(text, at, false);
            return new Name(start, TomlValues.plain(text, start));
        }
        while (at < text.length() && Token.bare(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw new Stop(at, "a key was expected");
        }
        return new Name(start, text.substring(start, at));
    }

    /** A value: a node, or a table that is still to become one. */
    private Object value(int depth, int place) throws Stop {
        if (++values > MAX_VALUES) {
            throw new Stop(at, "too much for one file: it may hold at most " + MAX_VALUES + " values", true);
        }
        if (depth > MAX_DEPTH) {
            throw Stop.tooDeep(at);
        }
        char c = peek();
        return switch (c) {
            case '"', '\'' -> {
                int start = at;
                at = TomlValues.behindText(text, at, true);
                StringBuilder decoded = new StringBuilder();
                Spelling spelling = Token.decode(text, start, decoded);
                String value = decoded.toString();
                yield new Node.Scalar(
                        base + start, Node.Form.STRING, value, base == 0 ? spelling : spelling.shifted(base), value);
            }
            case '[' -> list(depth);
            case '{' -> inline(depth, place);
            default -> {
                int start = at;
                at = TomlValues.behindWord(text, at);
                yield TomlValues.word(text.substring(start, at), start, base);
            }
        };
    }

    private TomlTables.Listing list(int depth) throws Stop {
        int start = at++;
        List<Object> items = new ArrayList<>();
        blankLines();
        while (peek() != ']') {
            items.add(value(depth + 1, at));
            blankLines();
            if (peek() == ',') {
                at++;
                blankLines();
            } else if (peek() != ']') {
                throw new Stop(at, "the list is not closed: , or ] is missing");
            }
        }
        at++;
        return new TomlTables.Listing(start, items, false);
    }

    private TomlTables.Table inline(int depth, int place) throws Stop {
        at++;
        TomlTables.Table table = TomlTables.inline(place);
        blanks();
        boolean more = peek() != '}';
        while (more) {
            entry(table, depth);
            blanks();
            more = peek() == ',';
            if (more) {
                at++;
            }
        }
        if (peek() != '}') {
            throw new Stop(at, "the table is not closed: , or } is missing, and all of it must stand in one line");
        }
        at++;
        return table;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void blanks() {
        at = Token.blanks(text, at);
    }

    private boolean atLineEnd() {
        char c = peek();
        return c == '\n' || c == '#' || c == '\r';
    }

    /** Blanks, comments and line ends, as between the items of a list. */
    private void blankLines() throws Stop {
        blanks();
        while (at < text.length() && atLineEnd()) {
            lineEnd();
            blanks();
        }
    }

    /** A comment if there is one, and the end of the line. */
    private void lineEnd() throws Stop {
        blanks();
        if (peek() == '#') {
            while (at < text.length() && text.charAt(at) != '\n' && !text.startsWith("\r\n", at)) {
                if (TomlValues.isControl(text.charAt(at))) {
                    throw new Stop(at, "a comment can't hold this control character");
                }
                at++;
            }
        }
        if (text.startsWith("\r\n", at)) {
            at += 2;
        } else if (at < text.length() && text.charAt(at) == '\n') {
            at++;
        } else if (at < text.length()) {
            throw new Stop(at, "the line should end here");
        }
    }
}
