package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds what can be evaluated but hardly means what its writer meant: the traps of coercions and of values that never occur. */
final class Doubts {
    private static final Set<Token.Kind> EQUALITIES = EnumSet.of(Token.Kind.EQUAL, Token.Kind.NOT_EQUAL);
    private static final Pattern DURATION = Pattern.compile("\\d+(ms|s|m|h|d)");
    private static final int MOST_SUGGESTED = 300;

    /** How many characters of chains are tried with the values they name; hostile text could nest without end. */
    private static final int MOST_WORK = 20_000;

    private final String source;
    private final Problems problems;
    private int work;

    Doubts(String source, Problems problems) {
        this.source = source;
        this.problems = problems;
    }

    private String text(Operand operand) {
        return source.substring(operand.start(), operand.end());
    }

    /** An operand that is only asked for its truth. */
    void truth(Operand operand) {
        String text = operand.literal();
        if (text != null && !text.isEmpty()) {
            problems.guess(
                    Finding.TEXT_AS_TRUTH,
                    operand,
                    "a text that is not empty always counts as true, whatever it says",
                    text.equals("true") || text.equals("false") ? text : null);
        }
    }

    /** The operands of && or ||, as they are written. */
    void chain(boolean or, List<Operand> operands) {
        int from = operands.getFirst().start();
        int to = operands.getLast().end();
        if (or && operands.stream().allMatch(Doubts::isText)) {
            problems.guess(
                    Finding.TEXT_CHOICE,
                    from,
                    to,
                    "this is always " + text(operands.getFirst()) + ": || does not choose between texts",
                    suggestion("in " + list(operands)));
            return;
        }
        Type first = operands.getFirst().node().type();
        boolean value = or && first != Type.BOOLEAN && first != Type.INTEGER && isText(operands.getLast());
        if (value) {
            shortCircuit(operands, true, from, to);
            return;
        }
        Operand compared = null;
        List<Operand> choice = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            Operand operand = operands.get(i);
            if (operand.shape() instanceof Shape.Compared(Token.Kind operator, Operand left, Operand right)
                    && operator == Token.Kind.EQUAL
                    && isText(right)) {
                compared = left;
                choice = new ArrayList<>(List.of(right));
            } else if (or && isText(operand) && compared != null) {
                choice.add(operand);
                choice(operand, compared, choice);
            } else {
                truth(operand);
                decides(or, i, operand);
            }
        }
    }

    /** A chain whose truth does not depend on the message, such as {@code x = 'a' && x = 'b'}. */
    void always(Operand chain) {
        work += (chain.end() - chain.start()) * chain.node().variables().size();
        boolean value = chain.node().type() == Type.ANY && problems.has(Finding.SHORT_CIRCUIT);
        if (work > MOST_WORK || value || problems.decided(chain.start(), chain.end())) {
            return;
        }
        Truths.Truth truth = Truths.always(chain);
        if (truth != Truths.Truth.OPEN) {
            boolean always = truth == Truths.Truth.TRUE;
            problems.guess(
                    Finding.IMPOSSIBLE,
                    chain,
                    always
                            ? "one of these is true whatever the value, so this is always true"
                            : "no value fits all of these, so this is never true",
                    null);
        }
    }

    private static boolean isText(Operand operand) {
        String text = operand.literal();
        return text != null && !text.isEmpty();
    }

    private void choice(Operand operand, Operand compared, List<Operand> choice) {
        problems.guess(
                Finding.TEXT_CHOICE,
                operand,
                "this text is not compared with " + text(compared) + "; alone it always counts as true",
                suggestion(text(compared) + " in " + list(choice)));
    }

    /** A part that is constant and decides the whole, behind parts that are not. */
    private void decides(boolean or, int index, Operand operand) {
        Value value = operand.constant();
        if (index > 0 && value != null && !(value instanceof Value.Text) && value.truthy() == or) {
            problems.guess(
                    Finding.CONSTANT_CONDITION,
                    operand,
                    "this part is always " + or + ", and so is the whole " + (or ? "||" : "&&"),
                    null);
        }
    }

    private String list(List<Operand> operands) {
        return "[" + String.join(", ", operands.stream().map(this::text).toList()) + "]";
    }

    private static @Nullable String suggestion(String text) {
        return text.length() > MOST_SUGGESTED ? null : text;
    }

    /** A value that is made with || or && of something that is not a truth value. */
    void shortCircuit(Operand operand) {
        if (operand.shape() instanceof Shape.Logic(boolean or, List<Operand> operands)
                && operand.node().type() == Type.ANY) {
            int from = operands.getFirst().start();
            shortCircuit(operands, or, from, operands.getLast().end());
        }
    }

    private void shortCircuit(List<Operand> operands, boolean or, int from, int to) {
        String first = text(operands.getFirst());
        problems.guess(
                Finding.SHORT_CIRCUIT,
                from,
                to,
                "this is the value of " + first + " where that counts as " + or
                        + ", and otherwise 1 or 0, never the value on its right",
                or && operands.size() == 2
                        ? suggestion("if_then(" + first + ", " + first + ", " + text(operands.get(1)) + ")")
                        : null);
    }

    void comparison(Token.Kind operator, Operand left, Operand right) {
        Type a = left.node().type();
        Type b = right.node().type();
        boolean list = (a == Type.ARRAY) != (b == Type.ARRAY) && a != Type.ANY && b != Type.ANY;
        if (list) {
            problems.guess(
                    Finding.LIST_SCALAR,
                    left.start(),
                    right.end(),
                    "a list is compared with a single value: never equal, and a list is always the greater",
                    EQUALITIES.contains(operator) ? "contains(list, value)" : null);
            return;
        }
        one(operator, left, right);
        one(mirrored(operator), right, left);
    }

    /** What one side says of the other, which is behind the operator. */
    private void one(Token.Kind operator, Operand side, Operand other) {
        Variable variable = side.variable();
        Value value = other.constant();
        if (variable == null || value == null) {
            textAgainstNumber(other, side.node().type());
        } else if (variable.content().isNumber()) {
            number(operator, variable, other);
        } else if (value instanceof Value.Text(String text)) {
            if (EQUALITIES.contains(operator)) {
                impossible(other, Possible.equal(variable, text), operator == Token.Kind.NOT_EQUAL);
            }
        } else if (variable.type() == Type.TEXT) {
            problems.guess(
                    Finding.TEXT_NUMBER,
                    other,
                    variable.keyword() + " is a text; beside a number it counts as the number it spells, or as 0",
                    value instanceof Value.Int ? "'" + text(other) + "'" : null);
        }
    }

    private static Token.Kind mirrored(Token.Kind operator) {
        return switch (operator) {
            case GREATER -> Token.Kind.LESS;
            case LESS -> Token.Kind.GREATER;
            case AT_LEAST -> Token.Kind.AT_MOST;
            case AT_MOST -> Token.Kind.AT_LEAST;
            default -> operator;
        };
    }

    private void textAgainstNumber(Operand operand, Type other) {
        String text = operand.literal();
        boolean number = other == Type.INTEGER || other == Type.REAL || other == Type.BOOLEAN;
        if (number && text != null && Numbers.parse(text) == null) {
            problems.guess(
                    Finding.TEXT_NUMBER,
                    operand,
                    "this text is compared with a number and counts as 0, because it is not one",
                    null);
        }
    }

    private void number(Token.Kind operator, Variable variable, Operand other) {
        textAgainstNumber(other, variable.type());
        if (!(other.constant() instanceof Value.Int || other.constant() instanceof Value.Real)) {
            return;
        }
        String written = text(other);
        if (variable.content().form() == Content.Form.COUNT
                && DURATION.matcher(written).matches()) {
            String unit = variable == Variable.EXPIRES_IN ? "seconds" : variable == Variable.SIZE ? "octets" : "";
            long millis = Numbers.durationMillis(written);
            problems.guess(
                    Finding.DURATION,
                    other,
                    written + " is " + millis + ", a number of milliseconds; " + variable.keyword()
                            + (unit.isEmpty() ? " is not a duration" : " is in " + unit),
                    unit.equals("seconds") ? Long.toString(millis / 1000) : null);
            return;
        }
        Boolean always = Possible.always(variable, operator, other.constant());
        if (always != null) {
            Content content = variable.content();
            String bounds = content.most() == Long.MAX_VALUE || content.most() == Integer.MAX_VALUE
                    ? "at least " + content.least()
                    : "from " + content.least() + " to " + content.most();
            impossible(other, new Possible.Doubt(variable.keyword() + " is " + bounds, null), always);
        }
    }

    private void impossible(Operand operand, Possible.@Nullable Doubt doubt, boolean always) {
        if (doubt != null) {
            problems.guess(
                    Finding.IMPOSSIBLE,
                    operand,
                    doubt.message() + ", so this is " + (always ? "always" : "never") + " true",
                    doubt.suggestion());
        }
    }

    /** The arguments of a function that compares. */
    void call(String name, List<Operand> arguments) {
        if (arguments.size() != 2) {
            return;
        }
        Operand first = arguments.get(0);
        Operand second = arguments.get(1);
        switch (name) {
            case "in" -> among(first, second);
            case "contains" -> {
                among(second, first);
                within(first, second);
            }
            case "eq_ignore_case" -> {
                ignoringCase(first, second);
                ignoringCase(second, first);
            }
            case "starts_with" -> {
                if (first.variable() != null && second.literal() != null) {
                    impossible(second, Possible.part(first.variable(), second.literal()), false);
                }
            }
            case "ends_with" -> ending(first, second);
            default -> {
                // Says nothing about which values can occur.
            }
        }
    }

    /** Whether a list holds a value: each of its items is compared. */
    private void among(Operand value, Operand list) {
        List<Operand> items = list.shape() instanceof Shape.Listed listed ? listed.items() : List.of();
        Variable variable = value.variable();
        if (variable != null && variable.type() == Type.TEXT) {
            for (Operand item : items) {
                String text = item.literal();
                if (text != null) {
                    impossible(item, Possible.equal(variable, text), false);
                }
            }
        }
        Variable all = list.variable();
        if (all != null && all.type() == Type.ARRAY && value.literal() != null) {
            impossible(value, Possible.equal(all, value.literal()), false);
        }
    }

    private void within(Operand whole, Operand part) {
        Variable variable = whole.variable();
        if (variable != null && variable.type() == Type.TEXT && part.literal() != null) {
            impossible(part, Possible.part(variable, part.literal()), false);
        }
    }

    private void ignoringCase(Operand side, Operand other) {
        Variable variable = side.variable();
        if (variable != null && other.literal() != null) {
            impossible(other, Possible.equal(variable, TextFunctions.lower(other.literal())), false);
        }
    }

    private void ending(Operand whole, Operand end) {
        Variable variable = whole.variable();
        String text = end.literal();
        if (variable == null || text == null || text.isEmpty()) {
            return;
        }
        Possible.Doubt doubt = Possible.part(variable, text);
        impossible(end, doubt, false);
        Content.Form form = variable.content().form();
        boolean name = form == Content.Form.ADDRESS || form == Content.Form.DOMAIN;
        if (doubt == null && name && text.indexOf('.') > 0 && Character.isLetterOrDigit(text.charAt(0))) {
            problems.guess(
                    Finding.UNANCHORED,
                    end,
                    "also true for other domains that end so, such as not" + text,
                    form == Content.Form.ADDRESS ? "'@" + text + "'" : "'." + text + "'");
        }
    }
}
