package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the questions to a server: how long one takes, how many are under way, and how soon a server that is away is asked
 * again. A question that is given up keeps its place until it really ends, so that a server that hangs never has more threads
 * than places.
 */
final class Guard {
    /** How long a server that is away is left alone at first; it doubles with every failure in a row. */
    static final Duration FIRST_REST = Duration.ofSeconds(1);

    /** The longest that a server that is away is left alone. */
    static final Duration LONGEST_REST = Duration.ofSeconds(10);

    private final String label;
    private final StoreSettings.Limits limits;
    private final Thread.Builder threads;
    private final LongSupplier nanoTime;
    private final Semaphore places;
    private final AtomicReference<@Nullable Trouble> trouble = new AtomicReference<>();
    private final AtomicBoolean probing = new AtomicBoolean();

    /** A question. */
    interface Question<T extends @Nullable Object> {
        T ask() throws StoreFailure;
    }

    private record Trouble(String reason, int failures, long until) {}

    /**
     * A guard.
     *
     * @param label what messages call the store
     * @param limits the bounds
     * @param onPlatform whether questions need platform threads
     * @param nanoTime the clock
     */
    Guard(String label, StoreSettings.Limits limits, boolean onPlatform, LongSupplier nanoTime) {
        this.label = label;
        this.limits = limits;
        this.threads = onPlatform
                ? Thread.ofPlatform().daemon(true).name("lookup-" + label)
                : Thread.ofVirtual().name("lookup-" + label);
        this.nanoTime = nanoTime;
        this.places = new Semaphore(limits.connections());
    }

    /** How many more questions fit. */
    int free() {
        return places.availablePermits();
    }

    /**
     * Asks.
     *
     * @param question what
     * @param repeatable whether it may be asked again over another connection
     * @throws LookupException when there is no answer in time
     */
    <T extends @Nullable Object> T ask(Question<T> question, boolean repeatable) throws LookupException {
        boolean probe = mayAsk();
        try {
            long deadline = nanoTime.getAsLong() + limits.timeout().toNanos();
            enter();
            return run(question, repeatable, deadline);
        } finally {
            if (probe) {
                probing.set(false);
            }
        }
    }

    /** Whether this question is the one that finds out if the server is back. */
    private boolean mayAsk() throws LookupException {
        Trouble now = trouble.get();
        if (now == null) {
            return false;
        }
        if (now.until - nanoTime.getAsLong() > 0 || !probing.compareAndSet(false, true)) {
            throw new LookupException(label + " was not asked again so soon after a failure: " + now.reason);
        }
        return true;
    }

    private void enter() throws LookupException {
        try {
            if (!places.tryAcquire(limits.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new LookupException(label + " is busy: " + limits.connections()
                        + " questions are under way, the most allowed, and none ended within " + time());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupException("the question to " + label + " was interrupted", e);
        }
    }

    private <T extends @Nullable Object> T run(Question<T> question, boolean repeatable, long deadline)
            throws LookupException {
        FutureTask<T> task = new FutureTask<>(() -> attempt(question, repeatable, deadline));
        Runnable whole = () -> {
            try {
                task.run();
            } finally {
                places.release();
            }
        };
        try {
            threads.start(whole);
        } catch (RuntimeException | Error e) {
            places.release();
            throw e;
        }
        try {
            T answer = task.get(Math.max(1, deadline - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
            trouble.set(null);
            return answer;
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new LookupException("the question to " + label + " was interrupted", e);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw away(label + " did not answer within " + time(), e);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        }
    }

    /** A connection that died while it was idle says nothing about the server: once more, over another one. */
    private <T extends @Nullable Object> T attempt(Question<T> question, boolean repeatable, long deadline)
            throws StoreFailure {
        try {
            return question.ask();
        } catch (StoreFailure e) {
            // What took long the first time would be cut in the middle, and its reason lost.
            boolean again = e.away()
                    && repeatable
                    && deadline - nanoTime.getAsLong() > limits.timeout().toNanos() / 2;
            if (!again || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return question.ask();
        }
    }

    private LookupException failed(Throwable cause) {
        if (!(cause instanceof StoreFailure failure)) {
            return new LookupException(
                    label + " failed unexpectedly: " + cause.getClass().getSimpleName(), cause);
        }
        String reason = String.valueOf(failure.getMessage());
        if (failure.away()) {
            return away(label + " can't be asked: " + reason, failure);
        }
        trouble.set(null);
        return new LookupException(label + " refused the question: " + reason, failure);
    }

    private LookupException away(String reason, Throwable cause) {
        trouble.updateAndGet(before -> {
            int failures = before == null ? 0 : before.failures;
            boolean resting = before != null && before.until - nanoTime.getAsLong() > 0;
            if (resting) {
                return before; // Questions that went out together count once.
            }
            Duration rest = FIRST_REST.multipliedBy(1L << Math.min(failures, 10));
            Duration bounded = rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
            return new Trouble(reason, failures + 1, nanoTime.getAsLong() + bounded.toNanos());
        });
        return new LookupException(reason, cause);
    }

    private String time() {
        long millis = limits.timeout().toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
