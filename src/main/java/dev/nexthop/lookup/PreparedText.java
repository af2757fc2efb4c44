package dev.nexthop.lookup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A statement as JDBC wants it: every argument a question mark. In texts, quoted names and comments nothing is replaced.
 *
 * @param sql the statement with {@code ?} for each argument
 * @param order for each question mark the argument that goes there, from 0
 * @param reads whether the statement only reads, going by its first word
 */
public record PreparedText(String sql, List<Integer> order, boolean reads) {
    /** The longest statement, in characters. */
    static final int MAX = 64 * 1024;

    private static final Set<String> READING = Set.of("select", "values", "table", "with", "show", "explain", "pragma");

    /** Copies the list. */
    public PreparedText {
        order = List.copyOf(order);
    }

    /**
     * Reads a statement.
     *
     * @param text with {@code ?} for the next argument, or {@code $1}, {@code $2} …; not both
     * @return the statement
     * @throws IllegalArgumentException with one phrase, when it can't be one
     */
    public static PreparedText of(String text) {
        if (text.length() > MAX) {
            throw new IllegalArgumentException("a statement has at most " + MAX + " characters");
        }
        return new Scan(text).run();
    }

    /** How many arguments it takes. */
    int arguments() {
        return order.stream().mapToInt(i -> i + 1).max().orElse(0);
    }

    private static final class Scan {
        private final String text;
        private final StringBuilder sql = new StringBuilder();
        private final List<Integer> order = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();
        private boolean numbered;
        private boolean marked;
        private boolean ended;
        private int at;

        Scan(String text) {
            this.text = text;
        }

        PreparedText run() {
            while (at < text.length()) {
                next(text.charAt(at));
            }
            if (numbered && marked) {
                throw new IllegalArgumentException("a statement has either ? or $1, $2 …, not both");
            }
            for (int i = 0; numbered && i < order.size(); i++) {
                int least = i;
                if (order.stream().noneMatch(index -> index == least) && least < highest()) {
                    throw new IllegalArgumentException(
                            "the statement uses $" + (highest() + 1) + ", but not $" + (i + 1));
                }
            }
            String first = word.toString().toLowerCase(Locale.ROOT);
            if (first.isEmpty()) {
                throw new IllegalArgumentException("there is no statement");
            }
            return new PreparedText(sql.toString(), order, READING.contains(first));
        }

        private int highest() {
            return order.stream().mapToInt(i -> i).max().orElse(-1);
        }

        private void next(char c) {
            if (c == '\'') {
                boolean escapes = at > 0
                        && (text.charAt(at - 1) == 'E' || text.charAt(at - 1) == 'e')
                        && (at < 2 || !Character.isLetterOrDigit(text.charAt(at - 2)));
                quoted('\'', escapes);
            } else if (c == '"') {
                quoted('"', false);
            } else if (text.startsWith("--", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end; // left out: it could hold anything
            } else if (text.startsWith("/*", at)) {
                comment();
            } else if (c == '$' && !insideName()) {
                dollar();
            } else if (c == '?') {
                token();
                argument(order.size());
                marked = true;
                at++;
            } else {
                plain(c);
            }
        }

        /** PostgreSQL takes a dollar sign inside names. */
        private boolean insideName() {
            char before = at == 0 ? ' ' : text.charAt(at - 1);
            return Character.isLetterOrDigit(before) || before == '_' || before == '$';
        }

        private void plain(char c) {
            if (c == ';') {
                ended = true;
            } else if (!Character.isWhitespace(c)) {
                token();
                sql.append(c);
                firstWord(c);
                at++;
                return;
            }
            sql.append(c == ';' ? ' ' : c);
            firstWord(' ');
            at++;
        }

        private boolean wordDone;

        private void firstWord(char c) {
            if (!wordDone && Character.isLetter(c)) {
                word.append(c);
            } else if (!word.isEmpty()) {
                wordDone = true;
            }
        }

        /** Something that is no space: behind a semicolon it would be a second statement. */
        private void token() {
            if (ended) {
                throw new IllegalArgumentException("behind the semicolon stands more: write one statement");
            }
        }

        private void argument(int index) {
            sql.append('?');
            order.add(index);
        }

        private void quoted(char quote, boolean escapes) {
            token();
            int end = at + 1;
            while (end < text.length()) {
                char c = text.charAt(end);
                if (c == '\\' && escapes) {
                    end += 2;
                } else if (c == quote && end + 1 < text.length() && text.charAt(end + 1) == quote) {
                    end += 2;
                } else if (c == quote) {
                    copyTo(end + 1);
                    return;
                } else {
                    end++;
                }
            }
            throw new IllegalArgumentException("a quote is not closed");
        }

        private void comment() {
            int depth = 0;
            while (at < text.length()) {
                if (text.startsWith("/*", at)) {
                    depth++;
                    at += 2;
                } else if (text.startsWith("*/", at)) {
                    depth--;
                    at += 2;
                    if (depth == 0) {
                        sql.append(' ');
                        return;
                    }
                } else {
                    at++;
                }
            }
            throw new IllegalArgumentException("a comment is not closed");
        }

        /** {@code $1}, or a text of PostgreSQL between {@code $tag$} and {@code $tag$}. */
        private void dollar() {
            token();
            int end = at + 1;
            while (end < text.length() && Character.isDigit(text.charAt(end))) {
                end++;
            }
            if (end > at + 1) {
                String digits = text.substring(at + 1, end);
                int number = digits.length() > 3 ? 0 : Integer.parseInt(digits);
                if (number < 1 || number > 100) {
                    throw new IllegalArgumentException("arguments are $1 to $100");
                }
                argument(number - 1);
                numbered = true;
                at = end;
                return;
            }
            while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
                end++;
            }
            if (end >= text.length() || text.charAt(end) != '$') {
                throw new IllegalArgumentException("a dollar sign stands before the number of an argument, such as $1");
            }
            String tag = text.substring(at, end + 1);
            int close = text.indexOf(tag, end + 1);
            if (close < 0) {
                throw new IllegalArgumentException("a text between dollar signs is not closed");
            }
            copyTo(close + tag.length());
        }

        private void copyTo(int end) {
            sql.append(text, at, end);
            firstWord(' ');
            at = end;
        }
    }
}
