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

    Checks(Problems problems) {
        this.problems = problems;
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
            comparison(operator, left, right);
        } else if (operator == Token.Kind.XOR) {
            truth(left);
            truth(right);
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

    /** An operand that is only asked for its truth. */
    void truth(Operand operand) {
        String text = operand.literal();
        if (text != null && !text.isEmpty()) {
            problems.guess(
                    operand.start(),
                    operand.end(),
                    "a text that is not empty always counts as true, whatever it says",
                    text.equals("true") || text.equals("false") ? text : null);
        }
    }

    private void comparison(Token.Kind operator, Operand left, Operand right) {
        Type a = left.node().type();
        Type b = right.node().type();
        boolean list = (a == Type.ARRAY) != (b == Type.ARRAY) && a != Type.ANY && b != Type.ANY;
        if (list) {
            problems.guess(
                    left.start(),
                    right.end(),
                    "a list is compared with a single value: never equal, and a list is always the greater",
                    EQUALITIES.contains(operator) ? "contains(list, value)" : null);
        }
        textAgainstNumber(left, b);
        textAgainstNumber(right, a);
    }

    private void textAgainstNumber(Operand operand, Type other) {
        String text = operand.literal();
        boolean number = other == Type.INTEGER || other == Type.REAL || other == Type.BOOLEAN;
        if (number && text != null && Numbers.parse(text) == null) {
            problems.guess(
                    operand.start(),
                    operand.end(),
                    "this text is compared with a number and counts as 0, because it is not one",
                    null);
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
