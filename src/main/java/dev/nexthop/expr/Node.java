package dev.nexthop.expr;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A part of a compiled expression. */
abstract class Node {
    private final Type type;
    private final int depth;
    private final Set<Variable> variables;
    private final boolean capturing;
    private final List<Node> below;

    /** A node above these. */
    Node(Type type, Node... below) {
        this.type = type;
        this.below = List.of(below);
        int deepest = 0;
        boolean any = false;
        Set<Variable> read = Set.of();
        for (Node node : below) {
            deepest = Math.max(deepest, node.depth);
            read = union(read, node.variables);
            any |= node.capturing || node instanceof Nodes.Capture;
        }
        this.capturing = any;
        this.depth = deepest + 1;
        this.variables = read;
    }

    /** Most nodes read what one below them reads: the same set serves both. */
    private static Set<Variable> union(Set<Variable> some, Set<Variable> more) {
        if (some.containsAll(more)) {
            return some;
        }
        if (more.containsAll(some)) {
            return more;
        }
        EnumSet<Variable> all = EnumSet.copyOf(some);
        all.addAll(more);
        return Collections.unmodifiableSet(all);
    }

    /** A variable. */
    Node(Variable variable) {
        this.type = variable.type();
        this.depth = 1;
        this.capturing = false;
        this.variables = Set.of(variable);
        this.below = List.of();
    }

    /** The nodes directly below, in the order of the text. */
    final List<Node> below() {
        return below;
    }

    /** Whether a part of it is a capture, whose value depends on what was evaluated before. */
    final boolean capturing() {
        return capturing || this instanceof Nodes.Capture;
    }

    /** Every variable that evaluation may read. */
    final Set<Variable> variables() {
        return variables;
    }

    final Type type() {
        return type;
    }

    /** How many nodes are above one another at most: the stack that evaluation takes. */
    final int depth() {
        return depth;
    }

    abstract Value evaluate(Evaluation evaluation) throws EvaluationException;

    boolean test(Evaluation evaluation) throws EvaluationException {
        return evaluate(evaluation).truthy();
    }
}
