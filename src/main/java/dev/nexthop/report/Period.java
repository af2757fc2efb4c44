package dev.nexthop.report;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that a report tells of.
 *
 * @param start its first moment, in whole seconds
 * @param end the first moment behind it, in whole seconds
 */
public record Period(Instant start, Instant end) {
    /** Longest wait behind the end, as RFC 8460 §4.1 has it for days. */
    private static final Duration LONGEST_DELAY = Duration.ofHours(4);

    /** Its last second, as reports write it. */
    Instant last() {
        return end.minusSeconds(1);
    }

    /** How long a report may wait behind the end, so that not everybody reports at midnight: a sixth, at most four hours. */
    Duration mostDelay() {
        Duration sixth = Duration.between(start, end).dividedBy(6);
        return sixth.compareTo(LONGEST_DELAY) < 0 ? sixth : LONGEST_DELAY;
    }
}
