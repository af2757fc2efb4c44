import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that sends at a rate over connections that it renews now and then. When all of them wait for the server, the messages that
 * were due meanwhile are sent later, and count from when they were due.
 */
final class Steady {
    /** Messages over one connection. */
    private static final int KEPT = 500;

    private final int port;
    private final double rate;
    private final long start = System.nanoTime();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private List<Long> answers = new ArrayList<>();
    private List<Long> wholes = new ArrayList<>();
    private volatile boolean stopped;
    private volatile Throwable trouble;

    private Steady(int port, double rate) {
        this.port = port;
        this.rate = rate;
    }

    static Steady start(int port, int connections, double rate) {
        Steady steady = new Steady(port, rate);
        for (int i = 0; i < connections; i++) {
            steady.threads.add(Thread.ofVirtual().start(steady::run));
        }
        return steady;
    }

    private void run() {
        try {
            while (!stopped) {
                try (Latency.Client client = new Latency.Client(port)) {
                    for (int i = 0; i < KEPT && !stopped; i++) {
                        long due = start + (long) (numbers.getAndIncrement() / rate * 1e9);
                        while (due - System.nanoTime() > 0) {
                            LockSupport.parkNanos(due - System.nanoTime());
                        }
                        long nanos = client.send();
                        long whole = System.nanoTime() - due;
                        sent.incrementAndGet();
                        synchronized (this) {
                            answers.add(nanos);
                            wholes.add(whole);
                        }
                    }
                }
            }
        } catch (Exception e) {
            trouble = e;
        }
    }

    int sent() {
        return sent.get();
    }

    /**
     * The times of some seconds.
     *
     * @param answer from the last octet of a message to its 250
     * @param whole from the moment at which it was to be sent: what a server that stalls keeps waiting is in it
     */
    record Window(Latency.Times answer, Latency.Times whole) {}

    /** The times since the last call. */
    Window window() {
        check();
        synchronized (this) {
            Window window = new Window(Latency.Times.of(answers), Latency.Times.of(wholes));
            answers = new ArrayList<>();
            wholes = new ArrayList<>();
            return window;
        }
    }

    private void check() {
        if (trouble != null) {
            throw new IllegalStateException("a client failed", trouble);
        }
    }

    /** Ends the clients; the messages that the server has acknowledged. */
    int stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        check();
        return sent.get();
    }
}
