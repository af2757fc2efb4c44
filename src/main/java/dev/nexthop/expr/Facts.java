package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/** What is known about the message, session or attempt that an expression is evaluated for. */
@FunctionalInterface
public interface Facts {
    /** Nothing is known: every variable is the empty text. */
    Facts NONE = variable -> null;

    /**
     * The value of a variable.
     *
     * @param variable the variable
     * @return its value; null = not known here, which evaluates to the empty text
     */
    @Nullable
    Value value(Variable variable);
}
