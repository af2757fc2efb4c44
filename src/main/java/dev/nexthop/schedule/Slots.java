package dev.nexthop.schedule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the total. Destinations whose attempts last long get up to half of them, and so do those that nobody knows yet
 * and those that are doubted; who has an attempt already gets a second one only up to a quarter, so that many find out how
 * they are. The doubted leave a quarter to others together with the slow, but for a sixteenth that is always theirs; with the
 * unknown ones both leave an eighth to those that answer soon, whose slots come back soon. While processors are what everybody
 * waits for, the doubted get fewer and fewer at once: attempts that end as soon as they begin, as where DNS knows of no domain,
 * cost nothing but processors, and new mail needs those. Guarded by {@link Admission}.
 */
final class Slots {
    /** An attempt that lasts longer is slow, and so is its destination until one is over sooner. */
    static final Duration SLOW = Duration.ofSeconds(10);

    /** So many attempts at destinations that nobody knows, or at doubted ones, are never too many. */
    private static final int FEW = 10;

    /** So many doubted attempts run at once however busy the processors are. */
    private static final int LEAST = 2;

    /**
     * And one more may begin after each of these pauses, so that those that wait for a network, and cost no processor while
     * they do, are not kept from it by work that others make.
     */
    static final Duration PAUSE = Duration.ofMillis(10);

    /** No attempt will become slow. */
    static final long NEVER = Long.MAX_VALUE;

    private final int[] held = new int[Pace.values().length];
    private final Chain quickSoFar = new Chain();
    private final Contention contention;
    private int total;
    private int all;

    /** So many doubted attempts at once leave the processors room, as far as is known. */
    private int window = Integer.MAX_VALUE;

    /** Whether one more than that may begin. */
    private boolean pass;

    /** Whether one waits for that. */
    private boolean heldBack;

    /**
     * No slots yet.
     *
     * @param contention how busy the processors are
     */
    Slots(Contention contention) {
        this.contention = contention;
    }

    /** So many attempts at once. */
    void total(int attempts) {
        total = attempts;
    }

    /**
     * Whether there is a slot for a destination.
     *
     * @param more whether it has one already
     */
    boolean fits(Pace pace, boolean more) {
        if (all >= total) {
            return false;
        }
        int slow = held[Pace.SLOW.number];
        int unknown = held[Pace.UNKNOWN.number];
        int doubted = held[Pace.DOUBTED.number];
        boolean rest = slow + doubted + unknown < total - total / 8;
        boolean others = slow + doubted < total - total / 4 || doubted < total / 16;
        int share = total / (more ? 4 : 2);
        int few = Math.max(more ? FEW : 2 * FEW, share);
        return switch (pace) {
            case QUICK -> true;
            case UNKNOWN -> rest && unknown < few;
            case DOUBTED -> rest && others && doubted < few && bearable(doubted);
            case SLOW -> rest && slow < Math.max(1, share);
        };
    }

    private boolean bearable(int doubted) {
        boolean fits = doubted < window || pass;
        heldBack |= !fits;
        return fits;
    }

    /** One more doubted attempt may begin, though the processors are busy. */
    void pass() {
        pass = true;
        heldBack = false;
    }

    /**
     * Gives a slot to a ticket.
     *
     * @param now milliseconds since 1970
     */
    void take(Ticket ticket, Pace pace, long now) {
        all++;
        held[pace.number]++;
        ticket.pace = pace;
        ticket.since = now;
        pass &= pace != Pace.DOUBTED;
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
        if (ticket.pace == Pace.DOUBTED) {
            adjust(held[Pace.DOUBTED.number]);
        }
        all--;
        held[ticket.pace.number]--;
        if (ticket.pace != Pace.SLOW) {
            quickSoFar.remove(ticket);
        }
        return now - ticket.since < SLOW.toMillis() ? Pace.QUICK : Pace.SLOW;
    }

    /** Follows the processors each time that a doubted attempt ends: down by an eighth, up by one. */
    private void adjust(int doubted) {
        if (contention.high()) {
            window = Math.max(LEAST, Math.min(window, doubted) * 7 / 8);
        } else if (window < total) {
            window++;
        }
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
        held[oldest.pace.number]--;
        held[Pace.SLOW.number]++;
        oldest.pace = Pace.SLOW;
        return oldest;
    }

    /**
     * When somebody may get a slot though no attempt ends, in milliseconds since 1970: one becomes slow, or the next doubted one
     * may begin.
     *
     * @param now milliseconds since 1970
     */
    long nextChance(long now) {
        Ticket oldest = quickSoFar.first();
        long aged = oldest == null ? NEVER : oldest.since + SLOW.toMillis();
        return heldBack ? Math.min(aged, now + PAUSE.toMillis()) : aged;
    }
}
