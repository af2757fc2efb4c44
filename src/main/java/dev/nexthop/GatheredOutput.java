package dev.nexthop;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream whose octets are written by a thread of its own, many lines at once: what is written lingers for a moment in
 * the hope of company, so that a line costs no write, and its writer no wake, of its own. Who writes more than fits waits;
 * nothing is dropped while the destination takes octets.
 */
final class GatheredOutput extends OutputStream {
    /** How long octets linger: what a kill of the process can cost. */
    static final Duration LINGER = Duration.ofMillis(20);

    /** Octets that wait at most; a longer line waits alone. */
    static final int CAPACITY = 256 * 1024;

    /** So many octets linger no longer. */
    private static final int ENOUGH = CAPACITY / 4;

    /** How long closing waits for a destination that does not take the last octets. */
    private static final Duration LAST_WORD = Duration.ofSeconds(5);

    private final OutputStream destination;
    private final long linger;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Thread writer;
    private byte[] waiting = new byte[8 * 1024];
    private byte[] spare = new byte[8 * 1024];
    private int size;
    private boolean hurried;
    private boolean closed;

    /**
     * Starts the writer.
     *
     * @param destination whose errors are not told: it is where they would be told
     * @param linger at most so long from a line to its write
     */
    GatheredOutput(OutputStream destination, Duration linger) {
        this.destination = destination;
        this.linger = linger.toNanos();
        this.writer = Thread.ofPlatform().name("log-writer").daemon(true).start(this::run);
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            while (!closed && size > 0 && size + length > CAPACITY) {
                hurried = true;
                filled.signal();
                room.awaitUninterruptibly();
            }
            if (closed) {
                return; // after the end of the log there is nobody to tell
            }
            if (waiting.length - size < length) {
                byte[] larger = new byte[Math.max(size + length, 2 * waiting.length)];
                System.arraycopy(waiting, 0, larger, 0, size);
                waiting = larger;
            }
            System.arraycopy(bytes, offset, waiting, size, length);
            boolean first = size == 0;
            size += length;
            if (first || size >= ENOUGH && !hurried) {
                hurried = size >= ENOUGH;
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What waits is written without delay; does not wait for it. */
    void hurry() {
        lock.lock();
        try {
            hurried = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what waits and ends the writer; waits for that, within reason. The destination stays open. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            filled.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            boolean _ = writer.join(LAST_WORD);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            byte[] batch;
            int length;
            lock.lock();
            try {
                awaitBatch();
                if (size == 0) {
                    return; // closed
                }
                batch = waiting;
                length = size;
                waiting = spare;
                size = 0;
                hurried = false;
                room.signalAll();
            } finally {
                lock.unlock();
            }
            deliver(batch, length);
            spare = batch.length > CAPACITY ? new byte[8 * 1024] : batch;
        }
    }

    private void awaitBatch() {
        while (size == 0 && !closed) {
            filled.awaitUninterruptibly();
        }
        long end = System.nanoTime() + linger;
        boolean interrupted = false;
        while (!hurried && !closed) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                long _ = filled.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true; // only a misguided caller interrupts this thread, and the log goes on
                break;
            }
        }
        if (interrupted) {
            hurried = true;
        }
    }

    private void deliver(byte[] batch, int length) {
        try {
            destination.write(batch, 0, length);
            destination.flush();
        } catch (IOException e) {
            // Standard error is gone, and with it everybody who reads: mail goes on, and so does the next try.
            hurried = false;
        }
    }
}
