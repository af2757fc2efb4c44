package dev.nexthop.e2e;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A network (and mounts) of our own, so that a test may have port 25, any address, and a disk that is full. It lives in a
 * child process that ends when this process does. Commands enter it with {@code nsenter}; sockets of this process enter
 * it on a thread that has called setns(2): a socket stays where it was made, whichever thread uses it later.
 */
final class Namespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;

    private final Process keeper;
    private final List<String> kinds;

    private Namespace(Process keeper, List<String> kinds) {
        this.keeper = keeper;
        this.kinds = kinds;
    }

    /** A network of our own, with loopback up. */
    static Namespace open() throws IOException {
        return open(List.of("--net"), List.of());
    }

    /** The same with mounts of our own; commands then start in the root folder. */
    static Namespace openWithMounts() throws IOException {
        return open(List.of("--net", "--mount"), List.of("--propagation", "private"));
    }

    private static Namespace open(List<String> kinds, List<String> options) throws IOException {
        List<String> words = new ArrayList<>(List.of("unshare"));
        words.addAll(kinds);
        words.addAll(options);
        words.addAll(List.of("sh", "-c", "ip link set lo up && echo up && exec cat"));
        Process keeper = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader reader = keeper.inputReader(StandardCharsets.US_ASCII);
        if (!"up".equals(reader.readLine())) {
            keeper.destroyForcibly();
            throw new IOException("no network namespace: is this process root, and are unshare and ip installed?");
        }
        return new Namespace(keeper, kinds);
    }

    /** The words that run a command in here. */
    List<String> entering(List<String> command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--target", Long.toString(keeper.pid())));
        words.addAll(kinds);
        words.add("--");
        words.addAll(command);
        return words;
    }

    /** Runs a shell line in here, which must end well. */
    String shell(String line) throws IOException, InterruptedException {
        return new Command(entering(List.of("sh", "-ec", line)), Path.of("/"), Map.of())
                .run()
                .orFail()
                .text();
    }

    /** Adds an address to loopback, which others in a linked namespace can reach. */
    void address(String address) throws IOException, InterruptedException {
        shell("ip addr add " + address + "/32 dev lo");
    }

    /** Joins two by a cable; each sends all it does not know to the other. */
    static void link(Namespace left, String leftAddress, Namespace right, String rightAddress)
            throws IOException, InterruptedException {
        left.shell("ip link add cable type veth peer name cable netns " + right.keeper.pid());
        left.shell("ip addr add " + leftAddress + "/24 dev cable; ip link set cable up");
        right.shell("ip addr add " + rightAddress + "/24 dev cable; ip link set cable up");
        left.shell("ip route add default via " + rightAddress);
        right.shell("ip route add default via " + leftAddress);
    }

    /** Runs code on a thread whose new sockets are in here. */
    <T> T inside(Callable<T> code) throws IOException {
        FutureTask<T> task = new FutureTask<>(() -> {
            enter();
            return code.call();
        });
        // A thread of its own: it never leaves the namespace again.
        Thread.ofPlatform().daemon().start(task);
        try {
            return task.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new IOException(e);
        }
    }

    // setns(2) has no Java call; the launcher of the tests allows native access.
    @SuppressWarnings("restricted")
    private void enter() throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("open"),
                FunctionDescriptor.of(JAVA_INT, ValueLayout.ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        MethodHandle setns = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setns"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        MethodHandle close = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/proc/" + keeper.pid() + "/ns/net");
            int handle = (int) open.invokeExact(path, 0);
            int entered = (int) setns.invokeExact(handle, CLONE_NEWNET);
            int closed = (int) close.invokeExact(handle);
            if (handle < 0 || entered != 0 || closed != 0) {
                throw new IOException("this thread could not enter the network namespace");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        Await.ended(keeper, Duration.ofSeconds(5));
    }
}
