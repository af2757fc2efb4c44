package dev.nexthop.expr;

import java.util.List;

/**
 * A call as it is written.
 *
 * @param label its text
 * @param arguments its arguments, as many as the function allows
 * @param start where it begins
 * @param end behind its closing parenthesis
 * @param context the names and the problems of the expression
 */
record Invocation(String label, List<Operand> arguments, int start, int end, Context context) {
    /**
     * What surrounds the call.
     *
     * @param scope the names that may be used
     * @param problems where trouble goes
     */
    record Context(Scope scope, Problems problems) {}

    Operand argument(int index) {
        return arguments.get(index);
    }

    /** Reports trouble with an argument. */
    Node refuse(Operand argument, String message) {
        context.problems.add(argument.start(), argument.end(), message);
        return new Nodes.Broken();
    }
}
