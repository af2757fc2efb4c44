package dev.nexthop.expr;

/**
 * Something outside an expression that it names for certain, so that the configuration can tell whether it exists.
 *
 * @param kind what it is
 * @param id its id as written; empty and {@code *} stand for the default one
 * @param offset where the name begins in the expression's text, in UTF-16 units
 * @param length how many units it covers
 */
public record Named(Kind kind, String id, int offset, int length) {
    /** What can be named. */
    public enum Kind {
        /** A directory, asked for domains or addresses. */
        DIRECTORY,
        /** A lookup store, asked for keys or counters. */
        STORE,
        /** A store that takes SQL. */
        SQL_STORE,
        /** A next hop; one that does not exist is already refused when the expression is compiled. */
        HOP
    }
}
