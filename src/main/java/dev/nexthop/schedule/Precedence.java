package dev.nexthop.schedule;

import java.util.Comparator;

/**
 * A place in a line that is served by priority (RFC 6710) and starves nobody: each step of priority is worth so many places.
 * Who stands in line is overtaken by a bounded number of those who come later: {@value #STEP} times the difference of their
 * priorities in the line of a destination, {@value #TURNS} times in the line of the destinations for the total.
 *
 * @param rank who is served first: the smaller one
 * @param priority -9 to 9; of two with the same rank the higher one is served first
 */
record Precedence(long rank, int priority) {
    /** How many places a step of priority is worth among the tickets of a destination. */
    static final int STEP = 1_000;

    /** How many turns it is worth among destinations: urgent mail for one must not keep out those for all others. */
    static final int TURNS = 20;

    /** Of who has not stood in line yet. */
    static final Precedence NONE = new Precedence(0, 0);

    /** Who is served first. */
    static final Comparator<Precedence> ORDER =
            Comparator.comparingLong(Precedence::rank).thenComparing(Precedence::priority, Comparator.reverseOrder());

    /**
     * The place of a newcomer in the line of a destination.
     *
     * @param number how many came before
     * @param priority of the message
     */
    static Precedence of(long number, int priority) {
        return new Precedence(number - (long) STEP * priority, priority);
    }

    /**
     * The place of a destination in the line for the total.
     *
     * @param turn how many stood there before
     * @param priority of the first ticket that waits there
     */
    static Precedence ofDestination(long turn, int priority) {
        return new Precedence(turn - (long) TURNS * priority, priority);
    }

    /** The place of a destination that came at the same time with another priority. */
    Precedence raised(int to) {
        return new Precedence(rank - (long) TURNS * (to - priority), to);
    }
}
