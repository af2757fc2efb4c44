package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes into quarantine, what comes out of it, and the rewriting of a damaged database. */
class QuarantineTest {
    private static final int MEMORY_BODY = 64 * 1024;
    private static final Envelope ENVELOPE = Samples.envelope("a@example.com", "b@example.net");

    /** How a table begins whose first key is that of the format: lengths, then the key. */
    private static final byte[] FORMAT_ENTRY = "\0\016\010format".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    Path folder;

    private SpoolSettings settings;
    private final List<String> alarms = new ArrayList<>();
    private final List<QueueId> taken = new ArrayList<>();
    private final List<QueueId> restored = new ArrayList<>();
    private final List<Change> overtaken = new ArrayList<>();
    private Consumer<QueueId> meanwhile = _ -> {};
    private int takenBefore;

    @BeforeEach
    void settings() {
        settings = new SpoolSettings(folder.resolve("spool"), MEMORY_BODY, 0);
    }

    private RocksSpool open() throws IOException {
        SpoolWatch watch = new SpoolWatch() {
            @Override
            public void damaged(String text) {
                alarms.add(text);
            }

            @Override
            public void restored(QueuedMessage message) {
                restored.add(message.id());
                takenBefore = taken.size();
                meanwhile.accept(message.id());
            }

            @Override
            public void overtaken(Change newest) {
                overtaken.add(newest);
            }
        };
        return RocksSpool.open(settings, Clock.systemUTC(), message -> taken.add(message.id()), watch);
    }

