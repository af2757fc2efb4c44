package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/**
 * One word of an expression.
 *
 * @param kind what it is
 * @param start where it begins
 * @param end behind its last character
 * @param text a word as written, the number of a capture, else empty
 * @param value the value of a literal; null = no literal
 */
record Token(
        Kind kind,
        int start,
        int end,
        String text,
        @Nullable Value value) {
    /** The kinds of words; binary operators carry their precedence, which is 0 for all others. */
    enum Kind {
        WORD(0, "a name"),
        LITERAL(0, "a value"),
        CAPTURE(0, "a capture"),
        BROKEN(0, "a value"),
        OR(1, "||"),
        AND(2, "&&"),
        XOR(3, "^"),
        EQUAL(4, "="),
        NOT_EQUAL(4, "!="),
        GREATER(5, ">"),
        LESS(5, "<"),
        AT_LEAST(5, ">="),
        AT_MOST(5, "<="),
        PLUS(6, "+"),
        MINUS(6, "-"),
        TIMES(7, "*"),
        DIVIDE(7, "/"),
        NOT(0, "!"),
        OPEN(0, "("),
        CLOSE(0, ")"),
        OPEN_LIST(0, "["),
        CLOSE_LIST(0, "]"),
        COMMA(0, ","),
        END(0, "the end");

        final int precedence;
        final String shown;

        Kind(int precedence, String shown) {
            this.precedence = precedence;
            this.shown = shown;
        }
    }
}
