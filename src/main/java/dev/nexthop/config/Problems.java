package dev.nexthop.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects everything that is wrong in the files of a configuration. */
final class Problems {
    /** More than this many problems help nobody. */
    static final int MAX = 1_000;

    private final Sources source;
    private final Set<Problem> all = new LinkedHashSet<>();
    private boolean incomplete;
    private int errors;

    Problems(Sources source) {
        this.source = source;
    }

    /** The texts that places point into. */
    Sources source() {
        return source;
    }

    void add(Code code, int at, int length, String message) {
        add(code, at, length, message, "");
    }

    void add(Code code, int at, int length, String message, String hint) {
        add(new Problem(code, source.span(at, length, false), message, hint, List.of()));
    }

    /** A problem with a key, whose value is not shown: nobody knows what it holds. */
    void addKey(Code code, int at, int length, String message, String hint) {
        add(new Problem(code, source.span(at, length, true), message, hint, List.of()));
    }

    void add(Problem problem) {
        if (all.size() < MAX && all.add(problem) && problem.severity() == Severity.ERROR) {
            errors++;
        }
    }

    /** Parts of the file could not be read: what seems missing may be written there. */
    void incomplete() {
        incomplete = true;
    }

    boolean isIncomplete() {
        return incomplete;
    }

    boolean hasErrors() {
        return errors > 0;
    }

    int errors() {
        return errors;
    }

    List<Problem> sorted() {
        return all.stream()
                .sorted(Comparator.comparingInt((Problem problem) ->
                                source.order(problem.origin().file()))
                        .thenComparing(Problem::origin)
                        .thenComparing(Problem::code)
                        .thenComparing(Problem::message))
                .toList();
    }
}
