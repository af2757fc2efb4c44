package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/** An expression has no usable value this time; the caller must decide what that means, and never by accident. */
public final class EvaluationException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why there is no value. */
    public enum Kind {
        /** A directory or store could not answer. */
        LOOKUP,
        /** The value cannot be one of the setting's type. */
        WRONG_TYPE,
        /** A text or list grew beyond what an expression may hold. */
        TOO_LARGE
    }

    private final Kind kind;
    private final int rule;
    private final String at;
    private final String reason;

    private EvaluationException(Kind kind, String reason, int rule, String at, @Nullable Throwable cause) {
        super(at.isEmpty() ? reason : at + ": rule " + (rule + 1) + ": " + reason, cause);
        this.kind = kind;
        this.reason = reason;
        this.rule = rule;
        this.at = at;
    }

    /**
     * A value of the wrong type.
     *
     * @param reason what was got and what is allowed
     * @return the exception, not yet tied to a rule
     */
    public static EvaluationException wrongType(String reason) {
        return new EvaluationException(Kind.WRONG_TYPE, reason, -1, "", null);
    }

    static EvaluationException lookup(String call, LookupException cause) {
        String message = cause.getMessage();
        return new EvaluationException(Kind.LOOKUP, call + " failed: " + message, -1, "", cause);
    }

    static EvaluationException tooLarge(String reason) {
        return new EvaluationException(Kind.TOO_LARGE, reason, -1, "", null);
    }

    EvaluationException inRule(int index, String place, String shown) {
        // What says more than is shown is no cause of what is shown.
        return new EvaluationException(kind, shown, index, place, shown.equals(reason) ? this : null);
    }

    /**
     * Why there is no value.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The rule that failed.
     *
     * @return its index from 0; -1 when the expression belongs to no rule
     */
    public int rule() {
        return rule;
    }

    /**
     * Where the rule is written.
     *
     * @return {@code file:line:column}; empty when the expression belongs to no rule
     */
    public String at() {
        return at;
    }

    /**
     * What went wrong, without the place.
     *
     * @return one phrase for people
     */
    public String reason() {
        return reason;
    }
}
