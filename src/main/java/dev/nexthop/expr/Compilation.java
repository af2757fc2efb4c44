package dev.nexthop.expr;

import java.util.List;

/**
 * What came of the rules of a setting.
 *
 * @param <T> what they compile to
 */
public sealed interface Compilation<T> {
    /**
     * The setting can be used.
     *
     * @param <T> what the rules compile to
     * @param result the compiled setting
     * @param guesses what was read in a way the writer may not have meant
     */
    record Ok<T>(T result, List<RuleProblem> guesses) implements Compilation<T> {}

    /**
     * It cannot.
     *
     * @param <T> what the rules would compile to
     * @param problems why, at least one
     */
    record Failed<T>(List<RuleProblem> problems) implements Compilation<T> {}
}
