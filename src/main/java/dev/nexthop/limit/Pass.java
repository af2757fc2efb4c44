package dev.nexthop.limit;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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

    /**
     * Ends passes, each of them, whatever becomes of the others.
     *
     * @param passes all of them
     * @param end how, such as {@code Pass::close}; the first thing that it throws is thrown behind the last one
     */
    public static void each(List<Pass> passes, Consumer<Pass> end) {
        Throwable first = null;
        for (Pass pass : passes) {
            try {
                end.accept(pass);
            } catch (RuntimeException | Error bug) {
                if (first == null) {
                    first = bug;
                } else if (!first.equals(bug)) {
                    first.addSuppressed(bug);
                }
            }
        }
        if (first instanceof Error bug) {
            throw bug;
        }
        if (first instanceof RuntimeException bug) {
            throw bug;
        }
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            throttles.leave(claims, false);
        }
    }
}
