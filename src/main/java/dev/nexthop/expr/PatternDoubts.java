package dev.nexthop.expr;

import dev.nexthop.expr.PatternShape.Item;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds regular expressions that find more, or less, than their writer meant. Speaks only of addresses, domains and networks. */
final class PatternDoubts {
    private final Problems problems;
    private final Operand written;
    private final String pattern;
    private final PatternShape.Read read;

    private PatternDoubts(Problems problems, Operand written, String pattern, PatternShape.Read read) {
        this.problems = problems;
        this.written = written;
        this.pattern = pattern;
        this.read = read;
    }

    /** Looks at a pattern that has compiled, and counts its groups. */
    static int look(Problems problems, Operand written, String pattern, Node value) {
        PatternShape.Read read = PatternShape.of(pattern);
        PatternDoubts doubts = new PatternDoubts(problems, written, pattern, read);
        Set<Variable> variables = value.variables();
        if (!variables.isEmpty() && variables.stream().allMatch(v -> v.content().namesPlaces())) {
            if (!read.flags()
                    && value instanceof Nodes.Name name
                    && name.variable().content().lowerCase()) {
                doubts.capitals(name.variable());
            }
            doubts.places();
        }
        return read.groups();
    }

    private void guess(Finding finding, int from, int to, String message, @Nullable String suggestion) {
        boolean asWritten = written.end() - written.start() == pattern.length() + 2;
        int start = asWritten ? written.start() + 1 + from : written.start();
        int end = asWritten ? written.start() + 1 + to : written.end();
        problems.guess(finding, start, end, message, suggestion);
    }

    private void places() {
        int dot = -1;
        for (List<Item> sequence : read.alternatives()) {
            dot = dot < 0 ? dot(sequence) : dot;
        }
        if (dot >= 0) {
            guess(Finding.PATTERN_DOT, dot, dot + 1, "this dot stands for any character; a dot itself is \\.", "\\.");
        }
        boolean start = read.alternatives().stream().anyMatch(PatternDoubts::opensWithLetter);
        boolean end = read.alternatives().stream().anyMatch(PatternDoubts::endsWithLetter);
        boolean name = read.alternatives().stream().anyMatch(PatternDoubts::holdsName);
        if (name && (start || end)) {
            String where = start && end ? "anywhere in" : start ? "at the end of" : "at the beginning of";
            problems.guess(
                    Finding.UNANCHORED,
                    written,
                    "this is found " + where + " longer names too; ^ and $ hold it at both ends",
                    anchored(start, end));
        }
    }

    private @Nullable String anchored(boolean start, boolean end) {
        if (read.alternatives().size() > 1) {
            return null;
        }
        StringBuilder text = new StringBuilder(pattern);
        List<Item> only = read.alternatives().getFirst();
        for (int i = only.size() - 1; i >= 0; i--) {
            if (only.get(i) instanceof Item.Dot(int at) && isName(only, i)) {
                text.insert(at, '\\');
            }
        }
        return "'" + (start ? "^" : "") + text + (end ? "$'" : "'");
    }

    /** The first dot that stands where a name has its own; -1 = none. */
    private static int dot(List<Item> sequence) {
        for (int i = 0; i < sequence.size(); i++) {
            int found = -1;
            if (sequence.get(i) instanceof Item.Dot(int at) && isName(sequence, i)) {
                found = at;
            } else if (sequence.get(i) instanceof Item.Group(int _, List<List<Item>> alternatives)) {
                for (List<Item> inside : alternatives) {
                    found = found < 0 ? dot(inside) : found;
                }
            }
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }

    /** Whether two letters follow, as behind the dots of names. */
    private static boolean isName(List<Item> sequence, int at) {
        return alphanumeric(sequence, at + 1) && alphanumeric(sequence, at + 2);
    }

    private static boolean alphanumeric(List<Item> sequence, int at) {
        return at >= 0
                && at < sequence.size()
                && sequence.get(at) instanceof Item.Letter(int _, char c)
                && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9');
    }

    /** Whether it holds a dot, escaped or not, that letters follow. */
    private static boolean holdsName(List<Item> sequence) {
        for (int i = 0; i < sequence.size(); i++) {
            boolean found = switch (sequence.get(i)) {
                case Item.Dot _ -> isName(sequence, i);
                case Item.Letter(int _, char c) -> c == '.' && alphanumeric(sequence, i + 1);
                case Item.Group group -> group.alternatives().stream().anyMatch(PatternDoubts::holdsName);
                case Item.Start _, Item.End _, Item.Other _ -> false;
            };
            if (found) {
                return true;
            }
        }
        return false;
    }

    private static boolean opensWithLetter(List<Item> sequence) {
        return !sequence.isEmpty()
                && (alphanumeric(sequence, 0)
                        || sequence.getFirst() instanceof Item.Group group
                                && group.alternatives().stream().anyMatch(PatternDoubts::opensWithLetter));
    }

    private static boolean endsWithLetter(List<Item> sequence) {
        return !sequence.isEmpty()
                && (alphanumeric(sequence, sequence.size() - 1)
                        || sequence.getLast() instanceof Item.Group group
                                && group.alternatives().stream().anyMatch(PatternDoubts::endsWithLetter));
    }

    private void capitals(Variable variable) {
        Item.Letter capital =
                read.alternatives().size() == 1 ? capital(read.alternatives().getFirst()) : null;
        if (capital != null) {
            guess(
                    Finding.PATTERN_NEVER,
                    capital.at(),
                    capital.at() + 1,
                    variable.keyword() + " is always in lower case, so this is never found",
                    String.valueOf(Character.toLowerCase(capital.c())));
        }
    }

    /** A capital letter that every match needs; null = none. */
    private static Item.@Nullable Letter capital(List<Item> sequence) {
        for (Item item : sequence) {
            Item.Letter found = switch (item) {
                case Item.Letter letter -> letter.c() >= 'A' && letter.c() <= 'Z' ? letter : null;
                case Item.Group(int _, List<List<Item>> inside) ->
                    inside.size() == 1 ? capital(inside.getFirst()) : null;
                case Item.Dot _, Item.Start _, Item.End _, Item.Other _ -> null;
            };
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
