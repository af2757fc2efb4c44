package dev.nexthop.expr;

import java.util.List;

/** How a part of an expression is built, as far as conditions can be compared by it. */
sealed interface Shape {
    /** Nothing is known. */
    Shape PLAIN = new Plain();

    /** Nothing is known. */
    record Plain() implements Shape {}

    /**
     * A chain.
     *
     * @param or whether one operand suffices
     * @param operands all of them, also the constant ones
     */
    record Logic(boolean or, List<Operand> operands) implements Shape {}

    /**
     * The opposite.
     *
     * @param operand of what
     */
    record Negated(Operand operand) implements Shape {}

    /**
     * A comparison.
     *
     * @param operator how
     * @param left the one side
     * @param right the other
     */
    record Compared(Token.Kind operator, Operand left, Operand right) implements Shape {}

    /**
     * A call.
     *
     * @param name of which function
     * @param arguments with what
     */
    record Called(String name, List<Operand> arguments) implements Shape {}

    /**
     * A list.
     *
     * @param items what it holds
     */
    record Listed(List<Operand> items) implements Shape {}
}
