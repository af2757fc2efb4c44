package dev.nexthop.expr;

/** A value known when the expression was compiled. */
final class Constant extends Node {
    final Value value;
    private final boolean truth;

    Constant(Value value) {
        this(value, value.type());
    }

    Constant(Value value, Type type) {
        super(type);
        this.value = value;
        this.truth = value.truthy();
    }

    @Override
    Value evaluate(Evaluation evaluation) {
        return value;
    }

    @Override
    boolean test(Evaluation evaluation) {
        return truth;
    }
}
