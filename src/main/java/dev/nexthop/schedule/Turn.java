package dev.nexthop.schedule;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Whoever changes many recipients of the queue does so when it is his turn, and nobody waits for that without end. */
final class Turn {
    private final ReentrantLock lock = new ReentrantLock();
    private final Duration patience;

    /**
     * A turn that nobody has.
     *
     * @param patience how long somebody waits for it
     */
    Turn(Duration patience) {
        this.patience = patience;
    }

    /**
     * Waits for it; {@link #end} gives it back.
     *
     * @throws IOException when others had it all the time, or the thread was interrupted; a sentence for the operator
     */
    void take() throws IOException {
        try {
            if (!lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("another change of the queue did not end within " + patience.toSeconds()
                        + " s; what was not changed yet stays as it is: try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another change of the queue was made", e);
        }
    }

    void end() {
        lock.unlock();
    }
}