    private static QueueId commit(RocksSpool spool, int size) throws IOException {
        try (Draft draft = spool.begin()) {
            draft.write(Samples.content(1, size), 0, size);
            return draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of())
                    .id();
        }
    }

    /** What the reader of the queue does with a message that is due. */
    private static boolean quarantined(RocksSpool spool, QueueId id) throws IOException {
        try {
            spool.read(id);
            return false;
        } catch (CorruptRecordException e) {
            return spool.quarantine(id, e);
        }
    }

    private static VerifyReport verify(RocksSpool spool) throws IOException {
        return spool.inspection().verify(new QueueId(0), Duration.ofMinutes(1));
    }

    private Database database() throws IOException {
        return Database.open(RocksSpool.folder(settings), "test", Tables.ALL, StoreMemory.SMALL);
    }

    private Path bodies() {
        return settings.path().resolve("bodies");
    }

    /** Damages the value that begins with some octets, in whichever table holds it. */
    private void damage(byte[] octets) throws IOException {
        int times = 0;
        try (Stream<Path> files = Files.list(RocksSpool.folder(settings))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".sst")).toList()) {
                byte[] all = Files.readAllBytes(file);
                int at = new String(all, StandardCharsets.ISO_8859_1)
                        .indexOf(new String(octets, StandardCharsets.ISO_8859_1));
                if (at >= 0) {
                    all[at] ^= 1;
                    Files.write(file, all);
                    times++;
                }
            }
        }
        assertThat(times).as("tables damaged").isPositive();
    }

    @Test
    void aLargeMessageWhoseFileDoesNotSayWhoseItIsGoesBackIntoTheQueue() throws Exception {
        QueueId id;
        Path file;
        byte[] octets;
        try (RocksSpool spool = open()) {
            id = commit(spool, MEMORY_BODY * 2);
            file = spool.files().path(id);
            octets = Files.readAllBytes(file);
            byte[] zeros = octets.clone();
            Arrays.fill(zeros, 0, BodyHeader.SIZE, (byte) 0);
            Files.write(file, zeros);
            QueuedMessage message = spool.read(id).orElseThrow();
            assertThatThrownBy(() -> RocksSpool.drain(message.body())).hasMessageContaining("does not say whose");
            assertThat(spool.quarantine(id, new CorruptRecordException("damaged")))
                    .isTrue();
            assertThat(spool.inspection().export(id, folder)).hasSize(4);
            assertThat(folder.resolve(id + ".eml"))
                    .hasBinaryContent(Arrays.copyOfRange(octets, BodyHeader.SIZE, octets.length));
        }
        try (RocksSpool spool = open()) {
            assertThat(alarms).anyMatch(alarm -> alarm.contains("may be bodies of messages"));
            assertThat(verify(spool).faults()).extracting(Fault::kind).containsExactly(Fault.Kind.BODY_UNTOLD);
            assertThat(spool.inspection().export(id, folder)).hasSize(3);
            assertThat(spool.inspection().restore(id)).isTrue();
            assertThat(verify(spool).faults()).isEmpty();
            assertThat(verify(spool).messages()).isEqualTo(1);
        }
        assertThat(file).hasBinaryContent(octets);
    }

    @Test
    void aLargeMessageWhoseBodyIsBackGoesBackIntoTheQueue() throws Exception {
        Path elsewhere = folder.resolve("elsewhere");
        try (RocksSpool spool = open()) {
            QueueId id = commit(spool, MEMORY_BODY * 2);
            taken.clear();
            Files.move(spool.files().path(id), elsewhere);
            assertThatThrownBy(
                            () -> RocksSpool.drain(spool.read(id).orElseThrow().body()))
                    .isInstanceOf(IOException.class);
            spool.quarantine(id, new CorruptRecordException("missing"));
            assertThat(spool.read(id)).isEmpty();
            SpoolInspection inspection = spool.inspection();
            assertThatThrownBy(() -> inspection.restore(id))
                    .isInstanceOf(CorruptRecordException.class)
                    .hasMessageContaining("missing");
            assertThat(inspection.quarantined(9)).hasSize(1);
            Files.move(elsewhere, spool.files().path(id));
            assertThat(inspection.restore(id)).isTrue();
            assertThat(taken).as("handed over to be delivered").containsExactly(id);
            assertThat(restored).containsExactly(id);
            assertThat(takenBefore).as("told before it is handed over").isZero();
            RocksSpool.drain(spool.read(id).orElseThrow().body());
            assertThat(inspection.restore(id)).as("a second time").isFalse();
            assertThat(verify(spool).quarantined()).isEmpty();
        }
        try (RocksSpool spool = open()) {
            assertThat(verify(spool).messages()).isEqualTo(1);
        }
    }

    @Test
    void aSmallMessageComesBackOnlyWhole() throws Exception {
        QueueId id;
        byte[] state;
        try (RocksSpool spool = open()) {
            id = commit(spool, 5_000);
        }
        try (Database database = database()) {
            state = database.get(Tables.STATE, Tables.key(id)).orElseThrow();
            database.commit(List.of(new Edit.Delete(Tables.STATE, Tables.key(id))));
        }
        try (RocksSpool spool = open()) {
            assertThat(quarantined(spool, id)).isTrue();
            assertThatThrownBy(() -> spool.inspection().restore(id)).hasMessageContaining("its state is not in");
        }
        try (Database database = database()) {
            database.commit(
                    List.of(new Edit.Put(Tables.QUARANTINE, Quarantine.keys(id).get(2), state)));
        }
        try (RocksSpool spool = open()) {
            assertThat(spool.inspection().restore(id)).isTrue();
            assertThat(spool.read(id).orElseThrow().body().open().readAllBytes())
                    .isEqualTo(Samples.content(1, 5_000));
            VerifyReport report = verify(spool);
            assertThat(report.faults()).isEmpty();
            assertThat(report.messages()).isEqualTo(1);
        }
    }

    @Test
    void aMessageThatIsWholeWhenItIsReadOnceMoreStays() throws Exception {
        try (RocksSpool spool = open()) {
            QueueId id = commit(spool, 100);
            assertThat(spool.quarantine(id, new CorruptRecordException("a bad moment")))
                    .isFalse();
            assertThat(spool.read(id)).isPresent();
            assertThat(alarms).isEmpty();
        }
    }

    @Test
    void aMissingFolderOfBodiesIsOneAlarmAndItsMessagesAreSomeMore() throws Exception {
        List<QueueId> ids = new ArrayList<>();
        try (RocksSpool spool = open()) {
            assertThat(alarms).isEmpty();
            for (int i = 0; i < 35; i++) {
                ids.add(commit(spool, MEMORY_BODY + 1));
            }
        }
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(bodies(), elsewhere);
        try (RocksSpool spool = open()) {
            assertThat(alarms).singleElement().asString().contains(bodies() + ", is missing");
            for (QueueId id : ids) {
                assertThat(quarantined(spool, id)).isTrue();
            }
            assertThat(alarms).hasSize(11);
            assertThat(alarms.getLast())
                    .contains(ids.get(9).toString(), "as are 9 before it", "the next alarm is for 100");
            ids.add(commit(spool, MEMORY_BODY + 1)); // its file must not be in the way of those that come back
        }
        try (Stream<Path> back = Files.list(elsewhere)) {
            for (Path file : back.toList()) {
                Files.move(file, bodies().resolve(file.getFileName()));
            }
        }
        try (RocksSpool spool = open()) {
            for (QueueId id : ids.subList(0, 35)) {
                assertThat(spool.inspection().restore(id)).isTrue();
            }
            assertThat(verify(spool).messages()).isEqualTo(ids.size());
        }
    }

    @Test
    void whatIsExportedOnlyItsOwnerReadsAndLinksAreNotFollowed() throws Exception {
        try (RocksSpool spool = open()) {
            QueueId small = commit(spool, 100);
            QueueId large = commit(spool, MEMORY_BODY * 2);
            Path victim = Files.writeString(folder.resolve("victim"), "precious");
            for (QueueId id : List.of(small, large)) {
                spool.inspection().putAside(id, "test", Clock.systemUTC().instant());
                Files.createSymbolicLink(folder.resolve(id + ".eml"), victim);
                List<Path> files = spool.inspection().export(id, folder);
                assertThat(files)
                        .hasSize(4)
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .isEqualTo("rw-------"));
                assertThat(folder.resolve(id + ".eml")).isRegularFile();
                assertThat(Files.isSymbolicLink(folder.resolve(id + ".eml"))).isFalse();
            }
            assertThat(victim).hasContent("precious");
            assertThat(spool.inspection().export(small, folder)).as("once more").hasSize(4);
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left).hasSize(2 + 8);
            }
        }
    }

    @Test
    void aNewDatabaseThatNeverTookItsPlaceIsRemoved() throws Exception {
        QueueId id;
        try (RocksSpool spool = open()) {
            id = commit(spool, 100);
        }
        Path stale = settings.path().resolve("db.rebuilt");
        Files.createDirectory(stale);
        Files.writeString(stale.resolve("CURRENT"), "old");
        try (RocksSpool spool = open()) {
            assertThat(spool.read(id)).isPresent();
            assertThat(stale).doesNotExist();
        }
        Files.createDirectory(stale);
        Files.writeString(stale.resolve("CURRENT"), "old");
        Rebuild.run(settings, Clock.systemUTC());
        assertThat(stale).doesNotExist();
        try (RocksSpool spool = open()) {
            assertThat(spool.read(id)).isPresent();
        }
    }

    @Test
    void damagedMarksAreToldOfAndMended() throws Exception {
        QueueId id;
        try (RocksSpool spool = open()) {
            id = commit(spool, 100);
        }
        open().close();
        damage(FORMAT_ENTRY);
        VerifyReport report = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(report.faults()).extracting(Fault::kind).contains(Fault.Kind.UNREADABLE);
        assertThat(alarms).anyMatch(alarm -> alarm.contains("mark of queue ids"));
        try (Database database = database()) {
            assertThat(database.get(Tables.META, Tables.formatKey()).map(Tables::mark))
                    .contains((long) SpoolFormat.CURRENT);
        }
        try (RocksSpool spool = open()) {
            assertThat(verify(spool).faults()).isEmpty();
            assertThat(commit(spool, 100)).isGreaterThan(id);
        }
    }

    /** A record that only such a file names would not be looked for. */
    @Test
    void aRepairWritesNothingAnewWhileABodyCanNotBeRead() throws Exception {
        QueueId id;
        Path file;
        try (RocksSpool spool = open()) {
            id = commit(spool, MEMORY_BODY * 2);
            file = spool.files().path(id);
        }
        open().close();
        damage(FORMAT_ENTRY);
        Path aside = Files.move(file, folder.resolve("aside"));
        Files.createDirectory(file);
        VerifyReport report = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(report.repaired()).anyMatch(done -> done.contains("did not write the database anew"));
        Files.delete(file);
        Files.move(aside, file);
        try (RocksSpool spool = open()) {
            assertThat(spool.inspection().restore(id))
                    .as("put aside, with what could be read")
                    .isTrue();
        }
        assertThat(SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add)
                        .repaired())
                .anyMatch(done -> done.contains("wrote the database anew"));
        try (RocksSpool spool = open()) {
            assertThat(verify(spool).faults()).isEmpty();
            assertThat(verify(spool).messages()).isEqualTo(1);
        }
    }

    @Test
    void aDamagedFormatMarkIsWrittenAnewAtTheOpening() throws Exception {
        open().close();
        try (Database database = database()) {
            database.commit(List.of(new Edit.Put(Tables.META, Tables.formatKey(), Tables.markValue(1))));
        }
        database().close();
        damage(FORMAT_ENTRY);
        open().close();
        try (Database database = database()) {
            assertThat(database.get(Tables.META, Tables.formatKey())).isPresent();
        }
    }

    @Test
    void damageInTheQuarantineStopsNeitherCheckNorRepair() throws Exception {
        List<QueueId> ids = new ArrayList<>();
        try (RocksSpool spool = open()) {
            long base = commit(spool, 100).value() - (1L << 30);
            // The second and the third are neighbours: nothing fits between the keys of their blocks.
            for (long id : new long[] {base, base + (1L << 20), base + (1L << 20) + 1}) {
                ids.add(new QueueId(id));
            }
            for (QueueId id : ids) {
                spool.inspection()
                        .putAside(id, "reason " + id, Clock.systemUTC().instant());
            }
        }
        try (Database database = database()) {
            for (int i = 0; i < 3; i++) { // each in a block of its own
                database.commit(List.of(new Edit.Put(
                        Tables.QUARANTINE, Quarantine.keys(ids.get(i)).get(3), Samples.content(50 + i, 40_000))));
            }
        }
        open().close();
        damage(Samples.content(51, 64));
        try (RocksSpool spool = open()) {
            VerifyReport report = verify(spool);
            assertThat(report.faults()).extracting(Fault::kind).containsOnly(Fault.Kind.UNREADABLE);
            assertThat(report.messages()).isEqualTo(1);
            assertThat(report.quarantined()).extracting(Quarantined::id).contains(ids.get(0), ids.get(2));
            spool.inspection().export(ids.get(1), folder);
        }
        VerifyReport repaired = SpoolInspection.repair(settings, Clock.systemUTC(), alarms::add);
        assertThat(repaired.quarantined()).extracting(Quarantined::id).contains(ids.get(0), ids.get(2));
        try (RocksSpool spool = open()) {
            assertThat(verify(spool).faults()).isEmpty();
        }
    }

    @Test
    void whatLiesBetweenTwoDamagedBlocksIsCopied() throws Exception {
        open().close();
        try (Database database = database()) {
            for (int id = 1; id <= 40; id++) { // each in a block of its own
                byte[] key = Tables.markValue(id);
                database.commit(List.of(
                        new Edit.Put(Tables.MESSAGE, key, Samples.content(id, 40_000)),
                        new Edit.Put(Tables.STATE, key, new byte[] {1})));
            }
        }
        database().close();
        List<Integer> bad = List.of(10, 11, 13, 17);
        for (int id : bad) {
            damage(Samples.content(id, 64));
        }
        Rebuild.run(settings, Clock.systemUTC());
        try (Database database = database()) {
            for (int id = 1; id <= 40; id++) {
                Optional<byte[]> value = database.get(Tables.MESSAGE, Tables.markValue(id));
                assertThat(value.isPresent()).as("message %d", id).isEqualTo(!bad.contains(id));
            }
        }
    }

    /** The scan of a start finds it as soon as it is on disk. */
    @Test
    void whatIsDeliveredBeforeItsReturnIsToldOfIsNotCountedForEver() throws IOException {
        try (RocksSpool spool = open()) {
            QueueId id = commit(spool, MEMORY_BODY * 2);
            Path elsewhere = Files.move(spool.files().path(id), folder.resolve("elsewhere"));
            spool.quarantine(id, new CorruptRecordException("missing"));
            Files.move(elsewhere, spool.files().path(id));
            meanwhile = back -> spool.apply(List.of(new Change.Removal(back))).join();
            assertThat(spool.inspection().restore(id)).isTrue();
            assertThat(restored).containsExactly(id);
            assertThat(overtaken).containsExactly(new Change.Removal(id));
        }
    }
}
