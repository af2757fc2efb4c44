package dev.nexthop.expr;

import java.util.Arrays;
import java.util.List;

/**
 * What the manual says of a function. {@code docs/expressions.md} is made of it, and a test executes every example.
 *
 * @param signature the name and, in parentheses, the names of the parameters; optional ones in brackets
 * @param prose one sentence
 * @param examples at least one
 */
record Manual(String signature, String prose, List<Example> examples) {
    private static final String ARROW = " → ";

    /**
     * An expression and what it gives for the message that the manual describes.
     *
     * @param expression the expression
     * @param value its value as it would be written; {@code true} and {@code false} for 1 and 0
     */
    record Example(String expression, String value) {}

    /** Reads examples of the form {@code len('é') → 2}. */
    static Manual of(String signature, String prose, String... examples) {
        return new Manual(
                signature, prose, Arrays.stream(examples).map(Manual::example).toList());
    }

    private static Example example(String text) {
        int arrow = text.lastIndexOf(ARROW);
        return new Example(text.substring(0, arrow), text.substring(arrow + ARROW.length()));
    }

    /** The name that is called. */
    String name() {
        return signature.substring(0, signature.indexOf('('));
    }
}
