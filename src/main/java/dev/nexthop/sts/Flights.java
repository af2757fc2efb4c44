package dev.nexthop.sts;

import dev.nexthop.mail.TlsFault;
import dev.nexthop.sts.PolicyFetcher.Fetched;
import dev.nexthop.tls.StsAnswer.Trouble;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches under way: one for each domain, whoever else asks waits for it; and not too many in all. */
final class Flights {
    private static final Logger LOG = LoggerFactory.getLogger(Flights.class);

    private final Map<String, Flight> flying = new ConcurrentHashMap<>();
    private final FetchRoom room = new FetchRoom();

    /** One fetch. */
    private static final class Flight {
        final CompletableFuture<End> end = new CompletableFuture<>();
        /** Whether it has room; until then nobody was asked. */
        volatile boolean begun;
    }

    /** What came of joining a fetch. */
    sealed interface End {
        /**
         * It was made.
         *
         * @param fetched what came of it
         */
        record Landed(Fetched fetched) implements End {}

        /**
         * Too many others are under way: nobody was asked, and nothing is known.
         *
         * @param reason one sentence
         */
        record NoRoom(String reason) implements End {}
    }

    /**
     * Joins the fetch that is under way for a domain, or begins one.
     *
     * @param name the domain
     * @param patience how long to wait for room and for it; it goes on without who has none left
     * @param fetch what to do within the given time, on a thread of its own
     */
    End join(String name, Duration patience, Function<Duration, Fetched> fetch) {
        Flight own = new Flight();
        Flight other = flying.putIfAbsent(name, own);
        if (other == null) {
            Thread.ofVirtual().name("mta-sts-fetch").start(() -> fly(name, own, patience, fetch));
        }
        Flight joined = other == null ? own : other;
        try {
            return joined.end.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("the wait for the policy of " + name + " was interrupted");
        } catch (TimeoutException e) {
            return joined.begun
                    ? failed("the policy of " + name + " did not come within " + patience.toMillis() + " ms")
                    : noRoom(name);
        } catch (ExecutionException e) {
            return failed(
                    "the policy of " + name + " can't be fetched because of an error in the program: " + e.getCause());
        }
    }

    private void fly(String name, Flight own, Duration patience, Function<Duration, Fetched> fetch) {
        try {
            land(name, own, flown(name, own, patience, fetch));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            land(name, own, failed("the fetch of the policy of " + name + " was interrupted"));
        } catch (RuntimeException bug) {
            LOG.error("the policy of {} was not fetched because of an error in the program", name, bug);
            own.end.completeExceptionally(bug);
        } finally {
            flying.remove(name, own);
        }
    }

    private End flown(String name, Flight own, Duration patience, Function<Duration, Fetched> fetch)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        Duration half = patience.dividedBy(2);
        if (!room.enter(name, half.compareTo(FetchRoom.WAIT) < 0 ? half : FetchRoom.WAIT)) {
            return noRoom(name);
        }
        own.begun = true;
        try {
            return new End.Landed(fetch.apply(Duration.ofNanos(end - System.nanoTime())));
        } finally {
            room.leave(name);
        }
    }

    /** Nobody joins it any more before it has an end: whoever comes later wants to know of what is there then. */
    private void land(String name, Flight own, End end) {
        flying.remove(name, own);
        own.end.complete(end);
    }

    private static End noRoom(String name) {
        return new End.NoRoom(
                "the policy of " + name + " was not fetched, because too many others were being fetched: at most "
                        + FetchRoom.MOST + " at once, and " + FetchRoom.MOST_OF_PARENT
                        + " of names that share their last two labels");
    }

    private static End failed(String reason) {
        return new End.Landed(new Fetched.Failed(new Trouble(TlsFault.STS_POLICY_FETCH_ERROR, reason)));
    }
}
