package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.StoreMemory;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksSpoolTest {
    private static final int MEMORY_BODY = 64 * 1024;
    private static final Envelope ENVELOPE = Samples.envelope("a@example.com", "b@example.net");

    @TempDir
    Path folder;

    private final List<QueuedMessage> taken = new CopyOnWriteArrayList<>();
    private Instant now = Samples.NOW;
    private long free = Long.MAX_VALUE;
    private RocksSpool spool;

    @BeforeEach
    void open() throws IOException {
        Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
        spool = RocksSpool.open(
                new SpoolSettings(folder, MEMORY_BODY, 1_000), company(clock), RocksSpool.Orphans.REMOVED);
    }

    private RocksSpool.Company company(Clock clock) {
        return new RocksSpool.Company(clock, taken::add, () -> free, _ -> {});
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private void reopen() throws IOException {
        spool.close();
        open();
    }

    private QueuedMessage commit(byte[] content, Change... alongside) throws IOException {
        try (Draft draft = spool.begin()) {
            draft.write(content, 0, content.length);
            return draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of(alongside));
        }
    }

    private static byte[] bytes(QueuedMessage message) throws IOException {
        try (InputStream in = message.body().open()) {
            return in.readAllBytes();
        }
    }

    private List<QueueId> all() throws IOException {
        List<QueueId> ids = new ArrayList<>();
        spool.forEach(message -> ids.add(message.id()));
        return ids;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(folder.resolve("bodies"))) {
            return list.toList();
        }
    }

    /** Those of messages. */
    private List<Path> named() throws IOException {
        List<Path> owned = new ArrayList<>();
        for (Path file : files()) {
            if (BodyNames.owner(file).isPresent()) {
                owned.add(file);
            }
        }
        return owned;
    }

    private static void header(Path file, BodyHeader header) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            header.write(channel);
        }
    }

    private void remove(QueuedMessage message) throws Exception {
        spool.apply(List.of(new Change.Removal(message.id()))).get(30, TimeUnit.SECONDS);
    }

    @Test
    void aSmallMessageIsHandedOverFromMemoryAndFoundAfterAStart() throws Exception {
        byte[] content = Samples.content(1, 5_000);
        QueuedMessage message = commit(content);
        assertThat(taken).containsExactly(message);
        assertThat(message.body().inMemory()).isEqualTo(content);
        reopen();
        QueuedMessage again = spool.read(message.id()).orElseThrow();
        assertThat(again.body().inMemory()).isNull();
        assertThat(bytes(again)).isEqualTo(content);
        assertThat(again.body().eightBit()).isTrue();
        assertThat(again).usingRecursiveComparison().ignoringFields("body").isEqualTo(message);
        assertThat(files()).isEmpty();
    }

    @Test
    void aLargeMessageIsAFileUntilItIsDone() throws Exception {
        byte[] content = Samples.content(2, MEMORY_BODY * 5 + 1);
        QueuedMessage message = commit(content);
        assertThat(message.body().inMemory()).isNull();
        assertThat(bytes(message)).isEqualTo(content);
        reopen();
        assertThat(files()).hasSize(1);
        assertThat(bytes(spool.read(message.id()).orElseThrow())).isEqualTo(content);
        remove(message);
        assertThat(named()).isEmpty();
        assertThat(spool.read(message.id())).isEmpty();
        spool.close();
        assertThat(files()).as("a stopped server keeps nothing of it").isEmpty();
    }

    @Test
    void theFileOfAMessageThatIsDoneServesTheNext() throws Exception {
        QueuedMessage done = commit(Samples.content(2, MEMORY_BODY * 5));
        Object file = Files.getAttribute(spool.files().path(done.id()), "unix:ino");
        remove(done);
        for (int size : new int[] {MEMORY_BODY * 3 + 1, MEMORY_BODY * 7, MEMORY_BODY + 1}) {
            byte[] content = Samples.content(size, size);
            QueuedMessage next = commit(content);
            assertThat(files()).containsExactly(spool.files().path(next.id()));
            assertThat(files().getFirst()).hasSize(BodyHeader.SIZE + size);
            assertThat(Files.getAttribute(files().getFirst(), "unix:ino")).isEqualTo(file);
            assertThat(bytes(spool.read(next.id()).orElseThrow())).isEqualTo(content);
            assertThatThrownBy(() -> done.body().open()).isInstanceOf(NoSuchFileException.class);
            remove(next);
        }
    }

    @Test
    void whoReadsTheBodyOfAMessageThatIsDoneReadsNoOther() throws Exception {
        byte[] content = Samples.content(2, MEMORY_BODY * 2);
        QueuedMessage message = commit(content);
        byte[] read = new byte[content.length];
        InputStream second = message.body().open();
        try (InputStream in = message.body().open()) {
            assertThat(in.readNBytes(read, 0, 100)).isEqualTo(100);
            second.close();
            second.close();
            remove(message);
            commit(Samples.content(3, MEMORY_BODY * 2));
            assertThat(in.readNBytes(read, 100, content.length - 100)).isEqualTo(content.length - 100);
        }
        assertThat(read).isEqualTo(content);
        assertThat(files()).hasSize(1);
    }

    @Test
    void onlySoManyFilesAreKeptAndNoLargeOne() throws Exception {
        QueuedMessage large = commit(new byte[(int) SpareFiles.LARGEST + 1]);
        remove(large);
        assertThat(files()).isEmpty();
        List<Change> all = new ArrayList<>();
        for (int i = 0; i < SpareFiles.MOST + 3; i++) {
            all.add(new Change.Removal(commit(new byte[MEMORY_BODY + 1]).id()));
        }
        spool.apply(all).get(30, TimeUnit.SECONDS);
        assertThat(named()).isEmpty();
        assertThat(files()).hasSize(SpareFiles.MOST);
    }

    @Test
    void aFileThatSomebodyRemovedIsNotMissed() throws Exception {
        remove(commit(new byte[MEMORY_BODY * 2]));
        Files.delete(files().getFirst());
        byte[] content = Samples.content(4, MEMORY_BODY * 2);
        assertThat(bytes(commit(content))).isEqualTo(content);
    }

    @Test
    void everySizeAroundTheThresholdComesBack() throws Exception {
        for (int size : new int[] {0, 1, 8_191, 8_192, 8_193, MEMORY_BODY - 1, MEMORY_BODY, MEMORY_BODY + 1}) {
            byte[] content = Samples.content(size, size);
            QueuedMessage message = commit(content);
            assertThat(message.body().size()).isEqualTo(size);
            assertThat(bytes(spool.read(message.id()).orElseThrow()))
                    .as("size %d", size)
                    .isEqualTo(content);
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void aDraftThatIsNotCommittedLeavesNothing() throws Exception {
        try (Draft draft = spool.begin()) {
            draft.write(new byte[MEMORY_BODY * 2], 0, MEMORY_BODY * 2);
            assertThat(files()).hasSize(1);
        }
        assertThat(files()).isEmpty();
        assertThat(all()).isEmpty();
        assertThat(taken).isEmpty();
    }

    @Test
    void aFinishedDraftCanNotBeUsedAgain() throws Exception {
        try (Draft draft = spool.begin()) {
            draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of());
            assertThatThrownBy(() -> draft.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of()))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(all()).hasSize(1);
    }

    @Test
    void progressIsKept() throws Exception {
        QueuedMessage message = commit(new byte[10]);
        List<RecipientState> states = message.recipients().stream()
                .map(state -> new RecipientState(
                        state.address(),
                        RecipientStatus.DEFERRED,
                        1,
                        0,
                        now.plusSeconds(60),
                        Instant.MAX,
                        state.expires(),
                        java.util.Optional.of(CodecFuzzTest.attemptWithTrace(dev.nexthop.mail.RouteTrace.NONE))))
                .toList();
        spool.apply(List.of(new Change.Progress(message.id(), states))).get(30, TimeUnit.SECONDS);
        reopen();
        assertThat(spool.read(message.id()).orElseThrow().recipients()).isEqualTo(states);
    }

    @Test
    void changesAlongsideADraftComeWithIt() throws Exception {
        QueuedMessage failed = commit(Samples.content(3, MEMORY_BODY * 2));
        QueuedMessage bounce = commit(new byte[10], new Change.Removal(failed.id()));
        assertThat(all()).containsExactly(bounce.id());
        assertThat(named()).isEmpty();
        reopen();
        assertThat(all()).containsExactly(bounce.id());
    }

    @Test
    void messagesComeInTheOrderOfTheirIds() throws Exception {
        List<QueueId> ids = new ArrayList<>();
        for (int i = 0; i < 1_300; i++) {
            ids.add(commit(new byte[] {1}).id());
        }
        assertThat(all()).isEqualTo(ids);
        reopen();
        assertThat(all()).isEqualTo(ids);
    }

    @Test
    void idsNeverComeBackWhateverTheClockDoes() throws Exception {
        QueueId begun;
        try (Draft draft = spool.begin()) {
            begun = draft.id();
        }
        now = now.minusSeconds(7_200);
        reopen();
        try (Draft draft = spool.begin()) {
            assertThat(draft.id()).isGreaterThan(begun);
        }
    }

    @Test
    void aCorruptRecordIsReportedAndTheOthersGoOn() throws Exception {
        QueueId first = commit(new byte[1]).id();
        QueueId badRecord = commit(new byte[1]).id();
        QueueId noState = commit(new byte[1]).id();
        QueueId noBody = commit(new byte[1]).id();
        QueueId noFile = commit(new byte[MEMORY_BODY + 1]).id();
        QueueId last = commit(new byte[1]).id();
        Files.delete(spool.files().path(noFile));
        spool.close();
        try (Database database = Database.open(folder.resolve("db"), "test", Tables.ALL, StoreMemory.SMALL)) {
            database.commit(List.of(
                    new Edit.Put(Tables.MESSAGE, Tables.key(badRecord), new byte[] {1, 2, 3}),
                    new Edit.Put(Tables.MESSAGE, new byte[] {0, 1}, new byte[0]),
                    new Edit.Delete(Tables.STATE, Tables.key(noState)),
                    new Edit.Delete(Tables.BODY, Tables.key(noBody))));
        }
        open();
        assertThat(all()).containsExactly(first, noBody, last);
        assertThatThrownBy(() -> spool.read(badRecord))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining(badRecord.toString());
        assertThatThrownBy(() -> spool.read(noState)).isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> spool.read(noFile)).hasMessageContaining("is missing");
        QueuedMessage bodyless = spool.read(noBody).orElseThrow();
        assertThatThrownBy(() -> bodyless.body().open()).isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void aDamagedFileIsNeverReadToItsEnd() throws Exception {
        QueuedMessage message = commit(Samples.content(4, MEMORY_BODY * 2));
        Path file = files().getFirst();
        byte[] content = Files.readAllBytes(file);
        content[BodyHeader.SIZE + MEMORY_BODY] ^= 1;
        Files.write(file, content);
        assertThatThrownBy(() -> bytes(message)).isInstanceOf(IOException.class).hasMessageContaining("damaged");
        try (InputStream in = message.body().open()) {
            assertThatThrownBy(() -> in.readNBytes(content.length)).hasMessageContaining("damaged");
        }
        Files.write(file, Arrays.copyOf(content, BodyHeader.SIZE + 10));
        assertThatThrownBy(() -> message.body().open()).hasMessageContaining("10 octets of");
        Files.write(file, new byte[10]);
        assertThatThrownBy(() -> message.body().open())
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("nobody's");
    }

    @Test
    void aBodyThatTheDiskGivesAnErrorForIsWaitedFor() throws Exception {
        QueuedMessage message = commit(Samples.content(4, MEMORY_BODY * 2));
        Path file = spool.files().path(message.id());
        spool.close();
        Path aside = Files.move(file, folder.resolve("aside"));
        Files.createDirectory(file);
        open();
        assertThatThrownBy(() -> spool.read(message.id()))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageContaining(file.toString());
        assertThat(spool.inspection()
                        .verify(new QueueId(0), Duration.ofMinutes(1))
                        .faults())
                .extracting(Fault::kind)
                .contains(Fault.Kind.BODY_UNTOLD);
        Files.delete(file);
        Files.move(aside, file);
        assertThat(bytes(spool.read(message.id()).orElseThrow())).isEqualTo(Samples.content(4, MEMORY_BODY * 2));
    }

    @Test
    void filesWithoutAMessageAreRemovedAtTheStart() throws Exception {
        QueuedMessage kept = commit(new byte[MEMORY_BODY + 1]);
        Path file = spool.files().path(kept.id());
        spool.close();
        Path bodies = folder.resolve("bodies");
        QueueId nobody = new QueueId(kept.id().value() + 1);
        Files.write(bodies.resolve(nobody.toString()), new byte[100]);
        Files.write(bodies.resolve(".spare-7"), new byte[100]);
        Files.write(bodies.resolve("body-71"), new byte[3]);
        header(bodies.resolve("body-72"), new BodyHeader(Optional.of(nobody), 0, 0));
        header(bodies.resolve("body-73"), BodyHeader.NOBODYS);
        Path stranger = Files.write(bodies.resolve("README"), new byte[1]);
        Path unlike = Files.write(bodies.resolve("body-073"), new byte[100]);
        open();
        assertThat(files()).containsExactlyInAnyOrder(file, stranger, unlike);
    }

    @Test
    void aFullDiskRefusesNewMailAndKeepsTheOld() throws Exception {
        QueuedMessage message = commit(new byte[100]);
        free = 999;
        now = now.plusMillis(999);
        commit(new byte[1]); // One look at the disk is good for a second.
        now = now.plusMillis(1);
        assertThatThrownBy(() -> spool.begin())
                .isInstanceOf(SpoolFullException.class)
                .hasMessageContaining("999 octets left, less than the reserve of 1000");
        assertThat(bytes(spool.read(message.id()).orElseThrow())).hasSize(100);
        spool.apply(List.of(new Change.Removal(message.id()))).get(30, TimeUnit.SECONDS);
        free = 1_000;
        now = now.plusSeconds(1);
        commit(new byte[1]);
        assertThat(all()).hasSize(2);
    }

    @Test
    void aDiskThatFillsWhileAMessageComesInRefusesIt() throws Exception {
        try (Draft draft = spool.begin()) {
            draft.write(new byte[MEMORY_BODY + 1], 0, MEMORY_BODY + 1);
            free = 0;
            now = now.plusSeconds(1);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            draft.write(new byte[MEMORY_BODY], 0, MEMORY_BODY);
                        }
                    })
                    .isInstanceOf(SpoolFullException.class);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void draftsBeyondTheMemoryOfAllGoToFilesEarly() throws Exception {
        List<Draft> drafts = new ArrayList<>();
        byte[] content = Samples.content(9, MEMORY_BODY);
        int enough = (int) (DraftMemory.LIMIT / MEMORY_BODY) + 1;
        for (int i = 0; i < enough; i++) {
            Draft draft = spool.begin();
            draft.write(content, 0, content.length);
            drafts.add(draft);
        }
        assertThat(files()).hasSize(1);
        QueuedMessage message = drafts.getLast().commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of());
        assertThat(bytes(message)).isEqualTo(content);
        drafts.forEach(Draft::close);
        assertThat(files()).hasSize(1);
        commit(content);
        assertThat(files()).hasSize(1);
    }

    @Test
    void sessionsThatWaitTogetherShareSyncedWrites() throws Exception {
        int sessions = 200;
        long before = spool.counts().synced();
        CountDownLatch start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<QueuedMessage>> all = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    return commit(new byte[4_000]);
                }));
            }
            start.countDown();
            for (Future<QueuedMessage> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(taken).hasSize(sessions);
        assertThat(spool.counts().synced() - before).isLessThan(sessions);
    }

    @Test
    void aTakerThatThrowsDoesNotUnsayTheCommit() throws Exception {
        spool.close();
        spool = RocksSpool.open(new SpoolSettings(folder, MEMORY_BODY, 0), Clock.systemUTC(), message -> {
            throw new IllegalStateException("no scheduler");
        });
        QueuedMessage message = commit(new byte[1]);
        assertThat(all()).containsExactly(message.id());
    }

    @Test
    void afterCloseEverythingIsAnException() throws Exception {
        QueuedMessage message = commit(new byte[1]);
        Draft open = spool.begin();
        spool.close();
        assertThatThrownBy(() -> open.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> spool.read(message.id())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> spool.forEach(any -> {})).isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        spool.apply(List.of(new Change.Removal(message.id()))).get())
                .hasRootCauseMessage("the database is closed");
        open();
        assertThat(all()).containsExactly(message.id());
    }
}
