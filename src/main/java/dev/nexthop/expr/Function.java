package dev.nexthop.expr;

import java.util.List;

/**
 * A function of the language.
 *
 * @param manual what people are told of it
 * @param arity what it takes
 * @param pure whether it asks and tells nothing outside the message
 * @param folds whether a call with constant arguments is itself constant
 * @param maker what compiles a call
 */
record Function(Manual manual, Arity arity, boolean pure, boolean folds, Maker maker) {
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

    /**
     * What a function takes.
     *
     * @param parameters what each argument must be; the last one also counts for those behind it
     * @param least the fewest arguments
     * @param most the most
     */
    record Arity(List<Parameter> parameters, int least, int most) {}

    /** Compiles a call. */
    @FunctionalInterface
    interface Maker {
        /**
         * Compiles a call, or says what is wrong with it.
         *
         * @param call the call, with as many arguments as the function allows
         * @return what computes it
         */
        Node make(Invocation call);
    }

    /** What a function does. */
    @FunctionalInterface
    interface Body {
        /**
         * Computes the result.
         *
         * @param evaluation what is known
         * @param arguments the arguments, not computed yet, as many as were written
         * @return the result
         * @throws EvaluationException when an argument or a look-up fails
         */
        Value apply(Evaluation evaluation, Node[] arguments) throws EvaluationException;
    }

    /** The type of what a call gives. */
    @FunctionalInterface
    interface Typing {
        /**
         * The type of a call.
         *
         * @param arguments its arguments
         * @return the type
         */
        Type of(List<Operand> arguments);
    }

    /** A function of values, computed when it is compiled where all its arguments are known. */
    static Function of(String signature, Type result, Body body, Parameter... parameters) {
        return of(signature, _ -> result, body, parameters);
    }

    /** The same, for a result whose type depends on the arguments. */
    static Function of(String signature, Typing typing, Body body, Parameter... parameters) {
        Maker maker = call -> new Of(body, call.label(), typing.of(call.arguments()), call.nodes());
        return form(signature, maker, parameters).folding();
    }

    /** A function that compiles its own calls. */
    static Function form(String signature, Maker maker, Parameter... parameters) {
        Arity arity = new Arity(List.of(parameters), parameters.length, parameters.length);
        return new Function(Manual.of(signature, ""), arity, true, false, maker);
    }

    /** The same with so many arguments that may be left out. */
    Function optional(int count) {
        return new Function(manual, new Arity(arity.parameters, arity.least - count, arity.most), pure, folds, maker);
    }

    /** The same with any number of further arguments. */
    Function more() {
        return new Function(manual, new Arity(arity.parameters, arity.least, Integer.MAX_VALUE), pure, folds, maker);
    }

    /** The same, asking or telling something outside: never computed when it is compiled. */
    Function outside() {
        return new Function(manual, arity, false, false, maker);
    }

    /** The same, whose value depends on its arguments alone. */
    Function folding() {
        return new Function(manual, arity, pure, true, maker);
    }

    /** The same with its manual. */
    Function says(String prose, String... examples) {
        return new Function(Manual.of(manual.signature(), prose, examples), arity, pure, folds, maker);
    }

    String name() {
        return manual.name();
    }

    Parameter parameter(int index) {
        return arity.parameters.get(Math.min(index, arity.parameters.size() - 1));
    }

    /** How many arguments it takes, for people. */
    String count() {
        String wanted = arity.least == arity.most
                ? Integer.toString(arity.least)
                : arity.most == Integer.MAX_VALUE ? arity.least + " or more" : arity.least + " or " + arity.most;
        return wanted + (wanted.equals("1") ? " argument" : " arguments");
    }

    /** A call of a function that only computes. */
    static final class Of extends Call {
        private final Body body;
        private final Node[] arguments;

        Of(Body body, String label, Type type, Node... arguments) {
            super(label, type, arguments);
            this.body = body;
            this.arguments = arguments;
        }

        @Override
        Value compute(Evaluation evaluation) throws EvaluationException {
            return body.apply(evaluation, arguments);
        }
    }
}
