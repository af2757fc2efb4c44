package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;

/** The plain parts of expressions: names, lists, indexes and logic. */
final class Nodes {
    private Nodes() {}

    /** Stands where something is wrong, so that the rest can be read. */
    static final class Broken extends Node {
        Broken() {
            super(Type.ANY);
        }

        @Override
        Value evaluate(Evaluation evaluation) {
            return Value.Text.EMPTY;
        }
    }

    /** A variable. */
    static final class Name extends Node {
        private final Variable variable;

        Name(Variable variable) {
            super(variable);
            this.variable = variable;
        }

        Variable variable() {
            return variable;
        }

        String keyword() {
            return variable.keyword();
        }

        @Override
        Value evaluate(Evaluation evaluation) {
            Value value = evaluation.fact(variable);
            if (evaluation.tracing()) {
                evaluation.operand(variable.keyword(), value.describe());
            }
            return value;
        }
    }

    /** {@code $n}. */
    static final class Capture extends Node {
        private final int number;

        Capture(int number) {
            super(Type.TEXT);
            this.number = number;
        }

        String shown() {
            return "$" + number;
        }

        @Override
        Value evaluate(Evaluation evaluation) {
            Value value = evaluation.group(number);
            if (evaluation.tracing()) {
                evaluation.operand(shown(), value.describe());
            }
            return value;
        }
    }

    /** {@code [a, b]}. */
    static final class ListOf extends Node {
        private final Node[] items;

        ListOf(Node... items) {
            super(Type.ARRAY, items);
            this.items = items;
        }

        @Override
        Value evaluate(Evaluation evaluation) throws EvaluationException {
            List<Value> values = new ArrayList<>(items.length);
            for (Node item : items) {
                values.add(item.evaluate(evaluation));
            }
            return new Value.Array(values);
        }
    }

    /** {@code x[n]}; the empty text when there is no such item. */
    static final class Index extends Node {
        private final Node list;
        private final Node number;

        Index(Node list, Node number) {
            super(Type.ANY, list, number);
            this.list = list;
            this.number = number;
        }

        @Override
        Value evaluate(Evaluation evaluation) throws EvaluationException {
            Value from = list.evaluate(evaluation);
            Value at = Numbers.of(number.evaluate(evaluation));
            long index = at instanceof Value.Real(double real) ? (long) real : at instanceof Value.Int(long i) ? i : 0;
            return from instanceof Value.Array(List<Value> items) && index >= 0 && index < items.size()
                    ? items.get((int) index)
                    : Value.Text.EMPTY;
        }
    }

    /** {@code -x}. */
    static final class Negation extends Node {
        private final Node operand;

        Negation(Node operand) {
            super(operand.type() == Type.BOOLEAN ? Type.INTEGER : number(operand.type()), operand);
            this.operand = operand;
        }

        private static Type number(Type type) {
            return type == Type.INTEGER || type == Type.REAL ? type : Type.ANY;
        }

        @Override
        Value evaluate(Evaluation evaluation) throws EvaluationException {
            return Arithmetic.negate(operand.evaluate(evaluation));
        }
    }

    /** {@code !x}. */
    static final class Not extends Node {
        private final Node operand;
        private final String text;

        /**
         * A negation.
         *
         * @param text the operand as written
         */
        Not(Node operand, String text) {
            super(Type.BOOLEAN, operand);
            this.operand = operand;
            this.text = text;
        }

        Node operand() {
            return operand;
        }

        String text() {
            return text;
        }

        @Override
        Value evaluate(Evaluation evaluation) throws EvaluationException {
            return Value.of(!operand.test(evaluation));
        }

        @Override
        boolean test(Evaluation evaluation) throws EvaluationException {
            return !operand.test(evaluation);
        }
    }

    /**
     * A chain of one logical operator. When the first operand decides, it is the value as it is, as in 0.7; otherwise the
     * value is 1 or 0. Operands behind the one that decides are not computed.
     */
    static final class Chain extends Node {
        private final boolean decisive;
        private final Node[] operands;
        private final boolean keepsFirst;
        private final List<String> texts;

        /**
         * A chain.
         *
         * @param decisive the truth that decides: true for or, false for and
         * @param keepsFirst whether the first operand is returned as it is when it decides
         * @param texts the operands as written
         * @param operands at least one
         */
        Chain(boolean decisive, boolean keepsFirst, List<String> texts, Node... operands) {
            super(typeOf(keepsFirst, operands[0].type()), operands);
            this.decisive = decisive;
            this.keepsFirst = keepsFirst;
            this.texts = texts;
            this.operands = operands;
        }

        boolean decisive() {
            return decisive;
        }

        List<String> texts() {
            return texts;
        }

        private static Type typeOf(boolean keepsFirst, Type first) {
            return !keepsFirst || first == Type.BOOLEAN ? Type.BOOLEAN : first == Type.INTEGER ? first : Type.ANY;
        }

        @Override
        Value evaluate(Evaluation evaluation) throws EvaluationException {
            int from = 0;
            if (keepsFirst) {
                Value first = operands[from++].evaluate(evaluation);
                evaluation.judged(operands[0], first.truthy());
                if (first.truthy() == decisive) {
                    return first;
                }
            }
            return Value.of(decided(evaluation, from));
        }

        @Override
        boolean test(Evaluation evaluation) throws EvaluationException {
            return decided(evaluation, 0);
        }

        private boolean decided(Evaluation evaluation, int from) throws EvaluationException {
            for (int i = from; i < operands.length; i++) {
                boolean truth = operands[i].test(evaluation);
                evaluation.judged(operands[i], truth);
                if (truth == decisive) {
                    return decisive;
                }
            }
            return !decisive;
        }
    }
}
