package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.directory.EmptyDirectory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom when passwords are checked. */
final class PasswordChecksTest {
    private static final InetAddress CROWD = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");
    private static final int MANY = 300;

    /** Permits are answers that the directory may give. */
    private final Semaphore answers = new Semaphore(0);

    private final Directory slow = new EmptyDirectory() {
        @Override
        public Optional<Account> authenticate(String user, char[] password) throws DirectoryException {
            answers.acquireUninterruptibly();
            if (user.equals("broken")) {
                throw new DirectoryException("it broke");
            }
            return super.authenticate(user, password);
        }
    };

    private final Services services = new Services(
            new FakeSpool(),
            slow,
            RelayPolicy.NOBODY,
            (_, _, _, _, _) -> {
                throw new IllegalStateException();
            },
            new FakeEvents());

    @AfterEach
    void everybodyMayGo() {
        answers.release(10 * MANY);
    }

    private static <T> FutureTask<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.startVirtualThread(task);
        return task;
    }

    private FutureTask<Optional<Account>> ask(PasswordChecks checks, InetAddress network, String user) {
        return start(() -> checks.authenticate(services, network, user, new char[] {'x'}));
    }

    /** Before the clients of one network waited for each other, the line was full here, and the other was sent away. */
    @Test
    void aCrowdBehindOneAddressDoesNotShutOthersOut() throws Exception {
        try (PasswordChecks checks = new PasswordChecks(1, Duration.ofSeconds(20))) {
            List<FutureTask<Optional<Account>>> crowd = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                crowd.add(ask(checks, CROWD, "guess"));
            }
            LifecycleTest.await(() -> checks.calls(CROWD) == MANY);
            FutureTask<Optional<Account>> other = ask(checks, OTHER, "other");
            // One runs; in the line are the others that the crowd may have there, and the other: nobody else is before
            // it.
            LifecycleTest.await(() -> checks.waiting() == PasswordChecks.PER_NETWORK);
            answers.release(PasswordChecks.PER_NETWORK + 1);
            assertThat(other.get(20, TimeUnit.SECONDS)).isEmpty();
            answers.release(MANY);
            for (FutureTask<Optional<Account>> one : crowd) {
                assertThat(one.get(20, TimeUnit.SECONDS)).isEmpty();
            }
            LifecycleTest.await(() -> checks.calls(CROWD) == 0 && checks.calls(OTHER) == 0);
        }
    }

    @Test
    void whoWaitsTooLongForHisOwnNetworkIsPutOff() throws Exception {
        try (PasswordChecks checks = new PasswordChecks(1, Duration.ofMillis(20))) {
            List<FutureTask<Optional<Account>>> first = new ArrayList<>();
            for (int i = 0; i < PasswordChecks.PER_NETWORK; i++) {
                first.add(ask(checks, CROWD, "guess"));
            }
            List<String> ends = new ArrayList<>();
            for (FutureTask<Optional<Account>> one : first) {
                assertThatThrownBy(() -> one.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .satisfies(end -> ends.add(String.valueOf(end.getMessage())));
            }
            // One at most was with the directory: the others only waited, which is no fault of the directory.
            assertThat(ends)
                    .filteredOn(text -> text.endsWith("too many passwords wait to be checked"))
                    .hasSizeBetween(3, 4);
            // What was given up still has its place until it ends.
            assertThatThrownBy(() -> checks.authenticate(services, CROWD, "next", new char[] {'x'}))
                    .isInstanceOf(PasswordChecks.BusyException.class)
                    .hasMessage("too many passwords of this network wait to be checked");
            answers.release(MANY);
            LifecycleTest.await(() -> checks.calls(CROWD) == 0);
        }
    }

    @Test
    void aLineFullOfManyNetworksIsSaid() throws Exception {
        try (PasswordChecks checks = new PasswordChecks(1, Duration.ofSeconds(20))) {
            List<FutureTask<Optional<Account>>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                InetAddress network = InetAddress.getByAddress(new byte[] {(byte) 198, 51, 100, (byte) i});
                for (int k = 0; k < PasswordChecks.PER_NETWORK; k++) {
                    all.add(ask(checks, network, "guess"));
                }
            }
            // Refused are those behind the one that runs and the 128 that wait.
            LifecycleTest.await(() -> all.stream().filter(FutureTask::isDone).count() == 200 - 129);
            FutureTask<Optional<Account>> refused =
                    all.stream().filter(FutureTask::isDone).findFirst().orElseThrow();
            assertThatThrownBy(refused::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(PasswordChecks.BusyException.class)
                    .hasMessageContaining("too many passwords wait to be checked");
        }
    }

    @Test
    void aDirectoryThatFailsGivesThePlaceBack() {
        try (PasswordChecks checks = new PasswordChecks(1, Duration.ofSeconds(20))) {
            answers.release(2 * PasswordChecks.PER_NETWORK);
            for (int i = 0; i < 2 * PasswordChecks.PER_NETWORK; i++) {
                assertThatThrownBy(() -> checks.authenticate(services, CROWD, "broken", new char[] {'x'}))
                        .isInstanceOf(DirectoryException.class)
                        .hasMessage("it broke");
            }
            LifecycleTest.await(() -> checks.calls(CROWD) == 0);
        }
    }
}
