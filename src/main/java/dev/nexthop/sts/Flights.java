package dev.nexthop.sts;

import dev.nexthop.mail.TlsFault;
import dev.nexthop.sts.PolicyFetcher.Fetched;
import dev.nexthop.tls.StsAnswer.Trouble;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches under way: one for each domain, whoever else asks waits for it; and not too many in all. */
final class Flights {
    /** Most at once. */
    static final int MOST = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Flights.class);

    private final Map<String, CompletableFuture<Fetched>> flying = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(MOST, true);

    /**
     * Joins the fetch that is under way for a domain, or begins one.
     *
     * @param name the domain
     * @param patience how long to wait for it; it goes on without who has none left
     * @param fetch what to do, on a thread of its own
     */
    Fetched join(String name, Duration patience, Supplier<Fetched> fetch) {
        CompletableFuture<Fetched> own = new CompletableFuture<>();
        CompletableFuture<Fetched> other = flying.putIfAbsent(name, own);
        if (other == null) {
            Thread.ofVirtual().name("mta-sts-fetch").start(() -> fly(name, own, patience, fetch));
        }
        try {
            return (other == null ? own : other).get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("the wait for the policy of " + name + " was interrupted");
        } catch (TimeoutException e) {
            return failed("the policy of " + name + " did not come within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            return failed(
                    "the policy of " + name + " can't be fetched because of an error in the program: " + e.getCause());
        }
    }

    private void fly(String name, CompletableFuture<Fetched> own, Duration patience, Supplier<Fetched> fetch) {
        try {
            if (room.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    own.complete(fetch.get());
                } finally {
                    room.release();
                }
            } else {
                own.complete(failed(MOST + " other policies were being fetched all the while"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            own.complete(failed("the fetch of the policy of " + name + " was interrupted"));
        } catch (RuntimeException bug) {
            LOG.error("the policy of {} was not fetched because of an error in the program", name, bug);
            own.completeExceptionally(bug);
        } finally {
            flying.remove(name, own);
        }
    }

    private static Fetched failed(String reason) {
        return new Fetched.Failed(new Trouble(TlsFault.STS_POLICY_FETCH_ERROR, reason));
    }
}
