package dev.nexthop.client;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A token that a program prints, as helpers for OAuth do (RFC 6749 §6 is theirs to know). What it printed is used until its
 * time is over, or until a server refuses it. Two are equal when they run the same command.
 */
public final class TokenCommand implements Secret {
    /** How long the program may run. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final List<String> command;
    private final Duration lifetime;
    private final InstantSource clock;
    private final Duration timeout;
    private final ReentrantLock running = new ReentrantLock();
    private final AtomicReference<@Nullable Token> newest = new AtomicReference<>();

    private record Token(String value, Instant until) {}

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
        Token known = newest.get();
        if (known != null && clock.instant().isBefore(known.until())) {
            return known.value();
        }
        running.lock(); // One program at a time; whoever waited finds its answer.
        try {
            Token other = newest.get();
            if (other != null && clock.instant().isBefore(other.until())) {
                return other.value();
            }
            String value = run();
            newest.set(new Token(value, clock.instant().plus(lifetime)));
            return value;
        } finally {
            running.unlock();
        }
    }

    @Override
    public void refused(String value) {
        newest.updateAndGet(token -> token != null && token.value().equals(value) ? null : token);
    }

    private String run() throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Process process = started();
        try {
            FutureTask<byte[]> output = new FutureTask<>(() -> {
                try (InputStream out = process.getInputStream()) {
                    return out.readNBytes(MOST_OCTETS + 1);
                }
            });
            Thread.ofVirtual().name("token-command").start(output);
            byte[] octets = output.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (octets.length > MOST_OCTETS) {
                throw new IOException(name() + " printed more than " + MOST_OCTETS + " octets");
            }
            if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw late();
            }
            if (process.exitValue() != 0) {
                throw new IOException(name() + " ended with status " + process.exitValue());
            }
            return token(octets);
        } catch (TimeoutException e) {
            IOException late = late();
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            throw new IOException(name() + " can't be listened to: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name() + " ran", e);
        } finally {
            end(process);
        }
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

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
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
