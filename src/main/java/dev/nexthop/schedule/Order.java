package dev.nexthop.schedule;

import java.time.Instant;
import java.util.Optional;

/**
 * What an operator has ordered until further notice, of mail that waits and of mail that comes.
 *
 * @param number its name, never given twice
 * @param kind what is done
 * @param scope of whom
 * @param terms why, by whom and how long
 */
public record Order(long number, Kind kind, OrderScope scope, Terms terms) {
    /** What is done. */
    public sealed interface Kind {
        /** They are not tried. */
        record Suspend() implements Kind {}

        /**
         * They go elsewhere, whatever the rules say.
         *
         * @param hop the id of a remote, {@code local} or {@code mx}
         */
        record Reroute(String hop) implements Kind {}

        /** The word of commands and of the API. */
        default String word() {
            return switch (this) {
                case Suspend _ -> "suspend";
                case Reroute _ -> "reroute";
            };
        }
    }

    /**
     * Why, by whom and how long.
     *
     * @param reason one sentence
     * @param by who
     * @param since when it was given
     * @param until when it ends by itself; empty for never
     */
    public record Terms(String reason, String by, Instant since, Optional<Instant> until) {
        private static final int LONGEST = 500;

        /**
         * Takes the words of an operator.
         *
         * @throws IllegalArgumentException when they can't stand in a line, or there is no reason, in a sentence for him
         */
        public Terms {
            reason = reason.strip();
            if (reason.isEmpty()) {
                throw new IllegalArgumentException("say why, in one sentence: reason is what others will read");
            }
            line("reason", reason);
            line("by", by);
        }

        private static void line(String name, String text) {
            if (text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(name + " is one line of at most " + LONGEST + " characters");
            }
        }

        /** Such as {@code until 2026-11-22T12:00:00Z}. */
        public String end() {
            return until.map(time -> "until " + time).orElse("until it is ended");
        }
    }

    boolean inForce(Instant now) {
        return terms.until().map(now::isBefore).orElse(true);
    }

    /** Such as {@code suspended by order 7: they defer everything; until 2026-11-22T12:00:00Z, by admin}. */
    public String words() {
        return (kind instanceof Kind.Suspend ? "suspended" : "re-routed") + " by order " + number + ": "
                + terms.reason() + "; " + terms.end() + ", by " + terms.by();
    }
}
