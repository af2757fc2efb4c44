package dev.nexthop.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Patience patience = Patience.start("test", LONG);

    @AfterEach
    void close() {
        patience.close();
    }

    @Test
    void aWaitEndsAsTheWriteDoesAndIsForgotten() {
        CompletableFuture<Void> good = new CompletableFuture<>();
        CompletableFuture<Void> bad = new CompletableFuture<>();
        CompletableFuture<Void> first = patience.of(good);
        CompletableFuture<Void> second = patience.of(bad);
        assertThat(first).isNotDone();
        good.complete(null);
        bad.completeExceptionally(new IOException("no"));
        assertThat(first).isCompleted();
        assertThat(second).failsWithin(Duration.ZERO).withThrowableThat().withRootCauseInstanceOf(IOException.class);
        patience.round(System.nanoTime());
        assertThat(patience.size()).isZero();
    }

    @Test
    void onlyWhoseTimeIsOverIsEndedAndTheWriteItselfGoesOn() {
        CompletableFuture<Void> write = new CompletableFuture<>();
        CompletableFuture<Void> told = patience.of(write);
        patience.round(
                System.nanoTime() + LONG.toNanos() - Duration.ofMinutes(1).toNanos());
        assertThat(told).isNotDone();
        patience.round(System.nanoTime() + LONG.toNanos());
        assertThat(told)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(TimeoutException.class)
                .withMessageContaining("the disk did not answer within 3600 s");
        assertThat(write).isNotDone();
        assertThat(patience.size()).isZero();
    }

    @Test
    void whoIsAloneIsEndedToo() {
        try (Patience hasty = Patience.start("test", Duration.ofMillis(10))) {
            assertThat(hasty.of(new CompletableFuture<>()))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void nobodyWaitsWithoutEndWhenItIsClosed() {
        CompletableFuture<Void> before = patience.of(new CompletableFuture<>());
        patience.close();
        assertThat(before)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("the database was closed");
        assertThat(patience.of(new CompletableFuture<>())).isCompletedExceptionally();
    }

    @Test
    void whoComesForgetsWhoIsDone() {
        for (int i = 0; i < 1_000; i++) {
            CompletableFuture<Void> write = new CompletableFuture<>();
            CompletableFuture<Void> _ = patience.of(write);
            write.complete(null);
        }
        assertThat(patience.size()).isLessThanOrEqualTo(1);
    }
}
