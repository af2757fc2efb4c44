package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HangupTest {
    @Test
    void aReloadThatFailsIsNotTheLast() throws InterruptedException {
        Semaphore answered = new Semaphore(0);
        try (Hangup hangup = Hangup.listen()) {
            hangup.answer(() -> {
                answered.release();
                throw new IllegalStateException("thrown by the test");
            });
            for (int i = 0; i < 3; i++) {
                hangup.hear();
                assertThat(answered.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            }
        }
    }
}
