package dev.nexthop.lookup;

import com.google.re2j.Pattern;
import dev.nexthop.expr.LinearPattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link MemoryTable} of lines, one entry after the other. */
public final class TableReader {
    /** Most entries of all tables of a configuration together: two configurations must fit while one takes over. */
    public static final int MAX_ENTRIES = 200_000;

    /** Most patterns of a list: each question may try them all. */
    public static final int MAX_PATTERNS = 10_000;

    /** The longest line, in characters. */
    public static final int MAX_LINE = 4096;

    private final Form form;
    private final int most;
    private boolean full;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<MemoryTable.Patterns.Entry> patterns = new ArrayList<>();

    /** What entries are. */
    public enum Format {
        /** Values, equal or not. */
        LIST,
        /** Keys with values. */
        MAP,
        /** Patterns in which {@code *} stands for any characters and {@code ?} for one; case does not matter. */
        GLOB,
        /** Regular expressions in the syntax of RE2, which match anywhere in a text. */
        REGEX,
        /** Fields, as in RFC 4180. */
        CSV
    }

    /**
     * How lines are read.
     *
     * @param format what entries are
     * @param comment what lines begin with that are no entries; empty for none
     * @param separator what parts key and value of a map, or the fields of CSV, where it is one character; not empty
     * @param columns the fields of CSV that count
     */
    public record Form(Format format, String comment, String separator, Columns columns) {}

    /**
     * Which fields of CSV count.
     *
     * @param key the field of the key, from 1
     * @param value the field of the value, from 1; 0 when the key is its own value
     */
    public record Columns(int key, int value) {}

    /** A line is no entry; the message is one phrase. */
    public static final class BadEntryException extends Exception {
        private static final long serialVersionUID = 1L;

        BadEntryException(String message) {
            super(message);
        }
    }

    /**
     * An empty table.
     *
     * @param form how lines are read
     * @param most how many entries it may have: what other tables leave of {@link #MAX_ENTRIES}
     */
    public TableReader(Form form, int most) {
        this.form = form;
        this.most = most;
    }

    /**
     * How many entries were read.
     *
     * @return at least 0
     */
    public int size() {
        return values.size() + patterns.size();
    }

    /**
     * Whether an entry was refused because there are too many, so that reading on is in vain.
     *
     * @return true after such a refusal
     */
    public boolean isFull() {
        return full;
    }

    private void room() throws BadEntryException {
        if (size() >= most) {
            full = true;
            throw new BadEntryException("the tables of a configuration have at most " + MAX_ENTRIES
                    + " entries together; keep a list this long in a database");
        }
    }

    /**
     * Reads a line of a file: blank lines and comments are no entries.
     *
     * @param line the line, without its end
     * @throws BadEntryException when it is no entry
     */
    public void line(String line) throws BadEntryException {
        boolean comment = !form.comment().isEmpty() && line.stripLeading().startsWith(form.comment());
        if (!comment && !line.isBlank()) {
            entry(line);
        }
    }

    /**
     * Reads an entry.
     *
     * @param text the entry
     * @throws BadEntryException when it is none
     */
    public void entry(String text) throws BadEntryException {
        if (text.length() > MAX_LINE) {
            throw new BadEntryException("an entry has at most " + MAX_LINE + " characters");
        }
        switch (form.format()) {
            case LIST -> pair(text.strip(), text.strip());
            case MAP -> map(text.strip());
            case GLOB -> pattern(text.strip(), glob(text.strip()));
            case REGEX -> pattern(text.strip(), text.strip());
            case CSV -> csv(text);
        }
    }

    private void map(String text) throws BadEntryException {
        String separator = form.separator();
        int at = separator.isBlank() ? blank(text) : text.indexOf(separator);
        if (at < 0) {
            throw new BadEntryException(
                    "a key and a value are parted by " + (separator.isBlank() ? "a space" : "'" + separator + "'"));
        }
        String rest = separator.isBlank() ? text.substring(at) : text.substring(at + separator.length());
        pair(text.substring(0, at).strip(), rest.strip());
    }

    private static int blank(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isWhitespace(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Adds a key and its value.
     *
     * @param key the key, not empty
     * @param value the value
     * @throws BadEntryException when the key is empty or has another value already
     */
    public void pair(String key, String value) throws BadEntryException {
        if (key.isEmpty()) {
            throw new BadEntryException("the key is empty");
        }
        String before = values.get(key);
        if (before == null) {
            room();
            values.put(key, value);
        } else if (!before.equals(value)) {
            throw new BadEntryException("the key has another value above, so one of them would be lost");
        }
    }

    private void pattern(String written, String expression) throws BadEntryException {
        room();
        if (patterns.size() >= MAX_PATTERNS) {
            full = true;
            throw new BadEntryException("a list has at most " + MAX_PATTERNS + " patterns");
        }
        try {
            patterns.add(new MemoryTable.Patterns.Entry(written, LinearPattern.compile(expression)));
        } catch (IllegalArgumentException e) {
            throw new BadEntryException(String.valueOf(e.getMessage()));
        }
    }

    private static String glob(String text) {
        StringBuilder expression = new StringBuilder("(?is)\\A");
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '*' || c == '?') {
                expression.append(quoted(plain)).append(c == '*' ? ".*" : ".");
                plain.setLength(0);
            } else {
                plain.append(c);
            }
        }
        return expression.append(quoted(plain)).append("\\z").toString();
    }

    private static String quoted(StringBuilder plain) {
        return plain.isEmpty() ? "" : Pattern.quote(plain.toString());
    }

    private void csv(String line) throws BadEntryException {
        List<String> fields = fields(line, form.separator().charAt(0));
        int key = form.columns().key();
        int value = form.columns().value();
        if (Math.max(key, value) > fields.size()) {
            throw new BadEntryException(
                    "the line has " + fields.size() + " fields where field " + Math.max(key, value) + " is wanted");
        }
        String name = fields.get(key - 1);
        pair(name, value == 0 ? name : fields.get(value - 1));
    }

    /** The fields of a line: a field in double quotes may hold the separator, and a quote twice (RFC 4180 §2). */
    private static List<String> fields(String line, char separator) throws BadEntryException {
        List<String> fields = new ArrayList<>();
        int at = 0;
        while (at <= line.length()) {
            StringBuilder field = new StringBuilder();
            if (at < line.length() && line.charAt(at) == '"') {
                at = quotedField(line, at + 1, field);
                if (at < line.length() && line.charAt(at) != separator) {
                    throw new BadEntryException("behind the closing quote of a field stands the separator or the end");
                }
                fields.add(field.toString());
            } else {
                int end = line.indexOf(separator, at);
                end = end < 0 ? line.length() : end;
                fields.add(line.substring(at, end).strip());
                at = end;
            }
            at++;
        }
        return fields;
    }

    private static int quotedField(String line, int start, StringBuilder field) throws BadEntryException {
        int at = start;
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c != '"') {
                field.append(c);
            } else if (at < line.length() && line.charAt(at) == '"') {
                field.append('"');
                at++;
            } else {
                return at;
            }
        }
        throw new BadEntryException("the quote of a field is not closed on its line");
    }

    /**
     * What was read.
     *
     * @return the table
     */
    public MemoryTable table() {
        return switch (form.format()) {
            case LIST, MAP, CSV -> MemoryTable.of(values);
            case GLOB, REGEX -> new MemoryTable.Patterns(patterns);
        };
    }
}
