package dev.nexthop.server;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.DirectoryException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Checks passwords on a few threads of their own: a good hash takes a core and megabytes for a tenth of a second, and
 * a crowd of clients that guess must not take the machine from the mail.
 */
final class PasswordChecks implements AutoCloseable {
    private static final int WAITING = 128;
    private static final int WAIT_SECONDS = 30;

    private final ThreadPoolExecutor threads;

    PasswordChecks() {
        int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
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
     * @throws DirectoryException when the directory can't say, or too many wait
     */
    Optional<Account> authenticate(Services services, String user, char[] password) throws DirectoryException {
        CompletableFuture<Optional<Account>> answer = new CompletableFuture<>();
        if (!services.tenancy().enter()) {
            throw new DirectoryException("the directory is closed");
        }
        try {
            threads.execute(() -> check(answer, services, user, password));
        } catch (RejectedExecutionException e) {
            services.tenancy().leave();
            throw new DirectoryException("too many passwords wait to be checked");
        }
        try {
            return answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof DirectoryException failure ? failure.getMessage() : "internal error";
            throw new DirectoryException(why == null ? "no reason given" : why);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw new DirectoryException("the check of a password took more than " + WAIT_SECONDS + " seconds");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DirectoryException("interrupted");
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
        } finally {
            services.tenancy().leave();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
