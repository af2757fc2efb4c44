package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.expr.LookupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that hangs, is full, dies and comes back: every question ends, and every thread too. */
@Timeout(30)
class GuardTest {
    private static StoreFailure away() {
        return new StoreFailure("connection refused", true, new RuntimeException());
    }

    private final AtomicLong now = new AtomicLong(1);

    private Guard guard(int places, long millis, boolean onPlatform) {
        StoreSettings.Cache none = new StoreSettings.Cache(0, Duration.ofSeconds(1), Duration.ofSeconds(1));
        StoreSettings.Limits limits = new StoreSettings.Limits(Duration.ofMillis(millis), places, none);
        return new Guard("the store 's'", limits, onPlatform, now::get);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerThatHangsIsCutAndItsThreadEnds(boolean onPlatform) throws Exception {
        Guard guard = guard(2, 50, onPlatform);
        CountDownLatch interrupted = new CountDownLatch(1);
        assertThatThrownBy(() -> guard.ask(
                        () -> {
                            try {
                                return new CountDownLatch(1).await(1, TimeUnit.DAYS);
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw new StoreFailure("ended", false, e);
                            }
                        },
                        true))
                .isInstanceOf(LookupException.class)
                .hasMessage("the store 's' did not answer within 50 ms");
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        while (guard.free() < 2) {
            Thread.onSpinWait();
        }
    }

    /** Questions that can't be interrupted keep their places, so there are never more threads than places. */
    @Test
    void aFullStoreSaysSo() throws Exception {
        Guard guard = guard(1, 100, false);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread first = Thread.startVirtualThread(() -> {
            try {
                guard.ask(
                        () -> {
                            started.countDown();
                            awaitQuietly(end);
                            return 1;
                        },
                        true);
            } catch (LookupException e) {
                assertThat(e).hasMessageContaining("did not answer");
            }
        });
        started.await();
        first.join();
        now.addAndGet(Guard.LONGEST_REST.toNanos());
        AtomicInteger ran = new AtomicInteger();
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try {
                guard.ask(ran::incrementAndGet, true);
            } catch (LookupException e) {
                messages.add(e.getMessage());
            }
        }
        assertThat(ran).hasValue(0);
        assertThat(messages.getFirst())
                .isEqualTo(
                        "the store 's' is busy: 1 questions are under way, the most allowed, and none ended within 100 ms");
        end.countDown();
        while (guard.free() < 1) {
            Thread.onSpinWait();
        }
        assertThat(guard.ask(ran::incrementAndGet, true)).isEqualTo(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                done = latch.getCount() == 0; // As a native call: it does not hear.
            }
        }
    }

    @Test
    void aServerThatIsAwayIsLeftAloneForAMomentThatGrows() throws Exception {
        Guard guard = guard(4, 10_000, false);
        AtomicInteger asked = new AtomicInteger();
        Guard.Question<Integer> refused = () -> {
            asked.incrementAndGet();
            throw away();
        };
        assertThatThrownBy(() -> guard.ask(refused, false))
                .hasMessage("the store 's' can't be asked: connection refused");
        assertThatThrownBy(() -> guard.ask(refused, false))
                .hasMessage("the store 's' was not asked again so soon after a failure: "
                        + "the store 's' can't be asked: connection refused");
        assertThat(asked).hasValue(1);

        now.addAndGet(Guard.FIRST_REST.toNanos());
        assertThatThrownBy(() -> guard.ask(refused, false)).hasMessageContaining("connection refused");
        assertThat(asked).hasValue(2);
        now.addAndGet(Guard.FIRST_REST.toNanos());
        assertThatThrownBy(() -> guard.ask(refused, false)).hasMessageContaining("so soon");
        assertThat(asked).as("twice as long the second time").hasValue(2);

        now.addAndGet(Guard.LONGEST_REST.toNanos());
        assertThat(guard.ask(() -> 7, false)).isEqualTo(7);
        assertThat(guard.ask(() -> 8, false)).isEqualTo(8);
    }

    @Test
    void aConnectionThatDiedUnseenIsReplacedOnceAndNeverForWhatWrites() throws Exception {
        Guard guard = guard(1, 10_000, false);
        AtomicInteger asked = new AtomicInteger();
        Guard.Question<Integer> stale = () -> {
            if (asked.incrementAndGet() == 1) {
                throw away();
            }
            return 5;
        };
        assertThat(guard.ask(stale, true)).isEqualTo(5);
        asked.set(0);
        assertThatThrownBy(() -> guard.ask(stale, false)).hasMessageContaining("connection refused");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aRefusedQuestionSaysNothingAboutTheNext() throws Exception {
        Guard guard = guard(1, 10_000, false);
        assertThatThrownBy(() -> guard.ask(
                        () -> {
                            throw new StoreFailure("no such table");
                        },
                        true))
                .hasMessage("the store 's' refused the question: no such table");
        assertThat(guard.ask(() -> 1, true)).isEqualTo(1);
    }

    @Test
    void whatNobodyForesawIsAFailureWithoutItsWords() {
        assertThatThrownBy(() -> guard(1, 10_000, false)
                        .ask(
                                () -> {
                                    throw new IllegalStateException("hush");
                                },
                                true))
                .isInstanceOf(LookupException.class)
                .hasMessage("the store 's' failed unexpectedly: IllegalStateException");
    }

    @Test
    void anInterruptedCallerStaysInterrupted() throws Exception {
        Guard guard = guard(1, 10_000, false);
        AtomicInteger still = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(1);
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                guard.ask(
                        () -> {
                            started.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                throw new StoreFailure("ended", false, e);
                            }
                            return 1;
                        },
                        true);
            } catch (LookupException e) {
                still.set(Thread.currentThread().isInterrupted() ? 1 : 2);
            }
        });
        started.await();
        caller.interrupt();
        caller.join();
        assertThat(still).hasValue(1);
    }
}
