package dev.nexthop.client;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A token that a program prints, as helpers for OAuth do (RFC 6749 §6 is theirs to know). What it printed is used until its
 * time is over, or until a server refuses it. Two are equal when they run the same command.
 */
public final class TokenCommand implements Secret {
    /** How long the program may run, and how long a caller waits for one that another caller has begun. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** How long a failure is the answer to everybody who asks; those who waited for it are among them. */
    public static final Duration FAILURE_KEPT = Duration.ofSeconds(5);

    /** How often it is seen whether the program has printed something or has ended. */
    private static final Duration LOOK = Duration.ofMillis(20);

    private final List<String> command;
    private final Duration lifetime;
    private final InstantSource clock;
    private final Duration timeout;
    private final ReentrantLock running = new ReentrantLock();
    private final AtomicReference<@Nullable Known> newest = new AtomicReference<>();

    /** What came of the newest run. */
    private sealed interface Known {
        /** When somebody asks then or later, the program runs again. */
        Instant until();
    }

    private record Token(String value, Instant until) implements Known {}

    private record Failure(IOException cause, Instant until) implements Known {}

    /**
     * A command that has not run yet.
     *
     * @param command the program by its absolute path, and its arguments; no shell sees them
     * @param lifetime how long a token is used
     * @param clock what time it is
     */
    public TokenCommand(List<String> command, Duration lifetime, InstantSource clock) {
        this(command, lifetime, clock, TIMEOUT);
    }

    TokenCommand(List<String> command, Duration lifetime, InstantSource clock, Duration timeout) {
        this.command = List.copyOf(command);
        this.lifetime = lifetime;
        this.clock = clock;
        this.timeout = timeout;
        if (this.command.isEmpty()) {
            throw new IllegalArgumentException("a command is at least a program");
        }
    }

    @Override
    public String current() throws IOException {
        Known known = known();
        if (known == null) {
            await(); // One program at a time; whoever waited finds its answer.
            try {
                known = known();
                known = known == null ? learned() : known;
            } finally {
                running.unlock();
            }
        }
        return switch (known) {
            case Token token -> token.value();
            case Failure failure ->
                throw new IOException(String.valueOf(failure.cause().getMessage()), failure.cause());
        };
    }

    /** What still holds of the newest run. */
    private @Nullable Known known() {
        Known known = newest.get();
        return known != null && clock.instant().isBefore(known.until()) ? known : null;
    }

    private void await() throws IOException {
        try {
            if (!running.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw late();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Known learned() throws IOException {
        Known learned;
        try {
            String value = run();
            learned = new Token(value, clock.instant().plus(lifetime));
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e; // That is this caller's alone.
            }
            learned = new Failure(e, clock.instant().plus(FAILURE_KEPT));
        }
        newest.set(learned);
        return learned;
    }

    @Override
    public void refused(String value) {
        newest.updateAndGet(
                known -> known instanceof Token token && token.value().equals(value) ? null : known);
    }

    private String run() throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Process process = started();
        try {
            byte[] octets = printed(process, deadline);
            if (process.exitValue() != 0) {
                throw new IOException(name() + " ended with status " + process.exitValue());
            }
            return token(octets);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            end(process);
        }
    }

    /**
     * What the program printed until its end. The end of the stream may never come: a helper that leaves an agent behind
     * leaves the stream in its hands. So only what is there is read, and nobody ever waits inside a read.
     */
    private byte[] printed(Process process, long deadline) throws IOException, InterruptedException {
        InputStream out = process.getInputStream();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        boolean ended = false;
        while (!ended) {
            ended = process.waitFor(LOOK.toNanos(), TimeUnit.NANOSECONDS);
            while (out.available() > 0) {
                all.write(out.readNBytes(Math.min(out.available(), MOST_OCTETS)));
                if (all.size() > MOST_OCTETS) {
                    throw new IOException(name() + " printed more than " + MOST_OCTETS + " octets");
                }
            }
            if (!ended && System.nanoTime() - deadline >= 0) {
                throw late();
            }
        }
        return all.toByteArray();
    }

    private Process started() throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new IOException(name() + " can't be run: is it there, and may this user run it?", e);
        }
    }

    private IOException late() {
        return new IOException(name() + " did not end within " + timeout.toMillis() + " ms");
    }

    private String token(byte[] octets) throws IOException {
        String token = new String(octets, StandardCharsets.UTF_8).strip();
        if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
            throw new IOException(name() + " printed no token: one word of ASCII is wanted"); // RFC 6750 §2.1
        }
        return token;
    }

    private String name() {
        return "the token command " + command.getFirst();
    }

    private IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted while " + name() + " ran", e);
    }

    /** Ends a program that runs on, with those that it started; an agent of one that has ended is its own affair. */
    private static void end(Process process) throws IOException {
        if (process.isAlive()) {
            List<ProcessHandle> started = process.descendants().toList(); // Nobody knows them once it is gone.
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
        process.getInputStream().close();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenCommand that && command.equals(that.command) && lifetime.equals(that.lifetime);
    }

    @Override
    public int hashCode() {
        return command.hashCode();
    }

    @Override
    public String toString() {
        return "Secret[command " + command.getFirst() + "]";
    }
}
