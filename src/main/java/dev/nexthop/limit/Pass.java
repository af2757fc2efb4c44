package dev.nexthop.limit;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What was taken of throttles for one transaction: its slots come back when it is closed. A second close does nothing. */
public final class Pass implements AutoCloseable {
    private final Throttles throttles;
    private final List<Taken> taken;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /**
     * What was taken of one throttle.
     *
     * @param claim for whom
     * @param mark what {@link Bucket#take} gave; 0 when it has no rate
     */
    record Taken(Claim claim, long mark) {}

    Pass(Throttles throttles, List<Taken> taken) {
        this.throttles = throttles;
        this.taken = List.copyOf(taken);
    }

    /** Gives the slots back, and what was taken of rates and has not passed since: no host was connected. */
    public void unused() {
        if (open.getAndSet(false)) {
            throttles.leave(taken, true);
        }
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            throttles.leave(taken, false);
        }
    }
}
