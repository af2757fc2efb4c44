package dev.nexthop.expr;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Finds operators and arguments whose types cannot fit, before anything is evaluated. */
final class Checks {
    private static final Set<Token.Kind> ORDERS =
            EnumSet.of(Token.Kind.GREATER, Token.Kind.LESS, Token.Kind.AT_LEAST, Token.Kind.AT_MOST);
    private static final Set<Token.Kind> EQUALITIES = EnumSet.of(Token.Kind.EQUAL, Token.Kind.NOT_EQUAL);

    private final Problems problems;
    private final Doubts doubts;

    Checks(Problems problems, Doubts doubts) {
        this.problems = problems;
        this.doubts = doubts;
    }

    void binary(Token.Kind operator, Operand left, Operand right) {
        if (left.broken() || right.broken()) {
            return;
        }
        if (operator == Token.Kind.TIMES || operator == Token.Kind.DIVIDE) {
            number(left, operator.shown);
            number(right, operator.shown);
        } else if (operator == Token.Kind.MINUS
                && left.node().type() != Type.ARRAY
                && right.node().type() != Type.ARRAY
                && left.node().type() != Type.ANY
                && right.node().type() != Type.ANY) {
            number(left, operator.shown);
            number(right, operator.shown);
        } else if (ORDERS.contains(operator) || EQUALITIES.contains(operator)) {
            doubts.comparison(operator, left, right);
        } else if (operator == Token.Kind.XOR) {
            doubts.truth(left);
            doubts.truth(right);
        }
        if (operator != Token.Kind.XOR) {
            doubts.shortCircuit(left);
            doubts.shortCircuit(right);
        }
    }

    /** An operand that must be a number. */
    void number(Operand operand, String operator) {
        String text = operand.literal();
        if (operand.node().type() == Type.ARRAY) {
            problems.add(operand.start(), operand.end(), "a list cannot be a number, which " + operator + " needs");
        } else if (text != null && Numbers.parse(text) == null) {
            problems.add(operand.start(), operand.end(), "this text is not a number, which " + operator + " needs");
        }
    }

    /** The operand of an index. */
    void indexed(Operand list, Operand number) {
        Type type = list.node().type();
        if (type != Type.ARRAY && type != Type.ANY) {
            problems.add(list.start(), list.end(), "only a list has items; this is a " + type.noun());
        }
        number(number, "an index");
    }

    void arguments(Function function, List<Operand> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            argument(function, i, arguments.get(i));
        }
    }

    private void argument(Function function, int index, Operand argument) {
        String which = "argument " + (index + 1) + " of " + function.name();
        Type type = argument.node().type();
        switch (function.parameter(index)) {
            case VALUE -> {
                // Everything is allowed.
            }
            case NUMBER -> number(argument, which);
            case TEXT -> {
                doubts.shortCircuit(argument);
                if (type == Type.ARRAY) {
                    problems.add(argument.start(), argument.end(), which + " must be a text, this is a list");
                }
            }
            case LIST -> {
                if (type != Type.ARRAY && type != Type.ANY) {
                    problems.add(argument.start(), argument.end(), which + " must be a list, this is a " + type.noun());
                }
            }
        }
    }
}
