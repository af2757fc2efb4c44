package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/** Makes nodes of what the parser reads: looks names up, checks types, and computes what does not depend on facts. */
final class Builder {
    private static final int MAX_LABEL = 200;
    private static final int MAX_NAMES = 40;

    private final String source;
    private final Hidden hidden;
    private final Scope scope;
    private final Problems problems;
    private final Checks checks;
    private final Doubts doubts;
    private final Unknown unknown;
    private final List<Outline.Use> uses = new ArrayList<>();
    private int groups = -1;

    Builder(String source, Scope scope, Problems problems, Hidden hidden) {
        this.source = source;
        this.hidden = hidden;
        this.scope = scope;
        this.problems = problems;
        this.doubts = new Doubts(source, problems);
        this.checks = new Checks(problems, doubts);
        this.unknown = new Unknown(scope, problems);
    }

    /** What is kept of the whole. */
    Outline outline(Operand root) {
        return new Outline(root, List.copyOf(uses), groups);
    }

    Operand plain(Token token) {
        if (token.kind() == Token.Kind.CAPTURE) {
            uses.add(new Outline.Use(Integer.parseInt(token.text()), token.start(), token.end(), groups));
        }
        Node node = switch (token.kind()) {
            case LITERAL -> new Constant(Objects.requireNonNull(token.value()));
            case CAPTURE -> new Nodes.Capture(Integer.parseInt(token.text()));
            default -> new Nodes.Broken();
        };
        return new Operand(node, token.start(), token.end());
    }

    Operand word(Token token) {
        return new Operand(meaning(token), token.start(), token.end());
    }

    private Node meaning(Token token) {
        String name = token.text();
        Value word = scope.words().get(name);
        if (word != null) {
            return new Constant(word);
        }
        if (name.equals("true") || name.equals("false")) {
            return new Constant(Value.of(name.equals("true")), Type.BOOLEAN);
        }
        Variable variable = Names.variable(name);
        if (variable != null && scope.variables().contains(variable)) {
            return new Nodes.Name(variable);
        }
        if (scope.hopIds().contains(name)) {
            problems.guess(
                    Finding.BARE_HOP,
                    token.start(),
                    token.end(),
                    "the bare word " + name + " is read as the next hop '" + name + "'",
                    "'" + name + "'");
            return new Constant(Value.of(name));
        }
        unknown.word(token, variable != null);
        return new Nodes.Broken();
    }

    Operand list(int start, int end, List<Operand> items) {
        return new Operand(folded(new Nodes.ListOf(nodes(items)), items), start, end, new Shape.Listed(items));
    }

    Operand index(Operand list, Operand number, int end) {
        checks.indexed(list, number);
        Node node = folded(new Nodes.Index(list.node(), number.node()), List.of(list, number));
        return new Operand(node, list.start(), end);
    }

    Operand not(int start, Operand operand) {
        doubts.truth(operand);
        Node node = new Nodes.Not(operand.node(), label(operand.start(), operand.end()));
        return new Operand(folded(node, List.of(operand)), start, operand.end(), new Shape.Negated(operand));
    }

    Operand negated(int start, Operand operand) {
        checks.number(operand, "-");
        return new Operand(folded(new Nodes.Negation(operand.node()), List.of(operand)), start, operand.end());
    }

    Operand binary(Token.Kind operator, Operand left, Operand right) {
        checks.binary(operator, left, right);
        Node node = folded(Operation.of(operator, left.node(), right.node()), List.of(left, right));
        return new Operand(node, left.start(), right.end(), new Shape.Compared(operator, left, right));
    }

    /** A chain of && or ||, without the constants at its beginning that decide nothing. */
    Operand chain(Token.Kind operator, List<Operand> operands) {
        boolean decisive = operator == Token.Kind.OR;
        int start = operands.getFirst().start();
        int end = operands.getLast().end();
        doubts.chain(decisive, operands);
        int dropped = 0;
        while (dropped < operands.size() && operands.get(dropped).node() instanceof Constant constant) {
            if (constant.value.truthy() == decisive) {
                Node decided = dropped == 0 ? constant : new Constant(Value.of(decisive), Type.BOOLEAN);
                return new Operand(decided, start, end);
            }
            dropped++;
        }
        if (dropped == operands.size()) {
            return new Operand(new Constant(Value.of(!decisive), Type.BOOLEAN), start, end);
        }
        List<Operand> left = operands.subList(dropped, operands.size());
        List<String> texts = left.stream()
                .map(operand -> label(operand.start(), operand.end()))
                .toList();
        Node chain = new Nodes.Chain(decisive, dropped == 0, texts, nodes(left));
        Operand whole = new Operand(chain, start, end, new Shape.Logic(decisive, List.copyOf(operands)));
        doubts.always(whole);
        return whole;
    }

