import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A client that sends at a rate, whatever the server does, over connections that it renews now and then. */
final class Steady {
    /** Messages over one connection. */
    private static final int KEPT = 500;

    private final int port;
    private final double rate;
    private final long start = System.nanoTime();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private List<Long> window = new ArrayList<>();
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
                        sent.incrementAndGet();
                        synchronized (this) {
                            window.add(nanos);
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

    /** The times since the last call. */
    Latency.Times window() {
        if (trouble != null) {
            throw new IllegalStateException("a client failed", trouble);
        }
        List<Long> taken;
        synchronized (this) {
            taken = window;
            window = new ArrayList<>();
        }
        return Latency.Times.of(taken);
    }

    /** Ends the clients; the messages that the server has acknowledged. */
    int stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return sent.get();
    }
}
