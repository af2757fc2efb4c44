package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/**
 * Something wrong (or guessed) in an expression.
 *
 * @param offset where it begins in the expression's text, in UTF-16 units
 * @param length how many units it covers, at least 1 unless the text ends there
 * @param message what is wrong and what is allowed
 * @param suggestion what was perhaps meant, as it would be written; null = no idea
 * @param finding which kind of guess; {@link Finding#OTHER} for what is wrong
 */
public record ExpressionProblem(
        int offset, int length, String message, @Nullable String suggestion, Finding finding) {
    /**
     * Something wrong.
     *
     * @param offset where it begins
     * @param length how much it covers
     * @param message what is wrong and what is allowed
     * @param suggestion what was perhaps meant; null = no idea
     */
    public ExpressionProblem(int offset, int length, String message, @Nullable String suggestion) {
        this(offset, length, message, suggestion, Finding.OTHER);
    }
}
