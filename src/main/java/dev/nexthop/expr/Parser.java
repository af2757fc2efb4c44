package dev.nexthop.expr;

/** Stands in while the language is built. */
final class Parser {
    private Parser() {}

    static Compiled compile(String source, Scope scope) {
        return scope.words().containsKey(source)
                ? new Compiled.Ok(Expression.constant(Value.of(source)), java.util.List.of())
                : new Compiled.Failed(
                        java.util.List.of(new ExpressionProblem(0, source.length(), "the parser comes next", null)));
    }
}
