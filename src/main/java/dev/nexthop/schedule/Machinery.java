package dev.nexthop.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Time and threads of a scheduler.
 *
 * @param clock the time of day
 * @param ticker wakes it
 * @param workers run routing and attempts, one virtual thread each: they block on networks
 * @param readers run reads of the spool, on a few platform threads
 * @param jobs runs what looks through the whole queue, one after the other on a platform thread: meanwhile the readers go on
 * @param contention how long the workers wait for a processor
 */
public record Machinery(
        InstantSource clock, Ticker ticker, Executor workers, Executor readers, Executor jobs, Contention contention) {
    /** Most readers at a time. */
    static final int READERS = 2;

    /** A ticker never sleeps longer than this, so that a clock that was set is noticed. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30);

    /** One on whose processors nobody waits for long. */
    Machinery(InstantSource clock, Ticker ticker, Executor workers, Executor readers, Executor jobs) {
        this(clock, ticker, workers, readers, jobs, new Contention());
    }

    /**
     * The machinery of a server.
     *
     * @param clock the time of day
     */
    public static Machinery standard(InstantSource clock) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("schedule-ticker").daemon(true).factory());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        Ticker ticker = (when, task) -> {
            var _ = timer.schedule(task, delay(clock.instant(), when), TimeUnit.MILLISECONDS);
        };
        ExecutorService readers = Executors.newFixedThreadPool(
                READERS,
                Thread.ofPlatform().name("spool-reader-", 1).daemon(true).factory());
        ExecutorService jobs = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("queue-desk").daemon(true).factory());
        Thread.Builder.OfVirtual virtual = Thread.ofVirtual().name("attempt-", 1);
        Contention contention = new Contention();
        Executor workers = task -> {
            long ready = System.nanoTime();
            virtual.start(() -> {
                contention.felt(System.nanoTime() - ready);
                task.run();
            });
        };
        return new Machinery(clock, ticker, workers, readers, jobs, contention);
    }

    private static long delay(Instant now, Instant when) {
        if (!when.isAfter(now)) {
            return 0;
        }
        Duration wait = when.isAfter(now.plus(LONGEST_SLEEP)) ? LONGEST_SLEEP : Duration.between(now, when);
        return wait.toMillis() + 1;
    }
}
