package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/**
 * A part of an expression and where it is written.
 *
 * @param node what it compiled to
 * @param start where it begins
 * @param end behind its last character
 */
record Operand(Node node, int start, int end) {
    /** The text it always is; null = not a text, or not always the same. */
    @Nullable
    String literal() {
        return node instanceof Constant constant && constant.value instanceof Value.Text(String text) ? text : null;
    }

    /** The text that it always counts as; null = not always the same. */
    @Nullable
    String known() {
        return node instanceof Constant constant ? constant.value.asText() : null;
    }

    boolean broken() {
        return node instanceof Nodes.Broken;
    }
}
