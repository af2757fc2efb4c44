package dev.nexthop.expr;

import java.util.List;

/**
 * A function of the language.
 *
 * @param name its name
 * @param parameters what it takes
 * @param result the type of what it gives
 * @param pure whether equal arguments always give equal results, so that it may be computed when compiled
 * @param body what it does
 */
record Function(String name, List<Parameter> parameters, Type result, boolean pure, Body body) {
    /** What an argument must be. */
    enum Parameter {
        /** Anything. */
        VALUE,
        /** A text, or a number as text; never a list. */
        TEXT,
        /** A number, or a text that is one. */
        NUMBER,
        /** A list. */
        LIST
    }

    /** What a function does. */
    @FunctionalInterface
    interface Body {
        /**
         * Computes the result.
         *
         * @param evaluation what is known
         * @param arguments the arguments, not computed yet, as many as the function has parameters
         * @return the result
         * @throws EvaluationException when an argument or a look-up fails
         */
        Value apply(Evaluation evaluation, Node[] arguments) throws EvaluationException;
    }

    /** A call of a function of the table. */
    static final class Of extends Call {
        private final Function function;
        private final Node[] arguments;

        Of(Function function, String label, Type type, Node... arguments) {
            super(label, type, arguments);
            this.function = function;
            this.arguments = arguments;
        }

        @Override
        Value compute(Evaluation evaluation) throws EvaluationException {
            return function.body.apply(evaluation, arguments);
        }
    }
}
