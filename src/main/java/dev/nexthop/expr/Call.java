package dev.nexthop.expr;

/** A call of a function; a trace shows its result under the call's own text. */
abstract class Call extends Node {
    private final String label;

    Call(String label, Type type, Node... arguments) {
        super(type, arguments);
        this.label = label;
    }

    abstract Value compute(Evaluation evaluation) throws EvaluationException;

    @Override
    final Value evaluate(Evaluation evaluation) throws EvaluationException {
        Value value = compute(evaluation);
        if (evaluation.tracing()) {
            boolean truth = type() == Type.BOOLEAN;
            evaluation.operand(label, truth ? Boolean.toString(value.truthy()) : value.describe());
        }
        return value;
    }

    /** The call as written. */
    final String label() {
        return label;
    }
}
