package dev.nexthop.schedule;

/** How long the attempts of a destination take, as far as is known. */
enum Pace {
    /** The last one was over before {@link Slots#SLOW}. */
    QUICK,
    /** None has ended yet. */
    UNKNOWN,
    /** One has taken, or takes, longer than that. */
    SLOW
}
