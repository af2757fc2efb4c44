package dev.nexthop.client;

/** Hears what became of each recipient of a transaction, at once. */
@FunctionalInterface
public interface Answers {
    /**
     * The answer for a recipient; there is exactly one for each.
     *
     * @param recipient its index in {@link Transfer#recipients()}
     * @param answer what became of it
     */
    void answer(int recipient, Answer answer);
}
