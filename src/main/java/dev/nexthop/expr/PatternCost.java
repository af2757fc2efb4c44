package dev.nexthop.expr;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How much a regular expression costs once its counted repetitions are written out. The regular expression library follows
 * branches by recursion and writes repetitions out without a limit of its own, so that a short pattern could take all memory or
 * the whole stack; this estimate, never too low, is made before the library sees the pattern.
 */
final class PatternCost {
    private static final long ENOUGH = 1_000_000_000L;
    private static final long[] NO_COUNTS = {};

    private final String pattern;
    private final Deque<Cost> open = new ArrayDeque<>();
    private Cost all = Cost.NONE;
    private Cost last = Cost.NONE;
    private int deepest;
    private int at;

    /**
     * A cost.
     *
     * @param size the characters and classes to match, written out
     * @param branches the groups, alternatives and repetitions, written out: how deep a match may recurse
     */
    record Cost(long size, long branches) {
        static final Cost NONE = new Cost(0, 0);

        Cost plus(Cost other) {
            return new Cost(Math.min(size + other.size, ENOUGH), Math.min(branches + other.branches, ENOUGH));
        }

        Cost times(long count) {
            return new Cost(Math.min(size * count, ENOUGH), Math.min(branches * count, ENOUGH));
        }
    }

    private PatternCost(String pattern) {
        this.pattern = pattern;
    }

    /**
     * What a pattern costs.
     *
     * @param total the cost of the whole
     * @param groupsDeep how many groups are inside one another
     */
    record Estimate(Cost total, int groupsDeep) {}

    static Estimate of(String pattern) {
        PatternCost cost = new PatternCost(pattern);
        while (cost.at < pattern.length()) {
            cost.next();
        }
        while (!cost.open.isEmpty()) {
            cost.close();
        }
        return new Estimate(cost.all, cost.deepest);
    }

    private void next() {
        char c = pattern.charAt(at++);
        switch (c) {
            case '\\' -> escape();
            case '[' -> {
                characterClass();
                atom();
            }
            case '(' -> {
                all = all.plus(new Cost(0, 1));
                open.push(all);
                all = Cost.NONE;
                last = Cost.NONE;
                deepest = Math.max(deepest, open.size());
            }
            case ')' -> close();
            case '|', '*', '+', '?' -> {
                Cost branch = new Cost(0, 1);
                all = all.plus(branch);
                last = c == '|' ? Cost.NONE : last.plus(branch);
            }
            case '{' -> repetition();
            default -> atom();
        }
    }

    private void atom() {
        last = new Cost(1, 0);
        all = all.plus(last);
    }

    private void close() {
        if (!open.isEmpty()) {
            last = all.plus(new Cost(0, 1));
            all = open.pop().plus(all);
        }
    }

    /** An escaped character, a named class, a character by number, or a quotation up to {@code \E}. */
    private void escape() {
        if (at >= pattern.length()) {
            return;
        }
        char c = pattern.charAt(at++);
        if (c == 'Q') {
            int end = pattern.indexOf("\\E", at);
            int stop = end < 0 ? pattern.length() : end;
            for (; at < stop; at++) {
                atom();
            }
            at = end < 0 ? stop : end + 2;
            return;
        }
        if ((c == 'p' || c == 'P' || c == 'x') && at < pattern.length() && pattern.charAt(at) == '{') {
            int end = pattern.indexOf('}', at);
            at = end < 0 ? pattern.length() : end + 1;
        }
        atom();
    }

    /** Up to the bracket that closes the class; one directly behind the opening, escaped or in {@code [:name:]} does not. */
    private void characterClass() {
        if (at < pattern.length() && pattern.charAt(at) == '^') {
            at++;
        }
        int first = at;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c == ']' && at > first) {
                at++;
                return;
            }
            boolean named = pattern.startsWith("[:", at) && pattern.indexOf(":]", at + 2) >= 0;
            at = named ? pattern.indexOf(":]", at + 2) + 2 : at + (c == '\\' ? 2 : 1);
        }
        at = pattern.length();
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}}; any other brace is a character. */
    private void repetition() {
        int end = pattern.indexOf('}', at);
        long[] counts = end < 0 ? NO_COUNTS : counts(pattern.substring(at, end));
        if (counts.length == 0) {
            atom();
            return;
        }
        at = end + 1;
        long most = counts[1];
        Cost written = last.times(Math.max(0, most - 1)).plus(new Cost(0, most - counts[0] + 1));
        all = all.plus(written);
        last = last.plus(written);
    }

    /** The fewest and the most; nothing when the text counts nothing. An open end is one more copy, repeated. */
    private static long[] counts(String text) {
        String[] numbers = text.split(",", -1);
        if (numbers.length > 2 || !isCount(numbers[0])) {
            return NO_COUNTS;
        }
        long least = Long.parseLong(numbers[0]);
        if (numbers.length == 1) {
            return new long[] {least, least};
        }
        if (numbers[1].isEmpty()) {
            return new long[] {least, least + 1};
        }
        return isCount(numbers[1]) ? new long[] {least, Math.max(least, Long.parseLong(numbers[1]))} : NO_COUNTS;
    }

    private static boolean isCount(String text) {
        return !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
