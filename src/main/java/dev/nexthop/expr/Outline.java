package dev.nexthop.expr;

import java.util.List;

/**
 * What is kept of the reading of an expression, for what is asked about several together.
 *
 * @param root the whole
 * @param uses the captures it reads
 * @param groups the most groups of a {@code matches} in it; -1 = there is none
 */
record Outline(Operand root, List<Use> uses, int groups) {
    /**
     * A capture that is read.
     *
     * @param number of which group
     * @param start where it begins
     * @param end behind its last character
     * @param before the most groups of a {@code matches} written before it; -1 = there is none
     */
    record Use(int number, int start, int end, int before) {}

    static Outline of(Node constant, int length) {
        return new Outline(new Operand(constant, 0, length), List.of(), -1);
    }
}
