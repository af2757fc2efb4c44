package dev.nexthop.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A command that is run to its end.
 *
 * @param words program and arguments
 * @param folder where it runs
 * @param environment added to ours
 */
record Command(List<String> words, Path folder, Map<String, String> environment) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What it left behind. */
    record Result(int exit, byte[] output, String errors) {
        /** Standard output as text. */
        String text() {
            return new String(output, StandardCharsets.UTF_8);
        }

        /** Itself, when it ended well; otherwise fails and tells all that was printed. */
        Result orFail() {
            if (exit != 0) {
                throw new AssertionError("exit " + exit + ": " + this);
            }
            return this;
        }

        @Override
        public String toString() {
            return "exit " + exit + "\nout: " + text() + "\nerr: " + errors;
        }
    }

    /** A command in the folder, with our environment. */
    static Command in(Path folder, String... words) {
        return new Command(List.of(words), folder, Map.of());
    }

    /** Runs it to its end, at most a minute. */
    Result run() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        FutureTask<byte[]> output = drained(process.getInputStream());
        FutureTask<byte[]> errors = drained(process.getErrorStream());
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + LIMIT.toSeconds() + " s: " + words);
        }
        try {
            return new Result(process.exitValue(), output.get(), new String(errors.get(), StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static FutureTask<byte[]> drained(InputStream stream) {
        FutureTask<byte[]> task = new FutureTask<>(stream::readAllBytes);
        Thread.ofVirtual().start(task);
        return task;
    }
}
