package dev.nexthop.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects everything that is wrong in the files of a configuration. */
final class Problems {
    /** More than this many errors help nobody, nor do more than this many warnings and lints. */
    static final int MAX = 1_000;

    private final Sources source;
    private final Set<Problem> all = new LinkedHashSet<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private final Set<Code> seen = EnumSet.noneOf(Code.class);
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
        if (!takes(code)) {
            return;
        }
        add(new Problem(code, source.span(at, length, false), message, hint, List.of()));
    }

    /** A problem with a key, whose value is not shown: nobody knows what it holds. */
    void addKey(Code code, int at, int length, String message, String hint) {
        if (!takes(code)) {
            return;
        }
        add(new Problem(code, source.span(at, length, true), message, hint, List.of()));
    }

    /** What comes behind the limit is not kept, but an error counts, and the first of a code is always there. */
    void add(Problem problem) {
        if (takes(problem.code()) && all.add(problem)) {
            seen.add(problem.code());
            errors += problem.severity() == Severity.ERROR ? 1 : 0;
        }
    }

    private boolean takes(Code code) {
        boolean error = code.severity() == Severity.ERROR;
        int kept = error ? errors : all.size() - Math.min(errors, MAX);
        return kept < MAX || !error && !seen.contains(code);
    }

    /** What was reported with this code. */
    List<Problem> of(Code code) {
        return all.stream().filter(problem -> problem.code() == code).toList();
    }

    /** Takes back what was reported with this code, which is no error; gives how much it was. */
    int remove(Code code) {
        List<Problem> gone = of(code);
        gone.forEach(this::remove);
        seen.remove(code);
        return gone.size();
    }

    /** Takes back something that is no error. */
    void remove(Problem problem) {
        all.remove(problem);
    }

    /** An expression names something that is looked for later. */
    void ask(Asked one) {
        asked.add(one);
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** A file or a header could not be read: what seems missing anywhere may be written there. */
    void incomplete() {
        incomplete(0, Integer.MAX_VALUE);
    }

    /** A value between two places could not be read: what seems missing there may be written. */
    void incomplete(int from, int to) {
        gaps.add(new Gap(from, to));
    }

    /** Whether something that seems missing at a place may be written. */
    boolean isIncomplete(int at) {
        return gaps.stream().anyMatch(gap -> gap.from() <= at && at < gap.to());
    }

    private record Gap(int from, int to) {}

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
