package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.QueueId;
import java.io.BufferedReader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 5321 §6.1: once 250 was said, the message must not be lost for frivolous reasons, such as a kill. */
class SpoolCrashTest {
    private static final int KILLS = 3;

    @TempDir
    Path folder;

    /** Seed and size of a message's bytes. */
    private record Bytes(long seed, int size) {}

    private final Map<QueueId, Bytes> promised = new HashMap<>();
    private final Set<QueueId> maybeGone = new HashSet<>();
    private final Set<QueueId> gone = new HashSet<>();

    @Test
    void everythingAcknowledgedSurvivesKills() throws Exception {
        SplittableRandom random = new SplittableRandom(42);
        for (int kill = 1; kill <= KILLS; kill++) {
            runAndKill(kill, 300 + random.nextInt(1_500));
            // The native library is unpacked where the next start writes over it, not once more for each kill.
            assertThat(folder.resolve("db")).isDirectoryContaining("glob:**/librocksdbjni*");
            verify();
        }
    }

    private void runAndKill(int seed, int lines) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SpoolCrashChild.class.getName(),
                        folder.toString(),
                        String.valueOf(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = child.inputReader(StandardCharsets.US_ASCII)) {
            int seen = 0;
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                note(line);
                if (++seen == lines) {
                    // SIGKILL; what is still in the pipe was promised before and is read to its end.
                    child.toHandle().destroyForcibly();
                }
            }
            assertThat(seen).as("lines of the child").isGreaterThanOrEqualTo(lines);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private void note(String line) {
        String[] words = line.split(" ", -1);
        assertThat(words[0]).as(line).isNotEqualTo("!");
        if (!words[words.length - 1].equals(".")) {
            return; // Cut by the kill: not a promise.
        }
        QueueId id = QueueId.parse(words[1]);
        switch (words[0]) {
            case "+" ->
                assertThat(promised.put(id, new Bytes(Long.parseLong(words[2]), Integer.parseInt(words[3]))))
                        .as("id given twice: %s", id)
                        .isNull();
            case "-" -> maybeGone.add(id);
            case "=" -> gone.add(id);
            default -> throw new AssertionError(line);
        }
    }

    private void verify() throws Exception {
        Map<QueueId, QueuedMessage> found = new HashMap<>();
        try (RocksSpool spool = RocksSpool.open(SpoolCrashChild.settings(folder), Clock.systemUTC(), message -> {})) {
            spool.forEach(message -> found.put(message.id(), message));
            for (Map.Entry<QueueId, Bytes> promise : promised.entrySet()) {
                QueuedMessage message = found.get(promise.getKey());
                if (message == null) {
                    assertThat(maybeGone).as("a lost message").contains(promise.getKey());
                    continue;
                }
                try (InputStream in = message.body().open()) {
                    assertThat(in.readAllBytes())
                            .isEqualTo(Samples.content(
                                    promise.getValue().seed(),
                                    promise.getValue().size()));
                }
            }
            assertThat(found.keySet()).doesNotContainAnyElementsOf(gone);
            try (Stream<Path> files = Files.list(folder.resolve("bodies"))) {
                for (Path file : files.toList()) {
                    assertThat(found)
                            .as("no file without a message")
                            .containsKey(BodyNames.owner(file).orElseThrow());
                }
            }
        }
    }
}
