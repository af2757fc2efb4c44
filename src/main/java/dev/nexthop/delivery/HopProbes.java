package dev.nexthop.delivery;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Step;
import dev.nexthop.route.RemoteHost;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks hosts that are down whether they are back, every {@code remote.<id>.health.probe}, without mail. One question at a
 * time for each host; the next comes that long after the answer to the last. Only a good answer counts: a bad one does not put
 * off the attempt that finds out with mail, for a probe can fail where mail would not. It ends when the host is up or this is
 * closed: a question that is under way then still ends, and its answer is not heard.
 */
public final class HopProbes implements AutoCloseable {
    /** Nobody is asked more often. */
    static final Duration SHORTEST = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(HopProbes.class);

    private final HopHealth health;
    private final Function<RemoteHost, Optional<Diagnosis>> probe;
    private final Later later;
    private final Set<RemoteHost> asked = ConcurrentHashMap.newKeySet();
    private final ReentrantLock telling = new ReentrantLock();
    private volatile boolean closed;

    /** Runs something after a while. */
    @FunctionalInterface
    public interface Later {
        /** A virtual thread for each task. */
        Later STANDARD = (wait, task) -> CompletableFuture.delayedExecutor(
                        wait.toMillis(),
                        TimeUnit.MILLISECONDS,
                        Thread.ofVirtual().name("hop-probe-", 1)::start)
                .execute(task);

        /**
         * Runs a task once, on a thread of its own.
         *
         * @param wait how long from now
         * @param task may block
         */
        void after(Duration wait, Runnable task);
    }

    /**
     * Nobody is asked yet.
     *
     * @param health what is known of hosts, and hears the answers
     * @param probe asks one host; gives why it is of no use, or nothing when it is
     * @param later time and threads
     */
    public HopProbes(HopHealth health, Function<RemoteHost, Optional<Diagnosis>> probe, Later later) {
        this.health = health;
        this.probe = probe;
        this.later = later;
    }

    /**
     * Asks a host until it is up, if its configuration wants that. Returns at once.
     *
     * @param host one that is down
     */
    public void watch(RemoteHost host) {
        if (host.manner().health().probe().isPresent() && !closed && asked.add(host)) {
            next(host, host.manner().health().probe().get());
        }
    }

    private void next(RemoteHost host, Duration wait) {
        later.after(wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait, () -> ask(host, wait));
    }

    private void ask(RemoteHost host, Duration wait) {
        try {
            Diagnosis trouble = health.downFor(host);
            if (!closed && trouble != null && answers(trouble)) {
                hear(host, probe.apply(host));
            }
        } catch (RuntimeException bug) {
            if (!closed) { // What a probe uses may have been closed with this.
                LOG.error("hop '{}' could not be probed because of an error in the program", host.id(), bug);
            }
        }
        if (closed) {
            return;
        }
        if (health.downFor(host) != null) {
            next(host, wait);
            return;
        }
        asked.remove(host);
        if (health.downFor(host) != null) {
            watch(host); // It went down again in between, and was not taken because it was still asked.
        }
    }

    /** After {@link #close} nobody hears of an answer: what would be told may have ended. */
    private void hear(RemoteHost host, Optional<Diagnosis> answer) {
        telling.lock();
        try {
            if (!closed && answer.isEmpty()) {
                health.heard(host);
            }
        } finally {
            telling.unlock();
        }
    }

    /** Whether a probe can tell that a trouble is over: it goes no further than TLS, so later ones take mail to find out. */
    private static boolean answers(Diagnosis trouble) {
        return trouble.step().compareTo(Step.AUTH) < 0;
    }

    /** Asks nobody any more. */
    @Override
    public void close() {
        telling.lock();
        try {
            closed = true;
        } finally {
            telling.unlock();
        }
    }
}
