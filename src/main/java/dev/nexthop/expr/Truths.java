package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The truth of a condition when one variable is known and nothing else: true, false, or open. A part that reads only that
 * variable is simply evaluated.
 */
final class Truths {
    /** How many values of one variable are tried. */
    private static final int MOST = 200;

    private static final Set<Token.Kind> COMPARISONS = EnumSet.of(
            Token.Kind.EQUAL,
            Token.Kind.NOT_EQUAL,
            Token.Kind.GREATER,
            Token.Kind.LESS,
            Token.Kind.AT_LEAST,
            Token.Kind.AT_MOST);

    private Truths() {}

    /** True, false, or not known. */
    enum Truth {
        TRUE,
        FALSE,
        OPEN;

        static Truth of(boolean truth) {
            return truth ? TRUE : FALSE;
        }

        Truth opposite() {
            return switch (this) {
                case TRUE -> FALSE;
                case FALSE -> TRUE;
                case OPEN -> OPEN;
            };
        }
    }

    /**
     * What is known.
     *
     * @param variable of which variable
     * @param value its value; null = a text that none of the conditions names
     */
    record Known(Variable variable, @Nullable Value value) {}

    static Truth of(Operand condition, Known known) {
        return switch (condition.shape()) {
            case Shape.Logic(boolean or, List<Operand> operands) -> chain(or, operands, known);
            case Shape.Negated(Operand operand) -> of(operand, known).opposite();
            case Shape.Compared compared ->
                known.value() == null ? other(compared, known) : evaluated(condition, known);
            case Shape.Called(String name, List<Operand> arguments) ->
                known.value() != null
                        ? evaluated(condition, known)
                        : name.equals("in")
                                        && arguments.getFirst().variable() == known.variable()
                                        && texts(arguments.get(1)) != null
                                ? Truth.FALSE
                                : Truth.OPEN;
            case Shape.Plain _, Shape.Listed _ -> evaluated(condition, known);
        };
    }

    private static Truth chain(boolean or, List<Operand> operands, Known known) {
        Truth all = Truth.of(!or);
        for (Operand operand : operands) {
            Truth one = of(operand, known);
            if (one == Truth.of(or)) {
                return one;
            }
            all = one == Truth.OPEN ? one : all;
        }
        return all;
    }

    private static Truth evaluated(Operand part, Known known) {
        Value constant = part.constant();
        if (constant != null) {
            return Truth.of(constant.truthy());
        }
        Value value = known.value();
        Node node = part.node();
        boolean alone =
                node.variables().size() == 1 && node.variables().contains(known.variable()) && !node.capturing();
        boolean number = known.variable().type() == Type.INTEGER;
        if (value == null || !alone || number && !isBound(part, known.variable())) {
            return Truth.OPEN;
        }
        try {
            return Truth.of(node.test(new Evaluation(_ -> value, Lookups.NONE)));
        } catch (EvaluationException e) {
            // It asks somebody, who may say anything.
            return Truth.OPEN;
        }
    }

    /** A comparison where the variable is a text that no condition names. */
    private static Truth other(Shape.Compared compared, Known known) {
        boolean named = names(compared.left(), compared.right(), known.variable())
                || names(compared.right(), compared.left(), known.variable());
        if (!named) {
            return Truth.OPEN;
        }
        return switch (compared.operator()) {
            case EQUAL -> Truth.FALSE;
            case NOT_EQUAL -> Truth.TRUE;
            default -> Truth.OPEN;
        };
    }

    private static boolean names(Operand side, Operand other, Variable variable) {
        return side.variable() == variable && other.literal() != null;
    }

    /** A comparison of a number with a constant: its truth changes only around that constant. */
    private static boolean isBound(Operand part, Variable variable) {
        return part.shape() instanceof Shape.Compared(Token.Kind operator, Operand left, Operand right)
                && COMPARISONS.contains(operator)
                && (left.variable() == variable && right.constant() instanceof Value.Int
                        || right.variable() == variable && left.constant() instanceof Value.Int);
    }

    /** The texts of a list of texts; null = it is something else. */
    static @Nullable List<Value> texts(Operand list) {
        return list.constant() instanceof Value.Array(List<Value> items)
                        && items.stream().allMatch(Value.Text.class::isInstance)
                ? items
                : null;
    }

    /**
     * Every case of a variable that can make a difference to a condition: the texts it is compared with and all others, or the
     * numbers around those it is compared with.
     *
     * @return the cases; empty = too many, or the variable is a list
     */
    static List<Known> cases(Variable variable, Operand condition) {
        Content content = variable.content();
        Set<Value> values = new LinkedHashSet<>();
        if (variable.type() != Type.TEXT && variable.type() != Type.INTEGER) {
            return List.of();
        }
        if (content.words().isEmpty()) {
            mentioned(condition, variable, values);
            values = content.isNumber() ? around(values, content) : values;
        } else {
            values.addAll(content.words().stream().map(Value::of).toList());
        }
        boolean open = variable.type() == Type.TEXT && content.words().isEmpty();
        List<Known> cases = new ArrayList<>();
        values.forEach(value -> cases.add(new Known(variable, value)));
        if (open) {
            cases.add(new Known(variable, null));
        }
        return cases.size() > MOST ? List.of() : cases;
    }

    private static Set<Value> around(Set<Value> values, Content content) {
        TreeSet<Long> numbers = new TreeSet<>(Set.of(content.least(), content.most()));
        for (Value value : values) {
            if (value instanceof Value.Int(long number)) {
                numbers.add(number);
                numbers.add(Math.max(number, Long.MIN_VALUE + 1) - 1);
                numbers.add(Math.min(number, Long.MAX_VALUE - 1) + 1);
            }
        }
        Set<Value> all = new LinkedHashSet<>();
        numbers.subSet(content.least(), true, content.most(), true).forEach(number -> all.add(Value.of(number)));
        return all;
    }

    /** The constants that a variable is compared with. */
    static void mentioned(Operand condition, Variable variable, Set<Value> values) {
        switch (condition.shape()) {
            case Shape.Logic(boolean _, List<Operand> operands) ->
                operands.forEach(operand -> mentioned(operand, variable, values));
            case Shape.Negated(Operand operand) -> mentioned(operand, variable, values);
            case Shape.Compared(Token.Kind _, Operand left, Operand right) -> {
                Value constant = left.variable() == variable ? right.constant() : left.constant();
                boolean about = left.variable() == variable || right.variable() == variable;
                if (about && (constant instanceof Value.Int || constant instanceof Value.Text)) {
                    values.add(constant);
                }
            }
            case Shape.Called(String name, List<Operand> arguments) -> {
                List<Value> texts = name.equals("in") ? texts(arguments.get(1)) : null;
                if (texts != null && arguments.getFirst().variable() == variable) {
                    values.addAll(texts);
                }
            }
            case Shape.Plain _, Shape.Listed _ -> {
                // Compares nothing.
            }
        }
    }

    /** The truth that a condition has in every case of one of its variables; open = there is none such. */
    static Truth always(Operand condition) {
        for (Variable variable : condition.node().variables()) {
            List<Known> cases = cases(variable, condition);
            Truth all = cases.isEmpty() ? Truth.OPEN : of(condition, cases.getFirst());
            for (Known known : cases) {
                all = all == Truth.OPEN || of(condition, known) != all ? Truth.OPEN : all;
            }
            if (all != Truth.OPEN) {
                return all;
            }
        }
        return Truth.OPEN;
    }
}
