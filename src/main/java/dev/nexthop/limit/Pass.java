package dev.nexthop.limit;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What was taken of throttles for one transaction: its slots come back when it is closed. A second close does nothing. */
public final class Pass implements AutoCloseable {
    private final Throttles throttles;
    private final List<Claim> claims;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Pass(Throttles throttles, List<Claim> claims) {
        this.throttles = throttles;
        this.claims = List.copyOf(claims);
    }

    /** Gives the slots back, and what was taken of rates: no host was connected. */
    public void unused() {
        if (open.getAndSet(false)) {
            throttles.leave(claims, true);
        }
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            throttles.leave(claims, false);
        }
    }
}
