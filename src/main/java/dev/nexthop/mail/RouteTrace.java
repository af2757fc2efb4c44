package dev.nexthop.mail;

import java.util.List;

/**
 * Why a recipient was sent where it was sent.
 *
 * @param kind {@code mx}, {@code relay}, {@code local}, {@code defer}, {@code reject} or {@code discard}; empty when nothing was
 *     decided
 * @param reason one sentence: which rule decided, or the default
 * @param rules the rules that were looked at, in order; a gap in their numbers stands for rules that were left out
 */
public record RouteTrace(String kind, String reason, List<RuleStep> rules) {
    /** Nothing was decided. */
    public static final RouteTrace NONE = new RouteTrace("", "", List.of());

    /** Copies the list. */
    public RouteTrace {
        rules = List.copyOf(rules);
    }
}
