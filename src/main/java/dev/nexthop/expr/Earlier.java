package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of the rules before one, arranged so that whether they cover another condition is found without comparing each
 * with each: a list of rules may have tens of thousands.
 */
final class Earlier {
    /** How many conditions that are no plain comparisons of texts are kept. */
    private static final int MOST_OTHERS = 50;

    /** How often one of them is tried with a value, for all rules together. */
    private static final int MOST_TRIES = 100_000;

    private final Map<String, Integer> written = new HashMap<>();
    private final Map<Variable, Map<String, Integer>> equal = new EnumMap<>(Variable.class);
    private final Map<Variable, Map<String, Integer>> endings = new EnumMap<>(Variable.class);
    private final List<Other> others = new ArrayList<>();
    private int tries;

    private record Other(int rule, Operand condition) {}

    /** Remembers the condition of a rule. */
    void add(int rule, Expression expression) {
        Operand root = expression.outline().root();
        boolean simple = true;
        for (Operand part : alternatives(root)) {
            String text = canonical(expression, part);
            if (text != null) {
                written.putIfAbsent(text, rule);
            }
            simple &= texts(rule, part);
        }
        if (!simple && others.size() < MOST_OTHERS && !root.node().capturing()) {
            others.add(new Other(rule, root));
        }
    }

    private static List<Operand> alternatives(Operand condition) {
        return condition.shape() instanceof Shape.Logic(boolean or, List<Operand> operands) && or
                ? operands
                : List.of(condition);
    }

    /** Keeps a part that is a comparison with texts; false when it is something else. */
    private boolean texts(int rule, Operand part) {
        Test test = test(part);
        if (test == null) {
            return false;
        }
        Map<Variable, Map<String, Integer>> all = test.ending() ? endings : equal;
        Map<String, Integer> known = all.computeIfAbsent(test.variable(), _ -> new HashMap<>());
        test.texts().forEach(text -> known.putIfAbsent(text, rule));
        return true;
    }

    /** A comparison of a variable with texts: it equals one of them, or ends with the only one. */
    private record Test(Variable variable, boolean ending, List<String> texts) {}

    private static @Nullable Test test(Operand part) {
        return switch (part.shape()) {
            case Shape.Compared(Token.Kind operator, Operand left, Operand right)
            when operator == Token.Kind.EQUAL -> {
                boolean first = left.variable() != null;
                Variable variable = first ? left.variable() : right.variable();
                String text = first ? right.literal() : left.literal();
                yield variable != null && variable.type() == Type.TEXT && text != null
                        ? new Test(variable, false, List.of(text))
                        : null;
            }
            case Shape.Called(String name, List<Operand> arguments)
            when name.equals("in") -> {
                Variable variable = arguments.getFirst().variable();
                List<Value> texts = Truths.texts(arguments.get(1));
                yield variable != null && variable.type() == Type.TEXT && texts != null && !texts.isEmpty()
                        ? new Test(
                                variable,
                                false,
                                texts.stream().map(Value::asText).toList())
                        : null;
            }
            case Shape.Called(String name, List<Operand> arguments)
            when name.equals("ends_with") -> {
                Variable variable = arguments.getFirst().variable();
                String text = arguments.get(1).literal();
                yield variable != null && variable.type() == Type.TEXT && text != null
                        ? new Test(variable, true, List.of(text))
                        : null;
            }
            case Shape.Plain _, Shape.Logic _, Shape.Negated _, Shape.Compared _, Shape.Called _, Shape.Listed _ ->
                null;
        };
    }

    /** The rules that apply whenever this condition is true; empty = sometimes none of them does. */
    Set<Integer> covering(Expression expression) {
        Operand root = expression.outline().root();
        Set<Integer> covering = new LinkedHashSet<>();
        for (Operand part : alternatives(root)) {
            Set<Integer> some = part(expression, part);
            if (some.isEmpty()) {
                return numbers(root);
            }
            covering.addAll(some);
        }
        return covering;
    }

