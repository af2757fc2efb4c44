package dev.nexthop.expr;

/** What is known of an expression's value before it is evaluated. */
public enum Type {
    /** A text. */
    TEXT("text"),
    /** A whole number. */
    INTEGER("whole number"),
    /** A number with a fraction. */
    REAL("number"),
    /** True or false; at run time the whole numbers 1 and 0. */
    BOOLEAN("truth value"),
    /** A list. */
    ARRAY("list"),
    /** Not known before evaluation. */
    ANY("value");

    private final String noun;

    Type(String noun) {
        this.noun = noun;
    }

    /**
     * The word for people.
     *
     * @return the type as an error message calls it, such as {@code whole number}
     */
    public String noun() {
        return noun;
    }

    /**
     * The type of a value that is one or the other.
     *
     * @param other the second type
     * @return the narrowest type that covers both
     */
    public Type or(Type other) {
        if (this == other) {
            return this;
        }
        boolean whole = (this == INTEGER || this == BOOLEAN) && (other == INTEGER || other == BOOLEAN);
        return whole ? INTEGER : ANY;
    }
}
