package dev.nexthop.limit;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * One table of {@code queue.throttle}.
 *
 * @param id its name for people
 * @param keys what has a count of its own; empty: all mail together
 * @param match whom it is for
 * @param rate how many transactions in how long; empty: any number
 * @param concurrency how many at the same time; empty: any number
 * @param copy how many before it in the configuration have the same keys, condition and rate; they count for themselves
 */
public record ThrottleSettings(
        String id, List<LimitKey> keys, Match match, Optional<Rate> rate, OptionalInt concurrency, int copy) {
    /** Copies the list. */
    public ThrottleSettings {
        keys = List.copyOf(keys);
    }

    /** Whether it can be asked only when a host is about to be connected. */
    public boolean ofHost() {
        return keys.stream().anyMatch(LimitKey::ofHost)
                || match.variables().stream().anyMatch(LimitKey::ofHost);
    }

    /** What its counts are of; the same after a reload that changes only its name or how many at the same time. */
    public String identity() {
        return copy + "|" + keys.stream().map(LimitKey::word).collect(Collectors.joining(",")) + "|"
                + rate.map(Rate::toString).orElse("") + "|" + match.text();
    }

    /** Its numbers, for people: {@code 100/1s, 5 at once}. */
    public String numbers() {
        String fast = rate.map(Rate::toString).orElse("");
        String wide = concurrency.isPresent() ? concurrency.getAsInt() + " at once" : "";
        return fast.isEmpty() || wide.isEmpty() ? fast + wide : fast + ", " + wide;
    }
}
