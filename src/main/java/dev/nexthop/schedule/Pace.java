package dev.nexthop.schedule;

/** How long the attempts of a destination take, as far as is known. */
enum Pace {
    /** The last one was over before {@link Slots#SLOW}. */
    QUICK(0),
    /** None has ended yet. */
    UNKNOWN(2),
    /** One has taken, or takes, longer than that. */
    SLOW(4);

    /** The first of its two rows in the line for the total. */
    final int row;

    Pace(int row) {
        this.row = row;
    }
}
