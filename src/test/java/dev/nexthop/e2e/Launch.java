package dev.nexthop.e2e;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;

/**
 * The words that start the packaged program. Its JVM starts from a cache of loaded classes (docs/adr/0010), which takes
 * nearly half of the CPU off a start; the first scenario after a build makes it, and scenarios in other forks wait for that.
 */
enum Launch {
    /** A server. */
    SERVER("-Xms64m -Xmx192m -Xmn24m -XX:MinHeapFreeRatio=15 -XX:MaxHeapFreeRatio=30 -XX:+ExitOnOutOfMemoryError"),

    /** A command that ends by itself. */
    COMMAND("-Xmx128m");

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path JAR = TARGET.resolve("nexthop.jar");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String flags;

    Launch(String flags) {
        this.flags = flags;
    }

    /** The words, with the cache. */
    List<String> words(List<String> arguments) throws IOException {
        if (Caches.TROUBLE != null) {
            throw new AssertionError("the caches of classes could not be made: " + Caches.TROUBLE);
        }
        // What the JVM has to say of a cache it would say on standard output, where commands answer.
        return words(List.of("-XX:AOTCache=" + cache(), "-Xlog:aot*=off", "-Xlog:cds*=off"), arguments);
    }

    /** The words without the cache, with other flags: a debugger wants to be told of each class when it is loaded. */
    List<String> words(List<String> more, List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                // It lives for seconds: the optimising compiler would take half of its time, and earn nothing.
                "-XX:TieredStopAtLevel=1"));
        words.addAll(List.of(flags.split(" ", -1)));
        words.addAll(more);
        String classPath = jars().stream().map(Path::toString).collect(Collectors.joining(":"));
        words.addAll(List.of("-cp", classPath, "dev.nexthop.Nexthop"));
        words.addAll(arguments);
        return words;
    }

    /** A cache is of one JDK. */
    private Path cache() {
        return TARGET.resolve("scenarios-" + name().toLowerCase(Locale.ROOT) + "-" + Runtime.version() + ".aot");
    }

    /** A cache is of one class path: jars by name, in an order that never changes. */
    private static List<Path> jars() throws IOException {
        try (Stream<Path> libraries = Files.list(TARGET.resolve("lib"))) {
            return Stream.concat(Stream.of(JAR), libraries.sorted()).toList();
        }
    }

    /** Whether the caches are there; asked for the first time, it makes them. */
    private static final class Caches {
        /** Why they are not there; told to each scenario, not to the first alone. */
        static final @Nullable String TROUBLE = made();

        private static @Nullable String made() {
            try {
                assertPackaged();
                try (FileChannel channel = FileChannel.open(
                                TARGET.resolve("scenarios.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock _ = channel.lock()) {
                    if (isStale()) {
                        make();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return e.toString();
            } catch (IOException | RuntimeException | AssertionError e) {
                return Throwables.getStackTrace(e);
            }
            return null;
        }
    }

    private static boolean isStale() throws IOException {
        FileTime oldest = FileTime.fromMillis(Long.MAX_VALUE);
        for (Launch one : values()) {
            if (!Files.exists(one.cache())) {
                return true;
            }
            FileTime made = Files.getLastModifiedTime(one.cache());
            oldest = made.compareTo(oldest) < 0 ? made : oldest;
        }
        for (Path jar : jars()) {
            if (Files.getLastModifiedTime(jar).compareTo(oldest) > 0) {
                return true;
            }
        }
        return false;
    }

    /** A jar that is older than the classes is another program than the one to test. */
    private static void assertPackaged() throws IOException {
        FileTime packaged = Files.exists(JAR) ? Files.getLastModifiedTime(JAR) : FileTime.fromMillis(0);
        try (Stream<Path> newer = Files.find(
                TARGET.resolve("classes"),
                Integer.MAX_VALUE,
                (_, kind) -> kind.isRegularFile() && kind.lastModifiedTime().compareTo(packaged) > 0)) {
            newer.findAny().ifPresent(file -> {
                throw new AssertionError("there is no " + JAR + " with " + file + ": run Maven's phase package first");
            });
        }
    }

    /** A server takes a message, a command asks it something, both end: then the JVM of each writes down what it loaded. */
    private static void make() throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("nexthop-classes-");
        Path served = home.resolve("server.aot");
        Path commanded = home.resolve("command.aot");
        try (NexthopProcess server = NexthopProcess.startWith(ServerFile.in(home), List.of(learning(served)))) {
            server.take("jane@example.org", List.of("bill@example.org"), Mail.simple("classes"));
            server.drained(LIMIT);
            server.reload();
            Path said = home.resolve("said");
            Process command = new ProcessBuilder(COMMAND.words(
                            List.of(learning(commanded)),
                            List.of(
                                    "queue",
                                    "list",
                                    "--json",
                                    "--config",
                                    home.resolve("nexthop.toml").toString())))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            try {
                // What follows the answer takes seconds, and the server does the same meanwhile.
                Await.until("an answer", LIMIT, () -> Files.size(said) > 0 || !command.isAlive());
                if (server.terminate(LIMIT) != 0
                        || !command.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)
                        || command.exitValue() != 0) {
                    throw new IOException("no cache of classes: " + server.log() + Files.readString(said));
                }
            } finally {
                command.destroyForcibly();
            }
            Files.move(served, SERVER.cache(), StandardCopyOption.REPLACE_EXISTING);
            Files.move(commanded, COMMAND.cache(), StandardCopyOption.REPLACE_EXISTING);
        }
        Scenario.delete(home);
    }

    private static String learning(Path cache) {
        return "-XX:AOTCacheOutput=" + cache;
    }
}
