package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Family;
import dev.nexthop.store.Faults;
import dev.nexthop.store.StoreMemory;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that gives an error where a part of the spool is: the rest is served, and that part when it is given again. */
class UnreadableTest {
    private static final int MEMORY_BODY = 64 * 1024;
    private static final byte[] END = new byte[0];
    private static final Envelope ENVELOPE = Samples.envelope("a@example.com", "b@example.net");

    @TempDir
    Path folder;

    private final Faults disk = new Faults();
    private final List<QueueId> ids = new ArrayList<>();
    private final List<QueueId> whole = new ArrayList<>();
    private final List<QueueId> told = new ArrayList<>();
    private SpoolSettings settings;

    /** Six messages, of which the fourth has a file. */
    @BeforeEach
    void fill() throws IOException {
        settings = new SpoolSettings(folder.resolve("spool"), MEMORY_BODY, 0);
        try (RocksSpool spool = open()) {
            for (int i = 0; i < 6; i++) {
                int size = i == 3 ? MEMORY_BODY * 2 : 5_000;
                try (Draft draft = spool.begin()) {
                    draft.write(Samples.content(i, size), 0, size);
                    ids.add(draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of())
                            .id());
                }
            }
        }
    }

    private RocksSpool open() throws IOException {
        return RocksSpool.over(
                disk.open(RocksSpool.folder(settings), Tables.ALL),
                settings,
                new RocksSpool.Company(Clock.systemUTC(), _ -> {}, () -> Long.MAX_VALUE, _ -> {}),
                RocksSpool.Orphans.REMOVED);
    }

    /** The disk gives an error for messages from one to another, the latter excluded. */
    private void unreadable(Family family, int from, int to) {
        disk.unreadable(family, Tables.key(ids.get(from)), to < ids.size() ? Tables.key(ids.get(to)) : END);
    }

    private void serve(RocksSpool spool) throws IOException {
        whole.clear();
        told.clear();
        spool.forEach(message -> whole.add(message.id()), told::add);
    }

    private List<QueueId> without(int from, int to) {
        List<QueueId> others = new ArrayList<>(ids);
        others.subList(from, to).clear();
        return others;
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "state"})
    void aBlockThatTheDiskDoesNotGiveHoldsUpOnlyWhatItHolds(String name) throws Exception {
        Family family = name.equals("message") ? Tables.MESSAGE : Tables.STATE;
        for (int[] block : new int[][] {{2, 4}, {0, 1}, {4, 6}}) {
            unreadable(family, block[0], block[1]);
            try (RocksSpool spool = open()) {
                serve(spool);
                assertThat(whole).isEqualTo(without(block[0], block[1]));
                assertThat(told).isEqualTo(ids.subList(block[0], block[1]));
                for (QueueId id : told) {
                    assertThatThrownBy(() -> spool.read(id)).isInstanceOfSatisfying(IOException.class, reason -> {
                        try {
                            assertThat(spool.quarantine(id, reason))
                                    .as("it may pass")
                                    .isFalse();
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
                }
                VerifyReport report = spool.inspection().verify(new QueueId(0), Duration.ofMinutes(1));
                assertThat(report.messages()).isEqualTo(whole.size());
                assertThat(report.faults())
                        .filteredOn(fault -> fault.kind() == Fault.Kind.DAMAGED)
                        .extracting(Fault::name)
                        .containsExactlyElementsOf(
                                told.stream().map(QueueId::toString).toList());
                assertThat(report.faults()).extracting(Fault::kind).contains(Fault.Kind.UNREADABLE);
                disk.readable();
                for (QueueId id : told) {
                    RocksSpool.drain(spool.read(id).orElseThrow().body());
                }
                serve(spool);
                assertThat(whole).isEqualTo(ids);
            }
        }
    }

    @Test
    void whereNeitherRecordsNorStatesAreGivenTheScanIsNotOver() throws Exception {
        unreadable(Tables.MESSAGE, 2, 5);
        unreadable(Tables.STATE, 3, 4);
        try (RocksSpool spool = open()) {
            assertThatThrownBy(() -> serve(spool)).isInstanceOf(UnreadableRecordException.class);
            assertThat(whole).isEqualTo(without(2, 5));
            assertThat(told).containsExactly(ids.get(2), ids.get(4));
        }
    }

    @Test
    void aDiskThatGivesNothingIsNoEmptyQueue() throws Exception {
        for (Family family : List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY)) {
            disk.unreadable(family, END, END);
        }
        try (RocksSpool spool = open()) {
            assertThatThrownBy(() -> serve(spool)).isInstanceOf(UnreadableRecordException.class);
            assertThatThrownBy(() -> spool.inspection().verify(new QueueId(0), Duration.ofMinutes(1)))
                    .isInstanceOf(UnreadableRecordException.class);
        }
        disk.readable();
        try (RocksSpool spool = open()) {
            serve(spool);
            assertThat(whole).isEqualTo(ids);
        }
    }

    @Test
    void marksThatTheDiskDoesNotGiveStopNobody() throws Exception {
        disk.unreadable(Tables.META, END, END);
        try (RocksSpool spool = open()) {
            serve(spool);
            assertThat(whole).isEqualTo(ids);
            try (Draft draft = spool.begin()) {
                assertThat(draft.id()).isGreaterThan(ids.getLast());
            }
        }
    }

    @Test
    void aPartThatTheDiskDoesNotGiveStaysWhereItIsWhenTheOthersGoIntoQuarantine() throws Exception {
        QueueId id = ids.get(1);
        byte[] state;
        try (Database database = disk.open(RocksSpool.folder(settings), Tables.ALL)) {
            state = database.get(Tables.STATE, Tables.key(id)).orElseThrow();
        }
        unreadable(Tables.BODY, 1, 2);
        try (RocksSpool spool = open()) {
            spool.inspection().putAside(id, "a test", Samples.NOW);
            assertThat(spool.read(id)).isEmpty();
            assertThatThrownBy(() -> spool.inspection().restore(id)).isInstanceOf(UnreadableRecordException.class);
            disk.readable();
            assertThat(spool.inspection().restore(id)).isTrue();
            assertThat(spool.read(id).orElseThrow().body().open().readAllBytes())
                    .isEqualTo(Samples.content(1, 5_000));
        }
        try (Database database = disk.open(RocksSpool.folder(settings), Tables.ALL)) {
            assertThat(database.get(Tables.STATE, Tables.key(id))).hasValue(state);
        }
    }

    /** Nothing but the quarantine is left to tell a bad place from a disk that gives nothing at all. */
    @Test
    void theLookGoesOnWhenAllThatCanBeReadIsInQuarantine() throws Exception {
        unreadable(Tables.MESSAGE, 0, ids.size());
        try (RocksSpool spool = open()) {
            for (QueueId id : ids) {
                spool.inspection().putAside(id, "a test", Samples.NOW);
            }
            List<QueuedMessage> found = new ArrayList<>();
            spool.forEach(found::add, _ -> {});
            assertThat(found).isEmpty();
        }
    }

    /** Without a fault in between: RocksDB itself can't open the file. */
    @Test
    void aRepairGoesRoundWhatTheDiskDoesNotGive() throws Exception {
        RocksSpool.open(settings, Clock.systemUTC(), _ -> {}).close(); // replays the log into tables
        try (Stream<Path> files = Files.list(RocksSpool.folder(settings))) {
            for (Path blob :
                    files.filter(file -> file.toString().endsWith(".blob")).toList()) {
                Files.delete(blob);
            }
        }
        try (Database database = Database.open(RocksSpool.folder(settings), "test", Tables.ALL, StoreMemory.SMALL)) {
            assertThatThrownBy(() -> database.get(Tables.BODY, Tables.key(ids.getFirst())))
                    .isInstanceOf(UnreadableRecordException.class);
            assertThatThrownBy(() -> database.scan(Tables.BODY, END, END, 1))
                    .isInstanceOf(UnreadableRecordException.class);
            database.commit(List.of(new Edit.Delete(Tables.META, END)));
        }
        VerifyReport report = SpoolInspection.repair(settings, Clock.systemUTC(), _ -> {});
        assertThat(report.repaired()).anyMatch(done -> done.contains("wrote the database anew"));
        assertThat(report.messages()).isEqualTo(1);
        assertThat(report.quarantined()).hasSize(5);
        try (RocksSpool spool = RocksSpool.open(settings, Clock.systemUTC(), _ -> {})) {
            serve(spool);
            assertThat(Set.copyOf(whole)).containsExactly(ids.get(3));
            assertThat(spool.inspection()
                            .verify(new QueueId(0), Duration.ofMinutes(1))
                            .faults())
                    .isEmpty();
        }
    }
}
