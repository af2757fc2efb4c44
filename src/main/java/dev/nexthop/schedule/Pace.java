package dev.nexthop.schedule;

/** How long the attempts of a destination take, as far as is known. */
enum Pace {
    /** The last one reached somebody and was over before {@link Slots#SLOW}. */
    QUICK(0),
    /** None has ended yet. */
    UNKNOWN(1),
    /** One has taken, or takes, longer than that. */
    SLOW(2),
    /**
     * The last one reached nobody, however soon that was known; or none has ended yet and all who wait have been tried before, so
     * that it may be one that did not answer then.
     */
    DOUBTED(3);

    /** 0 to 3. */
    final int number;

    Pace(int number) {
        this.number = number;
    }
}
