package dev.nexthop.expr;

import java.util.EnumMap;
import java.util.Map;

/** The binary operators that compute both their sides. */
final class Operation {
    private static final Map<Token.Kind, Computing> COMPUTING = new EnumMap<>(Map.of(
            Token.Kind.PLUS, Arithmetic::add,
            Token.Kind.MINUS, Arithmetic::subtract,
            Token.Kind.TIMES, Arithmetic::multiply,
            Token.Kind.DIVIDE, Arithmetic::divide));

    private static final Map<Token.Kind, Testing> TESTING = new EnumMap<>(Map.of(
            Token.Kind.XOR, (a, b) -> a.truthy() ^ b.truthy(),
            Token.Kind.EQUAL, Comparison::equal,
            Token.Kind.NOT_EQUAL, (a, b) -> !Comparison.equal(a, b),
            Token.Kind.GREATER, (a, b) -> Comparison.order(a, b) > 0,
            Token.Kind.LESS, (a, b) -> Comparison.order(a, b) < 0,
            Token.Kind.AT_LEAST, (a, b) -> Comparison.order(a, b) >= 0,
            Token.Kind.AT_MOST, (a, b) -> Comparison.order(a, b) <= 0));

    private Operation() {}

    /** The node of an operator. */
    static Node of(Token.Kind operator, Node left, Node right) {
        Testing testing = TESTING.get(operator);
        if (testing != null) {
            return new Test(testing, left, right);
        }
        Computing computing = COMPUTING.get(operator);
        if (computing == null) {
            throw new IllegalArgumentException(operator + " is no binary operator");
        }
        return new Compute(computing, typeOf(operator, left, right), left, right);
    }

    private interface Computing {
        Value of(Value left, Value right) throws EvaluationException;
    }

    private interface Testing {
        boolean of(Value left, Value right);
    }

    private static final class Compute extends Node {
        private final Computing operator;
        private final Node left;
        private final Node right;

        Compute(Computing operator, Type type, Node left, Node right) {
            super(type, left, right);
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        @Override
        Value evaluate(Evaluation evaluation) throws EvaluationException {
            return operator.of(left.evaluate(evaluation), right.evaluate(evaluation));
        }
    }

    private static final class Test extends Node {
        private final Testing operator;
        private final Node left;
        private final Node right;

        Test(Testing operator, Node left, Node right) {
            super(Type.BOOLEAN, left, right);
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        @Override
        Value evaluate(Evaluation evaluation) throws EvaluationException {
            return Value.of(test(evaluation));
        }

        @Override
        boolean test(Evaluation evaluation) throws EvaluationException {
            return operator.of(left.evaluate(evaluation), right.evaluate(evaluation));
        }
    }

    private static Type typeOf(Token.Kind operator, Node left, Node right) {
        boolean list = left.type() == Type.ARRAY || right.type() == Type.ARRAY;
        if (operator == Token.Kind.DIVIDE) {
            return Type.REAL;
        }
        if (list && operator != Token.Kind.TIMES) {
            return Type.ARRAY;
        }
        if (operator == Token.Kind.PLUS) {
            boolean texts = left.type() == Type.TEXT && right.type() == Type.TEXT;
            if (texts || makesText(left, right) || makesText(right, left)) {
                return Type.TEXT;
            }
        }
        return number(left, right);
    }

    /** A text that is not empty makes the sum a text, unless the other side may be a list. */
    private static boolean makesText(Node text, Node other) {
        return text instanceof Constant constant
                && constant.value instanceof Value.Text
                && constant.value.truthy()
                && other.type() != Type.ANY;
    }

    private static Type number(Node left, Node right) {
        if (isWhole(left.type()) && isWhole(right.type())) {
            return Type.INTEGER;
        }
        boolean numbers = isNumber(left.type()) && isNumber(right.type());
        return numbers ? Type.REAL : Type.ANY;
    }

    private static boolean isWhole(Type type) {
        return type == Type.INTEGER || type == Type.BOOLEAN;
    }

    private static boolean isNumber(Type type) {
        return isWhole(type) || type == Type.REAL;
    }
}
