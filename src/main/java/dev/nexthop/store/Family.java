package dev.nexthop.store;

/**
 * A named set of keys and values in a database.
 *
 * @param name letters; never changed once data exists
 * @param kind what its values are like
 */
public record Family(String name, Kind kind) {
    /** What the values of a family are like; decides how the database lays them out. */
    public enum Kind {
        /** Small values, some written over often. */
        RECORDS,
        /** Values of any size, hardly ever written. */
        RARE,
        /** Values of up to some hundred kilobytes, written once. */
        BODIES
    }
}
