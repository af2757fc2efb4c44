package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a regular expression (RE2 syntax) as far as they matter to what it finds: letters, dots, anchors, groups. Reads
 * only what has compiled, so that groups are closed and nest no deeper than a pattern may.
 */
final class PatternShape {
    private final String pattern;
    private int at;
    private int groups;
    private boolean flags;

    private PatternShape(String pattern) {
        this.pattern = pattern;
    }

    /** One part. */
    sealed interface Item {
        /** Where it begins. */
        int at();

        /** A character that stands for itself, exactly once. */
        record Letter(int at, char c) implements Item {}

        /** A dot that stands for any one character, exactly once. */
        record Dot(int at) implements Item {}

        /** {@code ^} or {@code \A}. */
        record Start(int at) implements Item {}

        /** {@code $} or {@code \z}. */
        record End(int at) implements Item {}

        /** What is in parentheses, exactly once. */
        record Group(int at, List<List<Item>> alternatives) implements Item {}

        /** Anything else: classes, and whatever may be absent or repeated. */
        record Other(int at) implements Item {}
    }

    /**
     * What was read.
     *
     * @param alternatives the sequences between the bars outside of groups, at least one
     * @param groups how many groups capture
     * @param flags whether flags such as {@code (?i)} are set somewhere
     */
    record Read(List<List<Item>> alternatives, int groups, boolean flags) {}

    static Read of(String pattern) {
        PatternShape shape = new PatternShape(pattern);
        List<List<Item>> all = shape.alternatives();
        return new Read(all, shape.groups, shape.flags);
    }

    private List<List<Item>> alternatives() {
        List<List<Item>> all = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        while (at < pattern.length() && pattern.charAt(at) != ')') {
            if (pattern.charAt(at) == '|') {
                at++;
                all.add(items);
                items = new ArrayList<>();
            } else {
                next(items);
            }
        }
        all.add(items);
        return all;
    }

    private void next(List<Item> items) {
        int start = at;
        char c = pattern.charAt(at++);
        switch (c) {
            case '\\' -> escape(start, items);
            case '[' -> {
                characterClass();
                items.add(new Item.Other(start));
            }
            case '(' -> group(start, items);
            case '^' -> items.add(new Item.Start(start));
            case '$' -> items.add(new Item.End(start));
            case '.' -> items.add(new Item.Dot(start));
            case '*', '+', '?' -> repeated(items);
            case '{' -> {
                int end = pattern.indexOf('}', at);
                if (end > at && pattern.substring(at, end).chars().allMatch(x -> x == ',' || x >= '0' && x <= '9')) {
                    at = end + 1;
                    repeated(items);
                } else {
                    items.add(new Item.Letter(start, c));
                }
            }
            default -> items.add(new Item.Letter(start, c));
        }
    }

    private static void repeated(List<Item> items) {
        if (!items.isEmpty()) {
            items.add(new Item.Other(items.removeLast().at()));
        }
    }

    private void group(int start, List<Item> items) {
        if (pattern.startsWith("?", at)) {
            boolean named = pattern.startsWith("?P<", at) || pattern.startsWith("?<", at);
            int colon = at;
            while (colon < pattern.length() && ":)>".indexOf(pattern.charAt(colon)) < 0) {
                colon++;
            }
            groups += named ? 1 : 0;
            flags |= !named && !pattern.startsWith("?:", at);
            at = Math.min(colon + 1, pattern.length());
            if (colon < pattern.length() && pattern.charAt(colon) == ')') {
                return; // Flags alone, such as (?i).
            }
        } else {
            groups++;
        }
        List<List<Item>> inside = alternatives();
        at = Math.min(at + 1, pattern.length());
        items.add(new Item.Group(start, inside));
    }

    private void escape(int start, List<Item> items) {
        if (at >= pattern.length()) {
            return;
        }
        char c = pattern.charAt(at++);
        boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
        if (c == 'Q') {
            int end = pattern.indexOf("\\E", at);
            int stop = end < 0 ? pattern.length() : end;
            for (; at < stop; at++) {
                items.add(new Item.Letter(at, pattern.charAt(at)));
            }
            at = end < 0 ? stop : end + 2;
        } else if (c == 'A' || c == 'z') {
            items.add(c == 'A' ? new Item.Start(start) : new Item.End(start));
        } else if (!letter) {
            items.add(new Item.Letter(start, c));
        } else {
            if ((c == 'p' || c == 'P' || c == 'x') && at < pattern.length()) {
                int end = pattern.charAt(at) == '{' ? pattern.indexOf('}', at) + 1 : c == 'x' ? at + 2 : at + 1;
                at = end <= at ? pattern.length() : Math.min(end, pattern.length());
            } else if (c >= '0' && c <= '9') {
                while (at < pattern.length() && Character.isDigit(pattern.charAt(at)) && at < start + 4) {
                    at++;
                }
            }
            items.add(new Item.Other(start));
        }
    }

    /** Up to the bracket that closes the class; one directly behind the opening, escaped or in {@code [:name:]} does not. */
    private void characterClass() {
        if (at < pattern.length() && pattern.charAt(at) == '^') {
            at++;
        }
        int first = at;
        while (at < pattern.length()) {
            if (pattern.charAt(at) == ']' && at > first) {
                at++;
                return;
            }
            boolean named = pattern.startsWith("[:", at) && pattern.indexOf(":]", at + 2) >= 0;
            at = named ? pattern.indexOf(":]", at + 2) + 2 : at + (pattern.charAt(at) == '\\' ? 2 : 1);
        }
        at = pattern.length();
    }
}
