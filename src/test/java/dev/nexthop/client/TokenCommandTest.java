package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that prints tokens: how long one is used, and every way in which it can fail to print one. */
class TokenCommandTest {
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T10:00:00Z"));
    private Path runs;

    @BeforeEach
    void noRunsYet() throws IOException {
        runs = Files.createFile(folder.resolve("runs"));
    }

    private Path program(String body) throws IOException {
        Path program = Files.createTempFile(folder, "program-", "");
        Files.writeString(program, "#!/bin/sh\necho run >> " + runs + "\n" + body + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private TokenCommand command(Path program, String... arguments) {
        return command(TokenCommand.TIMEOUT, program, arguments);
    }

    private TokenCommand command(Duration timeout, Path program, String... arguments) {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(List.of(arguments));
        InstantSource clock = now::get;
        return new TokenCommand(words, LIFETIME, clock, timeout);
    }

    private int runs() throws IOException {
        return Files.readAllLines(runs).size();
    }

    /** A program whose tokens are numbered by its runs. */
    private TokenCommand numbered() throws IOException {
        return command(program("echo token-$(wc -l < " + runs + ")"));
    }

    @Test
    void aTokenIsUsedForItsLifetime() throws IOException {
        TokenCommand command = numbered();
        assertThat(command.current()).isEqualTo("token-1");
        now.updateAndGet(time -> time.plus(LIFETIME).minusMillis(1));
        assertThat(command.current()).isEqualTo("token-1");
        assertThat(runs()).isEqualTo(1);
        now.updateAndGet(time -> time.plusMillis(1));
        assertThat(command.current()).isEqualTo("token-2");
        assertThat(runs()).isEqualTo(2);
    }

    @Test
    void aRefusedTokenIsNotUsedAgain() throws IOException {
        TokenCommand command = numbered();
        assertThat(command.current()).isEqualTo("token-1");
        command.refused("token-0"); // The server spoke of one before it.
        assertThat(command.current()).isEqualTo("token-1");
        command.refused("token-1");
        assertThat(command.current()).isEqualTo("token-2");
    }

    @Test
    void whoAsksAtTheSameTimeSharesOneRun() throws IOException, InterruptedException, ExecutionException {
        TokenCommand command = numbered();
        List<FutureTask<String>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            FutureTask<String> task = new FutureTask<>(command::current);
            all.add(task);
            Thread.ofVirtual().start(task);
        }
        for (FutureTask<String> task : all) {
            assertThat(task.get()).isEqualTo("token-1");
        }
        assertThat(runs()).isEqualTo(1);
    }

    @Test
    void argumentsReachTheProgramWithoutAShell() throws IOException {
        Path program = program("printf '%s' \"$#|$1|$2|$3\"");
        assertThat(command(program, "$HOME;id", "*", "`id`").current()).isEqualTo("3|$HOME;id|*|`id`");
    }

    @Test
    void theProgramHearsNothing() throws IOException {
        assertThat(command(program("cat; echo token")).current()).isEqualTo("token");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "echo hush; exit 3 | ended with status 3",
                "exit 0 | printed no token: one word of ASCII is wanted",
                "echo | printed no token: one word of ASCII is wanted",
                "echo hush hush | printed no token: one word of ASCII is wanted",
                "printf 'hush\\nhush\\n' | printed no token: one word of ASCII is wanted",
                "printf 'hush\\001' | printed no token: one word of ASCII is wanted",
                "printf 'hush\\377hush' | printed no token: one word of ASCII is wanted",
                "printf 'h\\303\\274sh' | printed no token: one word of ASCII is wanted",
                "head -c 70000 /dev/zero | printed more than 65536 octets",
                "head -c 100000000 /dev/zero | printed more than 65536 octets",
            })
    void whatGoesWrongIsSaidWithoutWhatWasPrinted(String body, String expected) throws IOException {
        TokenCommand command = command(program("echo hush >&2\n" + body));
        for (int run = 1; run <= 2; run++) {
            assertThatThrownBy(command::current)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the token command " + folder)
                    .hasMessageEndingWith(expected)
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("hush"));
            assertThat(runs()).isEqualTo(run);
            now.updateAndGet(time -> time.plus(TokenCommand.FAILURE_KEPT).minusMillis(1));
            assertThatThrownBy(command::current)
                    .hasMessageEndingWith(expected)
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("hush"));
            assertThat(runs()).as("a failure is kept for a while").isEqualTo(run);
            now.updateAndGet(time -> time.plusMillis(1));
        }
    }

    @Test
    void whoWaitedForAFailureHasIt() throws Exception {
        Path fifo = folder.resolve("never-written");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        TokenCommand command = command(Duration.ofMillis(500), program("cat " + fifo));
        List<FutureTask<String>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            FutureTask<String> task = new FutureTask<>(command::current);
            all.add(task);
            Thread.ofVirtual().start(task);
        }
        for (FutureTask<String> task : all) {
            assertThatThrownBy(task::get).hasMessageEndingWith("did not end within 500 ms");
        }
        assertThat(runs()).isEqualTo(1);
    }

    @Test
    void anAgentThatIsLeftBehindHoldsNothingOfOurs() throws Exception {
        Path fifo = folder.resolve("never-written");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        TokenCommand command = command(program("cat " + fifo + " & echo $! >> " + folder + "/agents\necho token"));
        long before = descriptors();
        List<Thread> threads = new ArrayList<>(Thread.getAllStackTraces().keySet());
        for (int i = 0; i < 10; i++) {
            assertThat(command.current()).isEqualTo("token");
            command.refused("token");
        }
        List<ProcessHandle> agents = Files.readAllLines(folder.resolve("agents")).stream()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
                .toList();
        try {
            assertThat(agents).hasSize(10).allMatch(ProcessHandle::isAlive);
            assertThat(descriptors()).isLessThan(before + 10);
            assertThat(Thread.getAllStackTraces().entrySet())
                    .filteredOn(one -> !threads.contains(one.getKey()))
                    .noneMatch(one -> List.of(one.getValue()).toString().contains("ProcessPipeInputStream"));
        } finally {
            agents.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void theEndOfLineMayBeAnybodys() throws IOException {
        assertThat(command(program("printf 'token\\r\\n'")).current()).isEqualTo("token");
    }

    @Test
    void aProgramThatIsGoneIsNamed() throws IOException {
        Path program = program("echo token");
        TokenCommand command = command(program);
        Files.delete(program);
        assertThatThrownBy(command::current)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the token command " + program + " can't be run");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat FIFO", "exec 1>/dev/null; cat FIFO", "cat FIFO & wait"})
    void aProgramThatHangsIsEnded(String body) throws Exception {
        Path fifo = folder.resolve("never-written");
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        Path program = program("echo $$ > " + folder + "/pid\n" + body.replace("FIFO", fifo.toString()));
        TokenCommand command = command(Duration.ofMillis(500), program);
        assertThatThrownBy(command::current)
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("did not end within 500 ms");
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void itsNameShowsNoArgumentAndItsEqualityIsItsCommand() throws IOException {
        Path program = program("echo token");
        assertThat(command(program, "hush").toString())
                .contains(program.toString())
                .doesNotContain("hush");
        assertThat(command(program, "a")).isEqualTo(command(program, "a")).isNotEqualTo(command(program, "b"));
        assertThat(command(program, "a")).hasSameHashCodeAs(command(program, "a"));
        assertThatThrownBy(() -> new TokenCommand(List.of(), LIFETIME, InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
