package dev.nexthop.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which exactly one runs at a time, chosen by a seeded generator; they change places where they say so. The same
 * seed gives the same run.
 */
final class Fibers {
    private final Random random;
    private final List<Fiber> runnable = new ArrayList<>();
    private final Semaphore main = new Semaphore(0);
    private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    private @Nullable Fiber current;
    /** What may end a thread without the test being over. */
    Predicate<Throwable> foreseen = _ -> false;

    Fibers(long seed) {
        this.random = new Random(seed);
    }

    static final class Fiber {
        final Semaphore turn = new Semaphore(0);
    }

    void spawn(Runnable task) {
        Fiber fiber = new Fiber();
        runnable.add(fiber);
        Thread.ofVirtual().start(() -> {
            fiber.turn.acquireUninterruptibly();
            try {
                task.run();
            } catch (Throwable e) {
                if (!foreseen.test(e)) {
                    broken.compareAndSet(null, e);
                }
            } finally {
                main.release();
            }
        });
    }

    /** Lets another one run; nothing happens outside of a fiber. */
    void pass() {
        Fiber me = current;
        if (me != null) {
            runnable.add(me);
            sleep(me);
        }
    }

    /** Stops until somebody calls what this puts into the list. */
    void block(List<Runnable> wakers) {
        Fiber me = current;
        if (me == null) {
            throw new IllegalStateException("only a fiber can block");
        }
        wakers.add(() -> runnable.add(me));
        sleep(me);
    }

    private void sleep(Fiber me) {
        main.release();
        me.turn.acquireUninterruptibly();
        current = me;
    }

    /** Runs one fiber up to its next change of places. */
    boolean step() {
        if (runnable.isEmpty()) {
            return false;
        }
        Fiber next = runnable.remove(random.nextInt(runnable.size()));
        current = next;
        next.turn.release();
        main.acquireUninterruptibly();
        current = null;
        Throwable trouble = broken.get();
        if (trouble != null) {
            throw new AssertionError("a task failed", trouble);
        }
        return true;
    }

    /** Forgets everybody, as a kill does. */
    void kill() {
        runnable.clear();
    }
}
