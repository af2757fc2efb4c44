package dev.nexthop.schedule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the total. Attempts that last long may hold half of them, and together with those of destinations that nobody
 * knows yet seven eighths; so destinations that answer soon always have slots that come back soon, however many others make
 * us wait. Guarded by {@link Admission}.
 */
final class Slots {
    /** An attempt that lasts longer is slow, and so is its destination until one is over sooner. */
    static final Duration SLOW = Duration.ofSeconds(10);

    /** No attempt will become slow. */
    static final long NEVER = Long.MAX_VALUE;

    private final int[] held = new int[Pace.values().length];
    private final Chain quickSoFar = new Chain();
    private int total;
    private int all;

    /** So many attempts at once. */
    void total(int attempts) {
        total = attempts;
    }

    /** Whether there is a slot for a destination of that pace. */
    boolean fits(Pace pace) {
        if (all >= total) {
            return false;
        }
        int slow = held[Pace.SLOW.ordinal()];
        return switch (pace) {
            case QUICK -> true;
            case UNKNOWN -> slow + held[Pace.UNKNOWN.ordinal()] < total - total / 8;
            case SLOW ->
                slow < Math.max(1, total / 2) && slow + held[Pace.UNKNOWN.ordinal()] < total - total / 8;
        };
    }

    /**
     * Gives a slot to a ticket.
     *
     * @param now milliseconds since 1970
     */
    void take(Ticket ticket, Pace pace, long now) {
        all++;
        held[pace.ordinal()]++;
        ticket.pace = pace;
        ticket.since = now;
        if (pace != Pace.SLOW) {
            quickSoFar.add(ticket);
        }
    }

    /**
     * Takes the slot back.
     *
     * @param now milliseconds since 1970
     * @return how long the attempt took
     */
    Pace give(Ticket ticket, long now) {
        all--;
        held[ticket.pace.ordinal()]--;
        if (ticket.pace != Pace.SLOW) {
            quickSoFar.remove(ticket);
        }
        return now - ticket.since < SLOW.toMillis() ? Pace.QUICK : Pace.SLOW;
    }

    /**
     * An attempt that has become slow by now and was not counted as such; null when there is none.
     *
     * @param now milliseconds since 1970
     */
    @Nullable
    Ticket aged(long now) {
        Ticket oldest = quickSoFar.first();
        if (oldest == null || now - oldest.since < SLOW.toMillis()) {
            return null;
        }
        quickSoFar.remove(oldest);
        held[oldest.pace.ordinal()]--;
        held[Pace.SLOW.ordinal()]++;
        oldest.pace = Pace.SLOW;
        return oldest;
    }

    /** When the next attempt becomes slow, in milliseconds since 1970. */
    long nextAged() {
        Ticket oldest = quickSoFar.first();
        return oldest == null ? NEVER : oldest.since + SLOW.toMillis();
    }
}
