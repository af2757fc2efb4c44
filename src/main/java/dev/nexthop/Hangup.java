package dev.nexthop;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGHUP, which asks for a reload. Signals that come while one is being answered are answered together, once.
 *
 * <p>The launcher starts the JVM with the signal ignored, so that no hang-up ever ends a mail server. The JVM leaves a
 * signal alone that was ignored at its start, and {@link Signal#handle} then does nothing without a word; so its
 * disposition is first changed to a function of the C library that does nothing (docs/adr/0008).
 */
final class Hangup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);
    private static final String NAME = "HUP";

    /** {@code int abs(int)}: takes the number of a signal, touches nothing, and so may handle one. */
    private static final String HARMLESS = "abs";

    private final Semaphore heard = new Semaphore(0);
    private volatile boolean closed;

    private Hangup() {}

    /** Begins to listen; what is heard before {@link #answer} is remembered. */
    static Hangup listen() {
        Hangup hangup = new Hangup();
        try {
            Signal signal = new Signal(NAME);
            stopIgnoring(signal.getNumber());
            Signal.handle(signal, _ -> hangup.hear());
        } catch (IllegalArgumentException e) {
            LOG.warn("SIGHUP does not reload here ({}): use nexthop reload", e.getMessage());
        }
        return hangup;
    }

    /** Answers each hang-up from now on, on a thread of its own. */
    void answer(Runnable reload) {
        Thread.ofPlatform().daemon().name("hangup").start(() -> {
            while (!closed) {
                heard.acquireUninterruptibly();
                heard.drainPermits();
                if (!closed) {
                    try {
                        reload.run();
                    } catch (RuntimeException e) { // The next hang-up is answered all the same.
                        LOG.error("a reload that SIGHUP asked for failed in an unforeseen way", e);
                    }
                }
            }
        });
    }

    /** A hang-up came. */
    void hear() {
        heard.release();
    }

    /** Answers no more; a hang-up is heard and nothing comes of it. */
    @Override
    public void close() {
        closed = true;
        heard.release();
    }

    @SuppressWarnings("restricted") // The launcher allows native access for this and for the store.
    private static void stopIgnoring(int number) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = linker.defaultLookup();
        try {
            MethodHandle set = linker.downcallHandle(
                    library.find("signal").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            MemorySegment _ = (MemorySegment)
                    set.invokeExact(number, library.find(HARMLESS).orElseThrow());
        } catch (Throwable e) { // What a method handle declares.
            LOG.warn("SIGHUP stays as the process was started with it: {}", e.toString());
        }
    }
}
