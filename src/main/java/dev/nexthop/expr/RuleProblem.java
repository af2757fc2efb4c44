package dev.nexthop.expr;

/**
 * A problem and the rule it is in.
 *
 * @param rule the index of the rule, from 0
 * @param part which of its expressions
 * @param problem what is wrong, with offsets in that expression's text
 */
public record RuleProblem(int rule, Part part, ExpressionProblem problem) {
    /** An expression of a rule. */
    public enum Part {
        /** The condition. */
        IF,
        /** The value, also that of {@code else} and of a setting that is one expression. */
        THEN
    }
}
