package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Family;
import dev.nexthop.store.StoreInUseException;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A spool whose files are damaged: what is whole is still served, the rest is put aside, told of and kept. */
class DamageTest {
    private static final int MEMORY_BODY = 64 * 1024;
    private static final Envelope ENVELOPE = Samples.envelope("a@example.com", "b@example.net");

    @TempDir
    Path folder;

    private SpoolSettings settings;
    private final List<String> alarms = new ArrayList<>();
    private final Map<QueueId, Long> sent = new HashMap<>();

    @BeforeEach
    void settings() {
        settings = new SpoolSettings(folder.resolve("spool"), MEMORY_BODY, 0);
    }

    private RocksSpool open() throws IOException {
        return RocksSpool.open(settings, Clock.systemUTC(), _ -> {}, alarms::add);
    }

    private QueueId commit(RocksSpool spool, int size) throws IOException {
        try (Draft draft = spool.begin()) {
            byte[] content = Samples.content(sent.size(), size);
            draft.write(content, 0, size);
            QueueId id = draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of())
                    .id();
            sent.put(id, (long) sent.size());
            return id;
        }
    }

    /** What a server does at its start: serves what it can read, puts aside what it can't. */
    private List<QueueId> served(RocksSpool spool) throws IOException {
        List<QueueId> whole = new ArrayList<>();
        List<QueueId> damaged = new ArrayList<>();
        spool.forEach(message -> whole.add(message.id()), damaged::add);
        for (QueueId id : damaged) {
            assertThatThrownBy(() -> spool.read(id)).isInstanceOfSatisfying(IOException.class, reason -> {
                try {
                    assertThat(spool.quarantine(id, reason)).isTrue();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
        return whole;
    }

    private static VerifyReport verify(RocksSpool spool) throws IOException {
        return spool.inspection().verify(new QueueId(0), Duration.ofMinutes(1));
    }

    private void edit(Edit... edits) throws IOException {
        try (Database database = Database.open(RocksSpool.folder(settings), "test", Tables.ALL, StoreMemory.SMALL)) {
            database.commit(List.of(edits));
        }
    }

    private List<Path> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(RocksSpool.folder(settings))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private Path largestTable() throws IOException {
        List<Path> tables = files(".sst");
        Path largest = tables.getFirst();
        for (Path table : tables) {
            largest = Files.size(table) > Files.size(largest) ? table : largest;
        }
        return largest;
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer octet = ByteBuffer.allocate(1);
            channel.read(octet, at);
            octet.put(0, (byte) ~octet.get(0)).flip();
            channel.write(octet, at);
        }
    }

    @Test
    void bodiesThatAnOlderProgramNamedByTheirMessagesAreRead() throws Exception {
        QueueId large;
        Path named;
        try (RocksSpool spool = open()) {
            large = commit(spool, MEMORY_BODY * 2);
            Path file = spool.files().path(large);
            byte[] octets = Files.readAllBytes(file);
            named = file.resolveSibling(large.toString());
            Files.write(named, Arrays.copyOfRange(octets, BodyHeader.SIZE, octets.length));
            Files.delete(file);
        }
        edit(new Edit.Put(Tables.META, Tables.formatKey(), Tables.markValue(1)));
        try (RocksSpool spool = open()) {
            assertThat(verify(spool).messages()).isEqualTo(1);
            assertThat(verify(spool).faults()).isEmpty();
            QueueId next = commit(spool, MEMORY_BODY * 2);
            assertThat(spool.files().path(next)).isNotEqualTo(named);
            spool.apply(List.of(new Change.Removal(large))).get(30, TimeUnit.SECONDS);
            assertThat(named).doesNotExist();
            assertThat(served(spool)).containsExactly(next);
        }
        try (Database database = Database.open(RocksSpool.folder(settings), "test", Tables.ALL, StoreMemory.SMALL)) {
            assertThat(database.get(Tables.META, Tables.formatKey()).map(Tables::mark))
                    .as("an older program would not find the new ones")
                    .contains(2L);
        }
    }

    @Test
    void aSpoolSaysWhichFormatItHasAndANewerOneIsRefused() throws Exception {
        try (RocksSpool spool = open()) {
            commit(spool, 100);
        }
        edit(new Edit.Put(Tables.META, Tables.formatKey(), Tables.markValue(7)));
        assertThatThrownBy(this::open)
                .hasMessageContaining("has format 7")
                .hasMessageContaining("formats up to 2")
                .hasMessageContaining("run the version of Nexthop that wrote it");
        edit(new Edit.Put(Tables.META, Tables.formatKey(), Tables.markValue(1)));
        try (RocksSpool spool = open()) {
            assertThat(served(spool)).hasSize(1);
        }
    }

    @Test
    void familiesOfANewerProgramAreRefusedToo() throws Exception {
        List<Family> more = new ArrayList<>(Tables.ALL);
        more.add(new Family("future", Family.Kind.RARE));
        Database.open(RocksSpool.folder(settings), "test", more, StoreMemory.SMALL)
                .close();
        assertThatThrownBy(this::open).hasMessageContaining("future").hasMessageContaining("a newer version wrote it");
    }

    @Test
    void anOlderSpoolIsBroughtUpStepByStepAndAStepCutShortBeginsAgain() throws Exception {
        try (RocksSpool spool = open()) {
            commit(spool, 100);
        }
        edit(new Edit.Delete(Tables.META, Tables.formatKey()));
        byte[] trace = {1};
        List<String> ran = new ArrayList<>();
        SpoolFormat.Step first = SpoolFormat.STEPS.getFirst();
        SpoolFormat.Step second = database -> {
            ran.add("second");
            database.commit(List.of(new Edit.Put(Tables.META, trace, trace)));
            if (ran.size() == 1) {
                throw new IOException("killed");
            }
            return List.of(new Edit.Delete(Tables.META, trace));
        };
        List<SpoolFormat.Step> steps = List.of(first, second);
        try (Database database = Database.open(RocksSpool.folder(settings), "test", Tables.ALL, StoreMemory.SMALL)) {
            assertThatThrownBy(() -> SpoolFormat.bringUp(database, folder, steps))
                    .hasMessage("killed");
            assertThat(database.get(Tables.META, Tables.formatKey()).map(Tables::mark))
                    .contains(1L);
            SpoolFormat.bringUp(database, folder, steps);
            assertThat(database.get(Tables.META, Tables.formatKey()).map(Tables::mark))
                    .contains(2L);
            assertThat(database.get(Tables.META, trace)).isEmpty();
            SpoolFormat.bringUp(database, folder, steps);
            assertThat(ran).hasSize(2);
        }
    }

    @Test
    void aDamagedRecordGoesIntoQuarantineWithItsOctetsAndCanBeExportedAndDropped() throws Exception {
        QueueId good;
        QueueId bad;
        try (RocksSpool spool = open()) {
            good = commit(spool, 100);
            bad = commit(spool, 5_000);
        }
        byte[] garbage = {1, 2, 3};
        edit(new Edit.Put(Tables.MESSAGE, Tables.key(bad), garbage));
        try (RocksSpool spool = open()) {
            assertThat(served(spool)).containsExactly(good);
            assertThat(alarms).singleElement().asString().contains(bad.toString(), "quarantine");
            assertThat(served(spool)).containsExactly(good);
            VerifyReport report = verify(spool);
            assertThat(report.faults()).isEmpty();
            assertThat(report.messages()).isEqualTo(1);
            assertThat(report.quarantined()).singleElement().satisfies(entry -> {
                assertThat(entry.id()).isEqualTo(bad);
                assertThat(entry.reason()).contains("the record of message " + bad);
                assertThat(entry.octets()).isGreaterThan(5_000);
            });
            assertThat(spool.inspection().export(bad, folder)).hasSize(4);
            assertThat(folder.resolve(bad + ".eml")).hasBinaryContent(Samples.content(1, 5_000));
            assertThat(folder.resolve(bad + ".record")).hasBinaryContent(garbage);
            assertThat(spool.inspection().drop(bad)).isTrue();
            assertThat(spool.inspection().drop(bad)).isFalse();
            assertThat(verify(spool).quarantined()).isEmpty();
        }
    }

    @Test
    void aDamagedBodyFileIsNoticedWhenItIsReadAndKeptInQuarantine() throws Exception {
        QueueId id;
        try (RocksSpool spool = open()) {
            id = commit(spool, MEMORY_BODY * 2);
            Path file = spool.files().path(id);
            flip(file, 70_000);
            QueuedMessage message = spool.read(id).orElseThrow();
            assertThatThrownBy(() -> RocksSpool.drain(message.body())).isInstanceOf(CorruptRecordException.class);
            assertThatThrownBy(() -> spool.read(id)).isInstanceOfSatisfying(CorruptRecordException.class, reason -> {
                try {
                    assertThat(spool.quarantine(id, reason)).isTrue();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(spool.read(id)).isEmpty();
        }
        try (RocksSpool spool = open()) {
            assertThat(spool.files().path(id)).as("kept over a start").exists();
            assertThat(verify(spool).faults()).isEmpty();
            spool.inspection().export(id, folder);
            assertThat(folder.resolve(id + ".eml")).hasSize(MEMORY_BODY * 2);
            spool.inspection().drop(id);
            assertThat(spool.files().path(id)).doesNotExist();
        }
    }

    @Test
    void aCheckFindsWhatDoesNotBelongTogetherAndARepairPutsItRight() throws Exception {
        List<QueueId> ids = new ArrayList<>();
        try (RocksSpool spool = open()) {
            for (int i = 0; i < 8; i++) {
                ids.add(commit(spool, i == 7 ? MEMORY_BODY * 2 : 100));
            }
            Files.delete(spool.files().path(ids.get(7)));
        }
        QueueId beyond = new QueueId(Long.MAX_VALUE - 5);
        QueueId stray = new QueueId(12);
        Path bodies = settings.path().resolve("bodies");
        Files.writeString(bodies.resolve(stray.toString()), "unfinished");
        Files.writeString(bodies.resolve("notes.txt"), "not ours");
        edit(
                new Edit.Put(Tables.MESSAGE, Tables.key(ids.get(0)), new byte[] {9}),
                new Edit.Delete(Tables.STATE, Tables.key(ids.get(1))),
                new Edit.Delete(Tables.BODY, Tables.key(ids.get(2))),
                new Edit.Put(Tables.BODY, Tables.key(ids.get(3)), new byte[7]),
                new Edit.Delete(Tables.MESSAGE, Tables.key(ids.get(4))),
                new Edit.Put(Tables.STATE, Tables.key(new QueueId(77)), new byte[] {1}),
                new Edit.Put(Tables.BODY, Tables.key(new QueueId(78)), new byte[] {1}),
                new Edit.Put(Tables.STATE, Tables.key(beyond), new byte[] {1}));
        try (RocksSpool spool = SpoolInspection.stopped(settings, Clock.systemUTC(), alarms::add)) {
            VerifyReport report = verify(spool);
            assertThat(report.messages()).as("whole").isEqualTo(2);
            assertThat(report.faults())
                    .extracting(Fault::kind, Fault::name)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple(
                                    Fault.Kind.DAMAGED, ids.get(0).toString()),
                            org.assertj.core.groups.Tuple.tuple(
                                    Fault.Kind.DAMAGED, ids.get(1).toString()),
                            org.assertj.core.groups.Tuple.tuple(
                                    Fault.Kind.DAMAGED, ids.get(2).toString()),
                            org.assertj.core.groups.Tuple.tuple(
                                    Fault.Kind.DAMAGED, ids.get(3).toString()),
                            org.assertj.core.groups.Tuple.tuple(
                                    Fault.Kind.DAMAGED, ids.get(4).toString()),
                            org.assertj.core.groups.Tuple.tuple(
                                    Fault.Kind.DAMAGED, ids.get(7).toString()),
                            org.assertj.core.groups.Tuple.tuple(Fault.Kind.STATE_ALONE, new QueueId(77).toString()),
                            org.assertj.core.groups.Tuple.tuple(Fault.Kind.BODY_ALONE, new QueueId(78).toString()),
                            org.assertj.core.groups.Tuple.tuple(Fault.Kind.STATE_ALONE, beyond.toString()),
                            org.assertj.core.groups.Tuple.tuple(Fault.Kind.FILE_ALONE, stray.toString()),
                            org.assertj.core.groups.Tuple.tuple(
                                    Fault.Kind.FOREIGN,
                                    bodies.resolve("notes.txt").toString()));
            assertThatThrownBy(() -> SpoolInspection.stopped(settings, Clock.systemUTC(), alarms::add))
                    .isInstanceOf(StoreInUseException.class);
        }
        VerifyReport repaired = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(repaired.faults()).hasSize(11);
        assertThat(repaired.repaired()).hasSize(10);
        assertThat(repaired.quarantined()).hasSize(10);
        assertThat(bodies.resolve(stray.toString())).exists();
        try (RocksSpool spool = open()) {
            assertThat(served(spool)).containsExactlyInAnyOrder(ids.get(5), ids.get(6));
            assertThat(verify(spool).faults()).extracting(Fault::kind).containsExactly(Fault.Kind.FOREIGN);
        }
    }

    @Test
    void anIdAtOrAboveTheMarkIsAFaultAndADamagedMarkStopsNobody() throws Exception {
        QueueId id;
        try (RocksSpool spool = open()) {
            id = commit(spool, 100);
        }
        edit(new Edit.Put(Tables.META, Tables.idsKey(), Tables.markValue(1)));
        VerifyReport report = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(report.faults()).extracting(Fault::kind).containsExactly(Fault.Kind.ABOVE_MARK);
        edit(new Edit.Put(Tables.META, Tables.idsKey(), new byte[] {1, 2}));
        try (RocksSpool spool = open()) {
            assertThat(alarms).singleElement().asString().contains("mark of queue ids");
            assertThat(commit(spool, 100)).isGreaterThan(id);
            assertThat(served(spool)).hasSize(2);
        }
    }

    /** Fills tables of records, states and bodies, as starts and full write buffers do. */
    private List<QueueId> tables(int messages) throws IOException {
        List<QueueId> ids = new ArrayList<>();
        try (RocksSpool spool = open()) {
            for (int i = 0; i < messages; i++) {
                ids.add(commit(spool, 6_000));
            }
        }
        open().close(); // replays the log into tables
        return ids;
    }

    @Test
    void aDamagedBlockOfATableCostsOnlyWhatItHolds() throws Exception {
        List<QueueId> ids = tables(300);
        Path largest = largestTable();
        flip(largest, Files.size(largest) / 3);
        List<QueueId> whole;
        try (RocksSpool spool = open()) {
            whole = served(spool);
            assertThat(whole)
                    .hasSizeGreaterThan(ids.size() * 3 / 4)
                    .hasSizeLessThan(ids.size())
                    .isSubsetOf(ids);
            VerifyReport report = verify(spool);
            assertThat(report.faults()).extracting(Fault::kind).containsOnly(Fault.Kind.UNREADABLE);
            assertThat(report.quarantined()).hasSize(ids.size() - whole.size());
            commit(spool, 100);
        }
        VerifyReport report = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(report.repaired()).anyMatch(done -> done.contains("wrote the database anew"));
        assertThat(report.messages()).isEqualTo(whole.size() + 1);
        try (RocksSpool spool = open()) {
            assertThat(verify(spool).faults()).isEmpty();
            assertThat(served(spool)).containsAll(whole);
        }
    }

    @Test
    void aDamagedBlobCostsOneBody() throws Exception {
        List<QueueId> ids = tables(50);
        Path blob = files(".blob").getFirst();
        flip(blob, Files.size(blob) / 2);
        try (RocksSpool spool = open()) {
            VerifyReport report = verify(spool);
            assertThat(report.faults())
                    .filteredOn(fault -> fault.kind() == Fault.Kind.DAMAGED)
                    .hasSize(1);
            assertThat(report.messages()).isEqualTo(ids.size() - 1);
        }
    }

    /** A copy of the files of a running database is what a kill would leave. */
    private void crash(RocksSpool spool, Path image) throws IOException {
        assertThat(spool.counts().commits()).isPositive();
        try (Stream<Path> files = Files.walk(settings.path())) {
            for (Path file : files.toList()) {
                Files.copy(file, image.resolve(settings.path().relativize(file)));
            }
        }
        settings = new SpoolSettings(image, MEMORY_BODY, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "garbage", "flipped", "zeros"})
    void aDamagedLogCostsOnlyWhatIsDamaged(String how) throws Exception {
        List<QueueId> ids = new ArrayList<>();
        try (RocksSpool spool = open()) {
            for (int i = 0; i < 100; i++) {
                ids.add(commit(spool, 6_000));
            }
            crash(spool, folder.resolve("image"));
        }
        Path log = files(".log").getLast();
        long size = Files.size(log);
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            switch (how) {
                case "cut" -> channel.truncate(size - 3_000);
                case "garbage" -> channel.write(ByteBuffer.wrap(Samples.content(3, 5_000)), size);
                case "zeros" -> channel.write(ByteBuffer.wrap(new byte[50_000]), size);
                default -> {}
            }
        }
        if (how.equals("flipped")) {
            flip(log, size / 2);
        }
        try (RocksSpool spool = open()) {
            List<QueueId> whole = served(spool);
            switch (how) {
                case "cut" -> assertThat(whole).containsExactlyElementsOf(ids.subList(0, 99));
                case "flipped" -> {
                    assertThat(whole).hasSize(99).contains(ids.getFirst(), ids.getLast());
                    assertThat(alarms).anyMatch(alarm -> alarm.contains("write-ahead log"));
                }
                default -> assertThat(whole).containsExactlyElementsOf(ids);
            }
            for (QueueId id : whole) {
                try (InputStream in = spool.read(id).orElseThrow().body().open()) {
                    assertThat(in.readAllBytes())
                            .isEqualTo(Samples.content(Objects.requireNonNull(sent.get(id)), 6_000));
                }
            }
            assertThat(commit(spool, 10)).isGreaterThan(ids.getLast());
        }
    }
}