    private Set<Integer> part(Expression expression, Operand part) {
        String text = canonical(expression, part);
        Integer same = text == null ? null : written.get(text);
        if (same != null) {
            return Set.of(same);
        }
        if (part.shape() instanceof Shape.Logic(boolean or, List<Operand> operands) && !or) {
            for (Operand operand : operands) {
                Set<Integer> some = part(expression, operand);
                if (!some.isEmpty()) {
                    return some;
                }
            }
        }
        Test test = test(part);
        return test == null ? Set.of() : texts(test);
    }

    private Set<Integer> texts(Test test) {
        Set<Integer> covering = new HashSet<>();
        for (String text : test.texts()) {
            Integer rule = test.ending()
                    ? null
                    : equal.getOrDefault(test.variable(), Map.of()).get(text);
            rule = rule == null ? ending(test.variable(), text) : rule;
            rule = rule == null && !test.ending() ? other(new Truths.Known(test.variable(), Value.of(text))) : rule;
            if (rule == null) {
                return Set.of();
            }
            covering.add(rule);
        }
        return covering;
    }

    /** A rule for an ending of a text. */
    private @Nullable Integer ending(Variable variable, String text) {
        Map<String, Integer> known = endings.getOrDefault(variable, Map.of());
        if (!known.isEmpty()) {
            for (int i = 0; i < text.length(); i++) {
                Integer rule = known.get(text.substring(i));
                if (rule != null) {
                    return rule;
                }
            }
        }
        return null;
    }

    private @Nullable Integer other(Truths.Known known) {
        for (Other other : others) {
            if (tries++ < MOST_TRIES && Truths.of(other.condition(), known) == Truths.Truth.TRUE) {
                return other.rule();
            }
        }
        return null;
    }

    /** The rules that cover a condition on a number: at every number that makes a difference, one of them applies. */
    private Set<Integer> numbers(Operand root) {
        for (Variable variable : root.node().variables()) {
            boolean tried = tries < MOST_TRIES
                    && variable.type() == Type.INTEGER
                    && !others.isEmpty()
                    && !root.node().capturing()
                    && covers(root, Truths.cases(variable, root), new HashSet<>());
            Set<Integer> covering = new HashSet<>();
            if (tried && covers(root, Truths.cases(variable, everything(root)), covering)) {
                return covering;
            }
        }
        return Set.of();
    }

    /** Whether one of the other rules applies in every case in which the condition may be true. */
    private boolean covers(Operand root, List<Truths.Known> cases, Set<Integer> covering) {
        for (Truths.Known known : cases) {
            if (Truths.of(root, known) != Truths.Truth.FALSE) {
                Integer rule = other(known);
                if (rule == null) {
                    return false;
                }
                covering.add(rule);
            }
        }
        return true;
    }

    /** One condition that mentions all that this one and those before it compare with. */
    private Operand everything(Operand root) {
        List<Operand> all = new ArrayList<>(List.of(root));
        others.forEach(other -> all.add(other.condition()));
        return new Operand(new Nodes.Broken(), 0, 0, new Shape.Logic(true, all));
    }

    /** The text without what does not matter; null = it may have another answer each time. */
    private static @Nullable String canonical(Expression expression, Operand part) {
        String source = expression.text();
        if (part.node().capturing() || Expression.isUnsteady(source)) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        char quote = 0;
        boolean blank = false;
        for (int i = part.start(); i < part.end(); i++) {
            char c = source.charAt(i);
            if (quote == 0 && (Character.isWhitespace(c) || c == '=' && source.startsWith("==", i))) {
                blank |= c != '=';
                continue;
            }
            if (blank && isWord(c) && !text.isEmpty() && isWord(text.charAt(text.length() - 1))) {
                text.append(' ');
            }
            blank = false;
            text.append(c);
            if (c == '\\' && quote != 0 && i + 1 < part.end()) {
                text.append(source.charAt(++i));
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return text.toString();
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '.';
    }
}
