package dev.nexthop.limit;

import java.time.Duration;

/**
 * So many in so long, such as {@code 100/1s}: at most that many at once, and on average no more than that.
 *
 * @param count how many, 1 to {@link #MOST}
 * @param period in how long, 1 ms to {@link #LONGEST}
 */
public record Rate(int count, Duration period) {
    /** The largest count. */
    public static final int MOST = 1_000_000;

    /** The longest period. */
    public static final Duration LONGEST = Duration.ofDays(31);

    /** From here on it matters what was used before a restart. */
    private static final Duration WORTH_KEEPING = Duration.ofMinutes(1);

    /** Checks the bounds. */
    public Rate {
        boolean odd = count < 1
                || count > MOST
                || period.compareTo(Duration.ofMillis(1)) < 0
                || period.compareTo(LONGEST) > 0;
        if (odd) {
            throw new IllegalArgumentException("a rate is 1 to " + MOST + " in 1 ms to " + LONGEST.toDays() + " days");
        }
    }

    /** Nanoseconds from one to the next, rounded up so that it is never too fast. */
    long interval() {
        return Math.ceilDiv(period.toNanos(), count);
    }

    /** How far ahead of its average it may run, in nanoseconds. */
    long tolerance() {
        return (count - 1L) * interval();
    }

    boolean worthKeeping() {
        return period.compareTo(WORTH_KEEPING) >= 0;
    }

    /** As one writes it. */
    @Override
    public String toString() {
        long millis = period.toMillis();
        String time;
        if (millis % 86_400_000 == 0) {
            time = millis / 86_400_000 + "d";
        } else if (millis % 3_600_000 == 0) {
            time = millis / 3_600_000 + "h";
        } else if (millis % 60_000 == 0) {
            time = millis / 60_000 + "m";
        } else {
            time = millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
        }
        return count + "/" + time;
    }
}
