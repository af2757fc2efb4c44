package dev.nexthop.schedule;

import java.util.Comparator;

/**
 * A place in a line that is served by priority (RFC 6710) and starves nobody: each step of priority is worth so many places.
 * Who stands in line is overtaken by a bounded number of those who come later: {@value #STEP} times the difference of their
 * priorities.
 *
 * @param rank who is served first: the smaller one
 * @param priority -9 to 9; of two with the same rank the higher one is served first
 */
record Precedence(long rank, int priority) {
    /** How many places a step of priority is worth. */
    static final int STEP = 500;

    /** Of who has not stood in line yet. */
    static final Precedence NONE = new Precedence(0, 0);

    /** Who is served first. */
    static final Comparator<Precedence> ORDER =
            Comparator.comparingLong(Precedence::rank).thenComparing(Precedence::priority, Comparator.reverseOrder());

    /**
     * The place of a newcomer.
     *
     * @param number how many came before
     * @param priority of the message
     */
    static Precedence of(long number, int priority) {
        return new Precedence(number - (long) STEP * priority, priority);
    }

    /** The place of who came at the same time with another priority. */
    Precedence raised(int to) {
        return new Precedence(rank - (long) STEP * (to - priority), to);
    }
}
