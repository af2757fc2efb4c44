package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/**
 * A part of an expression and where it is written.
 *
 * @param node what it compiled to
 * @param start where it begins
 * @param end behind its last character
 * @param shape how it is built, for what is asked about it before it is evaluated
 */
record Operand(Node node, int start, int end, Shape shape) {
    /** What is constant needs no shape. */
    Operand {
        shape = node instanceof Constant && !(shape instanceof Shape.Listed) ? Shape.PLAIN : shape;
    }

    Operand(Node node, int start, int end) {
        this(node, start, end, Shape.PLAIN);
    }

    /** The same in parentheses. */
    Operand between(int opening, int closing) {
        return new Operand(node, opening, closing, shape);
    }

    /** The text it always is; null = not a text, or not always the same. */
    @Nullable
    String literal() {
        return node instanceof Constant constant && constant.value instanceof Value.Text(String text) ? text : null;
    }

    /** The value it always has; null = it depends on the facts. */
    @Nullable
    Value constant() {
        return node instanceof Constant constant ? constant.value : null;
    }

    /** The variable that it is; null = it is none. */
    @Nullable
    Variable variable() {
        return node instanceof Nodes.Name name ? name.variable() : null;
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
