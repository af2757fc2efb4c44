package dev.nexthop.expr;

/** A part of a compiled expression. */
abstract class Node {
    private final Type type;
    private final int depth;

    /** A node above these. */
    Node(Type type, Node... below) {
        this.type = type;
        int deepest = 0;
        for (Node node : below) {
            deepest = Math.max(deepest, node.depth);
        }
        this.depth = deepest + 1;
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
