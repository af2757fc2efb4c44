package dev.nexthop.expr;

import java.util.List;

/** What came of the text of an expression. */
public sealed interface Compiled {
    /**
     * It can be evaluated.
     *
     * @param expression the expression
     * @param guesses what was read in a way the writer may not have meant; the configuration's lint shows them
     */
    record Ok(Expression expression, List<ExpressionProblem> guesses) implements Compiled {}

    /**
     * It cannot.
     *
     * @param problems why, at least one, in the order of the text
     */
    record Failed(List<ExpressionProblem> problems) implements Compiled {}
}
