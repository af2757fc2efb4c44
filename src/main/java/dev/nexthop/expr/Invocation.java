package dev.nexthop.expr;

import java.util.List;
import org.jspecify.annotations.Nullable;

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

    Node[] nodes() {
        return arguments.stream().map(Operand::node).toArray(Node[]::new);
    }

    /** Reports trouble with an argument. */
    Node refuse(Operand argument, String message) {
        return refuse(argument, message, null);
    }

    /** Reports trouble with an argument and what was perhaps meant. */
    Node refuse(Operand argument, String message, @Nullable String suggestion) {
        context.problems.add(argument.start(), argument.end(), message, suggestion);
        return new Nodes.Broken();
    }

    /** Notes that an argument names something outside, when it always names the same. */
    void names(Named.Kind kind, Operand argument) {
        String id = argument.literal();
        if (id != null) {
            context.problems.names(new Named(kind, id, argument.start(), argument.end() - argument.start()));
        }
    }
}
