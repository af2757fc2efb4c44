package dev.nexthop;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the old generation of the heap near what is alive in it. The JVM's serial collector lets it grow to its bound
 * before it looks at it for the first time: a server that keeps connections for some seconds each fills it slowly with
 * their remains, and takes a hundred megabytes that it does not need. A look each second costs nothing; a collection
 * of what has come since the last one takes some tens of milliseconds, minutes apart.
 */
final class HeapWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HeapWatch.class);

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /**
     * Octets that the generation may grow by between two collections. Where more than that is alive, it may double: the
     * time of a collection goes with what is alive, and so collecting stays a small part of the work.
     */
    private static final long GROWTH = 16L << 20;

    /** The pool of the serial collector; other collectors name theirs otherwise and mind them in their own way. */
    private static final String POOL = "Tenured Gen";

    private final Generation generation;

    /** What is asked of the JVM. */
    interface Generation {
        /** Octets in use, dead objects among them. */
        long used();

        /** Octets in use after the last collection of this generation; 0 before the first. */
        long alive();

        /** Collects; comes back when it is done. */
        void collect();
    }

    HeapWatch(Generation generation) {
        this.generation = generation;
    }

    /** Looks after this JVM's old generation from now on, to the end of the process. */
    static void start() {
        Optional<MemoryPoolMXBean> pool = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(each ->
                        each.getType() == MemoryType.HEAP && each.getName().equals(POOL))
                .findFirst();
        if (pool.isEmpty()) {
            LOG.info("the collector of this JVM is not the serial one: nobody looks after its memory but itself");
            return;
        }
        HeapWatch watch = new HeapWatch(new Tenured(pool.get()));
        Thread.ofPlatform().daemon().name("heap-watch").start(watch::run);
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(PERIOD.toNanos());
            look();
        }
    }

    /** Collects, if it has grown enough. */
    void look() {
        long alive = generation.alive();
        long used = generation.used();
        if (used - alive < Math.max(GROWTH, alive)) {
            return;
        }
        generation.collect();
    }

    private record Tenured(MemoryPoolMXBean pool) implements Generation {
        @Override
        public long used() {
            return octets(pool.getUsage());
        }

        @Override
        public long alive() {
            return octets(pool.getCollectionUsage());
        }

        @Override
        public void collect() {
            System.gc();
        }

        /** A pool that is no longer valid has no usage. */
        private static long octets(MemoryUsage usage) {
            return usage == null ? 0 : usage.getUsed();
        }
    }
}
