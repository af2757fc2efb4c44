package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong in one expression, what was guessed, and what it names outside. */
final class Problems {
    private static final int MAX = 20;

    private final List<ExpressionProblem> wrong = new ArrayList<>();
    private final List<ExpressionProblem> guesses = new ArrayList<>();
    private final List<Named> named = new ArrayList<>();

    void add(int start, int end, String message) {
        add(start, end, message, null);
    }

    void add(int start, int end, String message, @Nullable String suggestion) {
        if (wrong.size() < MAX) {
            wrong.add(new ExpressionProblem(start, end - start, message, suggestion));
        }
    }

    void guess(int start, int end, String message, @Nullable String suggestion) {
        guess(Finding.OTHER, start, end, message, suggestion);
    }

    void guess(Finding finding, int start, int end, String message, @Nullable String suggestion) {
        if (guesses.size() < MAX) {
            guesses.add(new ExpressionProblem(start, end - start, message, suggestion, finding));
        }
    }

    void guess(Finding finding, Operand operand, String message, @Nullable String suggestion) {
        guess(finding, operand.start(), operand.end(), message, suggestion);
    }

    /** Whether a part has been called doubtful in a way that makes its truth known. */
    boolean decided(int start, int end) {
        return guesses.stream()
                .anyMatch(guess -> guess.offset() >= start
                        && guess.offset() + guess.length() <= end
                        && Finding.DECIDING.contains(guess.finding()));
    }

    boolean has(Finding finding) {
        return guesses.stream().anyMatch(guess -> guess.finding() == finding);
    }

    void names(Named name) {
        named.add(name);
    }

    List<Named> named() {
        return named.stream().sorted(Comparator.comparingInt(Named::offset)).toList();
    }

    boolean none() {
        return wrong.isEmpty();
    }

    List<ExpressionProblem> wrong() {
        return sorted(wrong);
    }

    List<ExpressionProblem> guesses() {
        return sorted(guesses);
    }

    private static List<ExpressionProblem> sorted(List<ExpressionProblem> problems) {
        return problems.stream()
                .sorted(Comparator.comparingInt(ExpressionProblem::offset))
                .distinct()
                .toList();
    }
}
