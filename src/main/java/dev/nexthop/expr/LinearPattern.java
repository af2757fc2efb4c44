package dev.nexthop.expr;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Regular expressions in the syntax of RE2, within the bounds of {@code matches}: a match takes time linear in the text. */
public final class LinearPattern {
    private LinearPattern() {}

    /**
     * Compiles an expression.
     *
     * @param text the expression
     * @return what searches for it anywhere in a text
     * @throws IllegalArgumentException with one phrase, when it is none or costs too much
     */
    public static Pattern compile(String text) {
        PatternCost.Estimate cost = PatternCost.of(text);
        if (text.length() > Forms.MAX_PATTERN
                || cost.groupsDeep() > Forms.MAX_GROUPS_DEEP
                || cost.total().branches() > Forms.MAX_BRANCHES
                || cost.total().size() > Forms.MAX_SIZE) {
            throw new IllegalArgumentException(
                    "this regular expression is too large: allowed are " + Forms.MAX_PATTERN + " characters, "
                            + Forms.MAX_GROUPS_DEEP + " groups inside one another and, with repetitions written out, "
                            + Forms.MAX_SIZE + " characters and " + Forms.MAX_BRANCHES + " branches");
        }
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "wrong regular expression: " + e.getDescription()
                            + " (RE2 syntax: no look-around, no back-references)",
                    e);
        }
    }
}
