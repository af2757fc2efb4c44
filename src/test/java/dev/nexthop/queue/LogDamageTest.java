package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A spool whose write-ahead log is damaged: what is whole behind that is served, what may be mail is never removed. */
class LogDamageTest {
    private static final int BLOCK = 32 * 1024;
    private static final int MEMORY_BODY = 64 * 1024;
    private static final Envelope ENVELOPE = Samples.envelope("a@example.com", "b@example.net");

    @TempDir
    Path folder;

    private SpoolSettings settings;
    private final List<String> alarms = new ArrayList<>();
    private final List<QueueId> ids = new ArrayList<>();

    @BeforeEach
    void settings() {
        settings = new SpoolSettings(folder.resolve("spool"), MEMORY_BODY, 0);
    }

    private RocksSpool open() throws IOException {
        alarms.clear();
        return RocksSpool.open(settings, Clock.systemUTC(), _ -> {}, alarms::add);
    }

    private QueueId commit(RocksSpool spool, int size) throws IOException {
        try (Draft draft = spool.begin()) {
            draft.write(Samples.content(ids.size(), size), 0, size);
            QueueId id = draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of())
                    .id();
            ids.add(id);
            return id;
        }
    }

    /** A spool as a kill leaves it: many messages, the one in the middle with its body in a file. */
    private Path killed() throws IOException {
        Path image = folder.resolve("image");
        try (RocksSpool spool = open()) {
            for (int i = 0; i < 61; i++) {
                commit(spool, i == 30 ? MEMORY_BODY * 2 : 6_000);
            }
            try (Stream<Path> files = Files.walk(settings.path())) {
                for (Path file : files.toList()) {
                    Files.copy(file, image.resolve(settings.path().relativize(file)));
                }
            }
        }
        settings = new SpoolSettings(image, MEMORY_BODY, 0);
        return logs(RocksSpool.folder(settings)).getLast();
    }

    private static List<Path> logs(Path from) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static void write(Path file, byte[] octets, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(octets), at);
        }
    }

    private static int find(byte[] in, byte[] what) {
        for (int i = 0; i < in.length - what.length; i++) {
            if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }

    private List<QueueId> served(RocksSpool spool) throws IOException {
        List<QueueId> whole = new ArrayList<>();
        spool.forEach(message -> whole.add(message.id()), _ -> {});
        return whole;
    }

    private static VerifyReport verify(RocksSpool spool) throws IOException {
        return spool.inspection().verify(new QueueId(0), Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {4 * 1024, BLOCK})
    void zerosInTheLogCostOnlyWhatTheyHide(int length) throws Exception {
        Path log = killed();
        write(log, new byte[length], 4L * BLOCK);
        try (RocksSpool spool = open()) {
            assertThat(served(spool)).hasSizeBetween(61 - 8, 60).contains(ids.getFirst(), ids.getLast());
            assertThat(alarms).anyMatch(alarm -> alarm.contains("write-ahead log"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "verify", "repair"})
    void aLargeBodyWhoseRecordIsLostStaysWhateverComesNext(String first) throws Exception {
        Path log = killed();
        QueueId large = ids.get(30);
        byte[] octets = Files.readAllBytes(log);
        int at = find(octets, Tables.key(large));
        write(log, new byte[] {(byte) ~octets[at]}, at);
        switch (first) {
            case "verify" -> {
                try (RocksSpool spool = SpoolInspection.stopped(settings, Clock.systemUTC(), alarms::add)) {
                    assertThat(verify(spool).faults())
                            .extracting(Fault::kind)
                            .contains(Fault.Kind.LOG_TORN, Fault.Kind.FILE_ALONE);
                }
            }
            case "repair" -> {
                VerifyReport report = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
                assertThat(report.repaired()).anyMatch(done -> done.contains("quarantine"));
            }
            default -> {}
        }
        try (RocksSpool spool = open()) {
            assertThat(served(spool)).hasSize(60).doesNotContain(large);
            assertThat(verify(spool).quarantined()).extracting(Quarantined::id).containsExactly(large);
            assertThat(alarms).hasSize(first.equals("repair") ? 0 : 1);
        }
        VerifyReport again = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(again.faults()).as("told once").isEmpty();
        try (RocksSpool spool = open()) {
            assertThat(alarms).as("alarm once").isEmpty();
            byte[] file = Files.readAllBytes(spool.files().path(large));
            assertThat(Arrays.copyOfRange(file, BodyHeader.SIZE, file.length))
                    .isEqualTo(Samples.content(30, MEMORY_BODY * 2));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "repair"})
    void aLossIsRememberedWhileABodyCanNotBeRead(String first) throws Exception {
        Path log = killed();
        QueueId large = ids.get(30);
        int at = find(Files.readAllBytes(log), Tables.key(large));
        write(log, new byte[] {(byte) ~Files.readAllBytes(log)[at]}, at);
        Path file = settings.path().resolve("bodies").resolve("body-" + large.value());
        Path aside = Files.move(file, settings.path().resolve("aside"));
        Files.createDirectory(file); // which can't be read as a file
        if (first.equals("start")) {
            open().close();
        } else {
            SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        }
        Files.delete(file);
        Files.move(aside, file);
        for (int starts = 0; starts < 2; starts++) {
            try (RocksSpool spool = open()) {
                assertThat(verify(spool).quarantined())
                        .extracting(Quarantined::id)
                        .containsExactly(large);
            }
        }
    }

    @Test
    void aBodyThatWasNeverWholeIsToldAsSuch() throws Exception {
        Path log = killed();
        QueueId large = ids.get(30);
        int at = find(Files.readAllBytes(log), Tables.key(large));
        write(log, new byte[] {(byte) ~Files.readAllBytes(log)[at]}, at);
        write(settings.path().resolve("bodies").resolve("body-" + large.value()), new byte[4096], 4096);
        try (RocksSpool spool = open()) {
            assertThat(verify(spool).quarantined())
                    .singleElement()
                    .extracting(Quarantined::reason)
                    .asString()
                    .contains("may hold octets of another message");
        }
    }

    @Test
    void aBodyFileWithoutRecordIsPutAsideByARepairAndNotDeleted() throws Exception {
        try (RocksSpool spool = open()) {
            commit(spool, 100);
        }
        Path stray = settings.path().resolve("bodies").resolve(new QueueId(12).toString());
        Files.writeString(stray, "perhaps mail");
        VerifyReport report = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(report.quarantined()).extracting(Quarantined::id).containsExactly(new QueueId(12));
        open().close();
        assertThat(stray).hasContent("perhaps mail");
    }

    @Test
    void damageInTheLastRecordLeavesACopyOfTheLog() throws Exception {
        Path log = killed();
        byte[] octets = Files.readAllBytes(log);
        write(log, new byte[] {(byte) ~octets[octets.length - 100]}, octets.length - 100);
        byte[] damaged = Files.readAllBytes(log);
        try (RocksSpool spool = open()) {
            assertThat(served(spool)).hasSize(60);
        }
        assertThat(logs(RocksSpool.folder(settings)))
                .filteredOn(file -> file.toString().contains("/salvaged-"))
                .singleElement()
                .satisfies(copy -> assertThat(copy).hasBinaryContent(damaged));
    }
}
