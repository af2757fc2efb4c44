package dev.nexthop.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for something outside of this process, always with a limit and with a name for what was waited for. */
final class Await {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private Await() {}

    /** Looks until the condition holds; fails with the name when the limit has passed. */
    static void until(String what, Duration limit, Callable<Boolean> condition) {
        value(what, limit, condition, holds -> holds);
    }

    /** Asks a process to end; kills it when it has not within the limit. */
    static void ended(Process process, Duration limit) {
        process.destroy();
        boolean ended = false;
        try {
            ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.destroyForcibly();
        }
    }

    /** Looks until a value satisfies the condition and returns it; the last value is told on failure. */
    static <T> T value(String what, Duration limit, Callable<T> look, Predicate<T> condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        @Nullable Object last = null;
        while (true) {
            try {
                T value = look.call();
                if (condition.test(value)) {
                    return value;
                }
                last = value;
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + limit.toMillis() + " ms: " + what + "; last seen: " + last);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }
}
