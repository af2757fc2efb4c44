package dev.nexthop.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A part of a parsed file. */
sealed interface Node {
    /** Where it is written, an index into the file's text. */
    int at();

    /** What people call it. */
    String noun();

    /** A table; the keys in the order of the file. */
    record Table(int at, SequencedMap<String, Entry> entries) implements Node {
        @Override
        public String noun() {
            return "a table";
        }
    }

    /** A key and its value. */
    record Entry(int keyAt, String key, Node node) {}

    /**
     * An array.
     *
     * @param headed whether each item is a table with its own {@code [[header]]}, so that another file may add some
     */
    record Items(int at, List<Node> items, boolean headed) implements Node {
        Items(int at, List<Node> items) {
            this(at, items, false);
        }

        @Override
        public String noun() {
            return "a list";
        }
    }

    /**
     * A single value, as text.
     *
     * @param spelling where its characters are
     * @param raw the text before macros, for messages: what came from a macro is never shown
     */
    record Scalar(int at, Form form, String text, Spelling spelling, String raw) implements Node {
        @Override
        public String noun() {
            return form.noun;
        }

        boolean expanded() {
            return !raw.equals(text);
        }
    }

    /** A value whose macros have no value; why has been said. */
    record Broken(int at) implements Node {
        @Override
        public String noun() {
            return "a value";
        }
    }

    /** How a value is written. */
    enum Form {
        /** In quotes. */
        STRING("a text"),
        /** A whole number. */
        INTEGER("a whole number"),
        /** A number with a fraction. */
        REAL("a number"),
        /** True or false. */
        BOOLEAN("true or false"),
        /** A date or time. */
        DATE("a date or time");

        private final String noun;

        Form(String noun) {
            this.noun = noun;
        }
    }

    /** A table without entries. */
    static Table empty() {
        return new Table(0, new LinkedHashMap<>());
    }
}
