package dev.nexthop.limit;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One count of a throttle. The rate is kept as one instant, as in the generic cell rate algorithm (ITU-T I.371): a count that
 * has not been used for its period is as good as none. All times are nanoseconds since 1970. Guarded by {@link Throttles}.
 */
final class Bucket {
    /** How long a slot is kept for who was called to it; he may have gone meanwhile. */
    static final Duration PROMISE = Duration.ofSeconds(1);

    /** Most that wait for a slot in one line. */
    static final int LONGEST_LINE = 1_000;

    /** Nobody is sent away for longer than this, or the period. */
    private static final long LONGEST_WAIT = Duration.ofHours(2).toNanos();

    /** Most that one of a rate without any burst may be late and not push the next one back. */
    private static final long JITTER = Duration.ofMillis(20).toNanos();

    /** So late nobody is who comes when its time has come. */
    private static final long LATE = Duration.ofSeconds(10).toNanos();

    /** The rate that the times below are of. */
    @Nullable
    Rate rate;
    /** When all that was taken would have been taken at the average. */
    long full;
    /** By how much that was moved forward, in all: so much earlier than its mark says has passed what is given back. */
    private long forgiven;
    /** The last time that was given to one who came. */
    long cursor;
    /** The last time that was given again to one who had waited and was late. */
    long again;
    /** When one who had waited came last. */
    long came;

    int inFlight;
    int limit = Integer.MAX_VALUE;
    private final Map<Long, Long> promises = new LinkedHashMap<>(2);
    private final PriorityQueue<Waiter> line = new PriorityQueue<>(2, Comparator.comparingLong(Waiter::turn));

    /**
     * Who waits for a slot.
     *
     * @param turn its place in the order of all who wait
     * @param wake called when it is its turn
     */
    record Waiter(long turn, Runnable wake) {}

    /** Takes the rate of the rules in force; another one begins anew. */
    void follow(Rate now, long at) {
        if (!now.equals(rate)) {
            rate = now;
            forgive(full - at);
            cursor = 0;
            again = 0;
        }
        refresh(at);
    }

    /**
     * The clock may have been set back. And whoever has a time may have left the queue, or be held: once nobody has come to two
     * times in a row though one could go, nobody waits for the others. That moves the order only, never the rate.
     */
    void refresh(long at) {
        Rate of = rate;
        if (of == null) {
            return;
        }
        forgive(full - (at + of.tolerance() + of.interval()));
        came = Math.min(came, at);
        long soonest = full - of.tolerance();
        boolean deserted = Math.max(came + of.interval(), soonest) + of.interval() + LATE <= at;
        long latest = deserted ? at : at + longest(of);
        cursor = Math.min(cursor, latest);
        again = Math.min(again, latest);
    }

    /**
     * When one may go, if nobody else comes.
     *
     * @param at now
     * @param waited whether it has waited for its time; who has not goes behind all that have a time
     * @return now, or later
     */
    long free(Rate of, long at, boolean waited) {
        long soonest = full - of.tolerance();
        if (waited) {
            return soonest <= at ? at : Math.max(soonest, after(again, of, at));
        }
        long waiting = cursor > at ? Math.ceilDiv(cursor - at, of.interval()) : 0;
        boolean enough = soonest + waiting * of.interval() <= at;
        return enough ? at : Math.max(soonest, after(cursor, of, at));
    }

    /** Who waits has a time of its own; who would wait very long comes and asks again. */
    long book(Rate of, long at, long time, boolean waited) {
        long end = at + longest(of);
        if (time > end) {
            return end;
        }
        if (waited) {
            again = Math.max(again, time);
        } else {
            cursor = Math.max(cursor, time);
        }
        return time;
    }

    /**
     * Takes one.
     *
     * @return for {@link #undo}
     */
    long take(Rate of, long at) {
        full = Math.max(full, at) + of.interval();
        return full + forgiven;
    }

    /**
     * What was taken and not used: the part of it that has not passed. What was forgiven since may all have been taken before, so
     * that never too much comes back.
     *
     * @param mark what {@link #take} gave
     */
    void undo(Rate of, long mark, long at) {
        if (of.equals(rate)) {
            forgive(Math.min(mark - forgiven - at, of.interval()));
        }
    }

    private void forgive(long time) {
        if (time > 0) {
            full -= time;
            forgiven += time;
        }
    }

    private static long longest(Rate of) {
        return Math.max(LONGEST_WAIT, of.period().toNanos());
    }

    private static long after(long last, Rate of, long at) {
        long interval = of.interval();
        return last <= at ? 0 : last + interval + (of.count() == 1 ? Math.min(interval / 20, JITTER) : 0);
    }

    /**
     * Whether one may go who has this turn. Who was called before him and has not come yet keeps his slot; who was called behind
     * him, because he was late, does not.
     */
    boolean hasSlot(long turn, long at) {
        Waiter first = line.peek();
        boolean called = promises.containsKey(turn);
        boolean overtakes = !called && first != null && first.turn() < turn;
        return !overtakes && inFlight + promisedBefore(turn, at) < limit;
    }

    void enter(long turn) {
        promises.remove(turn);
        inFlight++;
    }

    /** Who was called, and can't go now. */
    void forgo(long turn) {
        promises.remove(turn);
    }

    /** Whether a slot is kept for who has this turn. */
    boolean isPromised(long turn, long at) {
        keepTime(at);
        return promises.containsKey(turn);
    }

    /** Whether there was room in the line. */
    boolean park(Waiter waiter) {
        return line.size() < LONGEST_LINE && line.add(waiter);
    }

    /** Calls as many as have a slot. */
    void call(long at, Consumer<Waiter> called) {
        while (!line.isEmpty() && inFlight + promisedBefore(Long.MAX_VALUE, at) < limit) {
            Waiter first = line.remove();
            promises.put(first.turn(), at + PROMISE.toNanos());
            called.accept(first);
        }
    }

    /** Calls all of them: what they wait for may be another now. */
    void callAll(Consumer<Waiter> called) {
        while (!line.isEmpty()) {
            called.accept(line.remove());
        }
    }

    private int promisedBefore(long turn, long at) {
        keepTime(at);
        int earlier = 0;
        for (long promised : promises.keySet()) {
            earlier += promised < turn ? 1 : 0;
        }
        return earlier;
    }

    private void keepTime(long at) {
        if (promises.isEmpty()) {
            return;
        }
        long latest = at + PROMISE.toNanos(); // the clock may have been set back
        promises.replaceAll((_, until) -> Math.min(until, latest));
        promises.values().removeIf(until -> until <= at);
    }

    int waiting() {
        return line.size();
    }

    /** Whether it is as good as none. */
    boolean idle(long at) {
        return inFlight == 0
                && line.isEmpty()
                && full <= at
                && cursor <= at
                && again <= at
                && promisedBefore(Long.MAX_VALUE, at) == 0;
    }
}