    Operand call(String name, int start, int end, List<Operand> arguments) {
        Function function = Functions.find(name);
        if (function == null) {
            unknown.function(name, start);
            return new Operand(new Nodes.Broken(), start, end);
        }
        if (!counts(function, start, end, arguments.size())) {
            return new Operand(new Nodes.Broken(), start, end);
        }
        checks.arguments(function, arguments);
        doubts.call(name, arguments);
        Invocation.Context context = new Invocation.Context(scope, problems);
        Node call = function.maker().make(new Invocation(label(start, end), arguments, start, end, context));
        pattern(name, call, arguments);
        Node node = function.folds() ? folded(call, arguments) : call;
        return new Operand(node, start, end, new Shape.Called(name, arguments));
    }

    private void pattern(String name, Node node, List<Operand> arguments) {
        Operand written = arguments.isEmpty() ? null : arguments.getFirst();
        String pattern = written == null ? null : written.literal();
        if (name.equals("matches") && pattern != null && written != null && !(node instanceof Nodes.Broken)) {
            groups = Math.max(
                    groups,
                    PatternDoubts.look(
                            problems, written, pattern, arguments.get(1).node()));
        }
    }

    private boolean counts(Function function, int start, int end, int got) {
        if (got >= function.arity().least() && got <= function.arity().most()) {
            return true;
        }
        String wanted = function.name() + " takes " + function.count() + ", here are " + got;
        problems.add(start, end, wanted + ": " + function.manual().signature());
        return false;
    }

    /** The node's value where all its operands are constant, else the node. */
    private Node folded(Node node, List<Operand> operands) {
        for (Operand operand : operands) {
            if (!(operand.node() instanceof Constant)) {
                return node;
            }
        }
        try {
            Value value = node.evaluate(new Evaluation(Facts.NONE, Lookups.NONE));
            return new Constant(value, node.type() == Type.BOOLEAN ? Type.BOOLEAN : value.type());
        } catch (EvaluationException e) {
            Operand first = operands.getFirst();
            problems.add(first.start(), operands.getLast().end(), e.reason());
            return new Nodes.Broken();
        }
    }

    private static Node[] nodes(List<Operand> operands) {
        List<Node> nodes = new ArrayList<>(operands.size());
        operands.forEach(operand -> nodes.add(operand.node()));
        return nodes.toArray(Node[]::new);
    }

    private String label(int start, int end) {
        String text = hidden.slice(source, start, end).strip();
        return text.length() <= MAX_LABEL ? text : text.substring(0, MAX_LABEL) + "…";
    }

    /** Words the refusal of a name, with what exists. */
    private record Unknown(Scope scope, Problems problems) {
        void word(Token token, boolean elsewhere) {
            String name = token.text();
            TreeSet<String> variables = new TreeSet<>();
            scope.variables().forEach(variable -> variables.add(variable.keyword()));
            TreeSet<String> all = new TreeSet<>(variables);
            all.addAll(scope.words().keySet());
            all.addAll(scope.hopIds());
            String nearest = Names.nearest(name, all);
            StringBuilder message = new StringBuilder();
            if (elsewhere) {
                message.append("the variable ").append(name).append(" is not known to this setting");
            } else if (Functions.exists(name)) {
                message.append(name).append(" is a function and needs its arguments in parentheses");
            } else {
                message.append("unknown word ")
                        .append(name)
                        .append("; a text needs quotes: '")
                        .append(name)
                        .append("'");
            }
            message.append(". Variables here: ").append(variables.isEmpty() ? "none" : some(variables));
            if (!scope.words().isEmpty()) {
                message.append(". Words: ").append(some(scope.words().keySet()));
            }
            if (!scope.hopIds().isEmpty()) {
                message.append(". Next hops: ").append(some(new TreeSet<>(scope.hopIds())));
            }
            problems.add(token.start(), token.end(), message.toString(), nearest);
        }

        private static String some(Collection<String> names) {
            String shown = String.join(", ", names.stream().limit(MAX_NAMES).toList());
            return names.size() > MAX_NAMES ? shown + " and " + (names.size() - MAX_NAMES) + " more" : shown;
        }

        void function(String name, int start) {
            String nearest = Names.nearest(name, Functions.names());
            String hint = nearest == null ? "" : "; did you mean " + nearest + "?";
            problems.add(start, start + name.length(), "unknown function " + name + hint, nearest);
        }
    }
}
