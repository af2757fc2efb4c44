package dev.nexthop.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The stage of one test: a folder, and whatever was started, ended in reverse order. The folder of a failed test is kept
 * and named, for its logs.
 */
final class Scenario implements BeforeEachCallback, AfterEachCallback {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private @Nullable Path home;
    private @Nullable Thread hook;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        Path folder = Files.createTempDirectory("nexthop-e2e-");
        // Postfix and Dovecot give up root and must still reach their files.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        home = folder;
        hook = Thread.ofPlatform().unstarted(this::closeAll);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        closeAll();
        Runtime.getRuntime().removeShutdownHook(Objects.requireNonNull(hook));
        if (context.getExecutionException().isPresent()) {
            System.err.println(context.getDisplayName() + " failed; its logs are in " + home());
        } else {
            delete(home());
        }
    }

    /** The folder of this test. */
    Path home() {
        return Objects.requireNonNull(home);
    }

    /** A new folder in it. */
    Path folder(String name) throws IOException {
        return Files.createDirectories(home().resolve(name));
    }

    /** Ends it after the test. */
    synchronized <T extends AutoCloseable> T closing(T resource) {
        open.push(resource);
        return resource;
    }

    private synchronized void closeAll() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("closing the stage: " + e);
            }
        }
    }

    /** Deletes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
