package dev.nexthop.schedule;

/** How long the attempts of a destination take, as far as is known. */
enum Pace {
    /** The last one was over before {@link Slots#SLOW}. */
    QUICK(0),
    /** None has ended yet. */
    UNKNOWN(1),
    /** One has taken, or takes, longer than that. */
    SLOW(2);

    /** 0 to 2. */
    final int number;

    Pace(int number) {
        this.number = number;
    }
}
