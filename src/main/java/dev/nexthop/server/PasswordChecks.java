package dev.nexthop.server;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.DirectoryException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Checks passwords on a few threads of their own: a good hash takes a core and megabytes for a tenth of a second, and
 * a crowd of clients that guess must not take the machine from the mail. Nor may they take the threads from other
 * clients: those of one network wait for each other, and only a few of them stand in the line of all.
 */
final class PasswordChecks implements AutoCloseable {
    /** Most checks of one client network, as {@link Peer#network} says, that run or stand in the line of all. */
    static final int PER_NETWORK = 4;

    /** The longest that a client waits for its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int WAITING = 128;

    private final ThreadPoolExecutor threads;
    private final Duration patience;
    private final ConcurrentMap<InetAddress, Network> networks = new ConcurrentHashMap<>();

    /** Too many passwords wait. No fault of the directory. */
    static final class BusyException extends Exception {
        private static final long serialVersionUID = 1L;

        BusyException(String message) {
            super(message);
        }
    }

    /** The clients of one network. */
    private static final class Network {
        private final Semaphore places = new Semaphore(PER_NETWORK, true);
        /** Calls that have not ended; changed only while the map is locked for the network. */
        private final AtomicInteger calls = new AtomicInteger();
    }

    PasswordChecks() {
        this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), PATIENCE);
    }

    /**
     * A line without anybody in it.
     *
     * @param count of threads
     * @param patience how long a client waits for its answer
     */
    PasswordChecks(int count, Duration patience) {
        this.patience = patience;
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name("password-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Checks a password, behind others that wait.
     *
     * @param services whose directory is asked; the caller works with them, and the check does until it ends
     * @param network whose clients wait for each other
     * @throws BusyException when too many wait, of this network or of all
     * @throws DirectoryException when the directory can't say
     */
    Optional<Account> authenticate(Services services, InetAddress network, String user, char[] password)
            throws DirectoryException, BusyException {
        long deadline = System.nanoTime() + patience.toNanos();
        Network mine = come(network);
        boolean begun = false;
        CompletableFuture<Optional<Account>> answer = new CompletableFuture<>();
        AtomicBoolean asked = new AtomicBoolean();
        try {
            if (!mine.places.tryAcquire(left(deadline), TimeUnit.NANOSECONDS)) {
                throw new BusyException("too many passwords of this network wait to be checked");
            }
            begin(services, network, mine, () -> {
                asked.set(true);
                check(answer, services, user, password);
            });
            begun = true;
            return answer.get(left(deadline), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof DirectoryException failure ? failure.getMessage() : "internal error";
            throw new DirectoryException(why == null ? "no reason given" : why);
        } catch (TimeoutException e) {
            answer.cancel(false);
            if (!asked.get()) {
                throw new BusyException("too many passwords wait to be checked");
            }
            throw new DirectoryException("the check of a password took more than " + patience.toSeconds() + " seconds");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DirectoryException("interrupted");
        } finally {
            if (!begun) {
                go(network);
            }
        }
    }

    /** Hands a check to the threads; its place in the network is free again when it ends, or at once when it can't begin. */
    private void begin(Services services, InetAddress network, Network mine, Runnable check)
            throws DirectoryException, BusyException {
        if (!services.tenancy().enter()) {
            mine.places.release();
            throw new DirectoryException("the directory is closed");
        }
        try {
            threads.execute(() -> {
                try {
                    check.run();
                } finally {
                    services.tenancy().leave();
                    mine.places.release();
                    go(network);
                }
            });
        } catch (RejectedExecutionException e) {
            services.tenancy().leave();
            mine.places.release();
            throw new BusyException("too many passwords wait to be checked");
        } catch (Error e) {
            services.tenancy().leave();
            mine.places.release();
            throw e;
        }
    }

    private static void check(
            CompletableFuture<Optional<Account>> answer, Services services, String user, char[] password) {
        try {
            if (!answer.isDone()) {
                answer.complete(services.directory().authenticate(user, password));
            }
        } catch (DirectoryException | RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private Network come(InetAddress address) {
        return networks.compute(address, (_, before) -> {
            Network network = before == null ? new Network() : before;
            network.calls.incrementAndGet();
            return network;
        });
    }

    private void go(InetAddress address) {
        networks.computeIfPresent(address, (_, network) -> network.calls.decrementAndGet() == 0 ? null : network);
    }

    /** Calls of a network that have not ended. */
    int calls(InetAddress address) {
        Network network = networks.get(address);
        return network == null ? 0 : network.calls.get();
    }

    /** Checks in the line of all; those that run are not in it any more. */
    int waiting() {
        return threads.getQueue().size();
    }

    private static long left(long deadline) {
        return Math.max(0, deadline - System.nanoTime());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
