package dev.nexthop.expr;

import java.util.List;
import java.util.Set;

/**
 * A compiled expression: immutable, shared between threads, evaluated in linear time without reflection or look-up of names.
 * What it may hold and how long it may be is bounded, see {@code docs/expressions.md}.
 */
public final class Expression {
    /** Functions that may answer differently when asked again. */
    private static final List<String> UNSTEADY = List.of("counter_incr", "key_set", "sql_query");

    private final String source;
    private final Node root;
    private final Outline outline;
    private final List<Named> named;
    private final Hidden hidden;
    private final String shown;

    Expression(String source, Outline outline, List<Named> named, Hidden hidden) {
        this.source = source;
        this.hidden = hidden;
        this.shown = hidden.slice(source, 0, source.length());
        this.root = outline.root().node();
        this.outline = outline;
        this.named = named;
    }

    /** How it is written, for what is asked about several expressions together. */
    Outline outline() {
        return outline;
    }

    /**
     * Compiles the text of an expression.
     *
     * @param source the text
     * @param scope the names it may use
     * @return the expression, or everything that is wrong with it
     */
    public static Compiled compile(String source, Scope scope) {
        return compile(source, scope, Hidden.NONE);
    }

    /** The same with parts that are never shown. */
    static Compiled compile(String source, Scope scope, Hidden hidden) {
        return Parser.compile(source, scope, hidden);
    }

    /**
     * An expression that is always the same.
     *
     * @param value its value
     * @return the expression
     */
    public static Expression constant(Value value) {
        String source = value.describe();
        return new Expression(source, Outline.of(new Constant(value), source.length()), List.of(), Hidden.NONE);
    }

    /** Whether the text has the name of a function that changes something, or may answer differently when asked again. */
    static boolean isUnsteady(String source) {
        return UNSTEADY.stream().anyMatch(source::contains);
    }

    /** Whether it may have another value when nothing has changed that it can read. */
    boolean isUnsteady() {
        return isUnsteady(source);
    }

    /**
     * Computes the value.
     *
     * @param evaluation what is known; its captures are read and replaced
     * @return the value
     * @throws EvaluationException when a directory or store cannot answer, or a value grows too large
     */
    public Value evaluate(Evaluation evaluation) throws EvaluationException {
        return root.evaluate(evaluation);
    }

    /**
     * Computes whether the value counts as true, as {@link Value#truthy()} says.
     *
     * @param evaluation what is known; its captures are read and replaced
     * @return the truth
     * @throws EvaluationException when a directory or store cannot answer, or a value grows too large
     */
    public boolean test(Evaluation evaluation) throws EvaluationException {
        return root.test(evaluation);
    }

    /** Which parts made it true or false, with what they read; see {@link Why}. */
    List<String> why(boolean truth, Recording recording) {
        return Why.of(root, shown, truth, recording);
    }

    /**
     * The type of every value it can have.
     *
     * @return the type, {@link Type#ANY} when that depends on the facts
     */
    public Type type() {
        return root.type();
    }

    /**
     * Whether the value is known without facts.
     *
     * @return true when it is constant
     */
    public boolean isConstant() {
        return root instanceof Constant;
    }

    /**
     * What the value may depend on.
     *
     * @return every variable that evaluation may read, unmodifiable
     */
    public Set<Variable> variables() {
        return root.variables();
    }

    /**
     * The directories, stores and next hops that it names for certain, also in parts that are never computed.
     *
     * @return their names and where they are written, in the order of the text, unmodifiable
     */
    public List<Named> named() {
        return named;
    }

    /**
     * The text as written, with its macros as they are written.
     *
     * @return the text for people
     */
    public String source() {
        return shown;
    }

    /**
     * Whether a macro stands in the text, so that what it gives may be a secret.
     *
     * @return true when there is one
     */
    public boolean holdsMacro() {
        return !hidden.pieces().isEmpty();
    }

    /** What of the text is never shown. */
    Hidden hidden() {
        return hidden;
    }

    /** The text it was compiled from, which is never shown. */
    String text() {
        return source;
    }

    @Override
    public String toString() {
        return shown;
    }
}
