package dev.nexthop;

import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.Verdict;
import dev.nexthop.event.Events;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tests at the start, after a reload that changed it, and now and then, whether the resolver in force can tell signed
 * names from forged ones, and tells the operator when it can not. Nobody waits for it.
 */
final class ResolverWatch implements AutoCloseable {
    /** How long after a test that went well the next one comes. */
    static final Duration ABLE_AGAIN = Duration.ofHours(1);

    /** How long after any other test. */
    static final Duration OTHER_AGAIN = Duration.ofMinutes(10);

    private static final String SUBJECT = "dnssec";

    private final Events events;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;
    private volatile @Nullable Watched watched;
    // Of the thread alone: what the operator was called for, "" for nothing.
    private String told = "";

    private record Watched(DnsjavaResolver resolver, boolean wanted) {}

    /**
     * Starts with nothing to watch.
     *
     * @param events hears when DANE can't be, and when it can again
     */
    ResolverWatch(Events events) {
        this.events = events;
        this.thread = Thread.ofVirtual().name("resolver-watch").start(this::run);
    }

    /**
     * Watches this one from now on.
     *
     * @param resolver in force
     * @param wanted whether anybody is to look at signatures: where not, nobody is called
     */
    void serve(DnsjavaResolver resolver, boolean wanted) {
        Watched before = watched;
        if (before == null || before.resolver() != resolver) {
            watched = new Watched(resolver, wanted);
            news.release();
        }
    }

    /** What the last test of the resolver in force has shown, in one line. */
    String line() {
        Watched now = watched;
        Resolver resolver = now == null ? null : now.resolver();
        return resolver == null
                ? "untested: the server is starting"
                : resolver.verdict().line();
    }

    private void run() {
        try {
            news.acquire();
            while (true) {
                news.drainPermits();
                Duration pause = look() instanceof Verdict.Able ? ABLE_AGAIN : OTHER_AGAIN;
                boolean _ = news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Closed.
        }
    }

    private @Nullable Verdict look() {
        Watched now = watched;
        if (now == null) {
            return null;
        }
        Verdict verdict = now.resolver().test();
        if (!now.wanted()) {
            relieve("nobody is to look at signatures any more");
            return verdict;
        }
        switch (verdict) {
            case Verdict.Able _ -> relieve("the resolver tells signed names from forged ones");
            case Verdict.Unable unable -> alarm(unable.reason());
            case Verdict.Untested _ -> {} // Neither better nor worse than before.
        }
        return verdict;
    }

    private void alarm(String reason) {
        if (!told.equals(reason)) {
            told = reason;
            events.alarm(SUBJECT, "DANE is off: " + reason);
        }
    }

    private void relieve(String text) {
        if (!told.isEmpty()) {
            told = "";
            events.relief(SUBJECT, text);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
