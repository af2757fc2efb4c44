package dev.nexthop;

import dev.nexthop.cli.Commands;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** The program: reads the command line; {@link Node} wires the server that {@code serve} runs. */
public final class Nexthop {
    private static final int FAILED = 1;

    private Nexthop() {}

    /**
     * Runs one command.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(Commands.run(args, version(), Nexthop::serve));
    }

    private static int serve(Configuration configuration, Supplier<Loaded> source) {
        Logging.start(configuration.administration().log());
        CountDownLatch stopped = new CountDownLatch(1);
        try {
            run(configuration, source, stopped);
            return 0;
        } catch (IOException e) {
            Logging.stop(); // what was logged comes first
            System.err.println("nexthop: " + e.getMessage());
            return FAILED;
        } finally {
            Logging.stop();
            stopped.countDown();
        }
    }

    /** Serves until SIGTERM. */
    private static void run(Configuration configuration, Supplier<Loaded> source, CountDownLatch stopped)
            throws IOException {
        CountDownLatch stop = new CountDownLatch(1);
        HeapWatch.start();
        Hangup hangup = Hangup.listen(); // before anything that takes time: unheard, the signal would end the process
        try (Node node = Node.start(configuration, source);
                hangup) {
            // SIGTERM runs the hook, and the process ends with it: it waits until everything is flushed and closed.
            // Halting sets the exit code to 0, where the signal's own would be 143.
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                stop.countDown();
                await(stopped);
                Runtime.getRuntime().halt(0);
            }));
            hangup.answer(() -> node.reload("SIGHUP"));
            System.out.println("nexthop ready");
            System.out.flush();
            await(stop);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String version() {
        return Objects.requireNonNullElse(Nexthop.class.getPackage().getImplementationVersion(), "0.1.0-SNAPSHOT");
    }
}
