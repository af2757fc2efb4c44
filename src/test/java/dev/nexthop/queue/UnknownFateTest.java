package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Faults;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages whose write the disk did not answer for. */
class UnknownFateTest {
    private static final int MEMORY_BODY = 64 * 1024;
    private static final int LARGE = MEMORY_BODY * 2;
    private static final Envelope ENVELOPE = Samples.envelope("a@example.com", "b@example.net");

    @TempDir
    Path folder;

    private final Faults disk = new Faults();
    private final List<QueueId> taken = new ArrayList<>();
    private RocksSpool spool;

    @BeforeEach
    void open() throws IOException {
        SpoolSettings settings = new SpoolSettings(folder, MEMORY_BODY, 1_000);
        spool = RocksSpool.over(
                disk.open(RocksSpool.folder(settings), Tables.ALL),
                settings,
                new RocksSpool.Company(
                        Clock.systemUTC(), message -> taken.add(message.id()), () -> Long.MAX_VALUE, _ -> {}),
                RocksSpool.Orphans.REMOVED);
    }

    @AfterEach
    void close() {
        spool.close();
    }

    private QueueId commit(Draft draft, int size, Change... alongside) throws IOException {
        draft.write(new byte[size], 0, size);
        return draft.commit(ENVELOPE, Samples.scheduled(ENVELOPE), List.of(alongside))
                .id();
    }

    /** One that is there, in good times. */
    private QueueId commit() throws IOException {
        try (Draft draft = spool.begin()) {
            return commit(draft, 1);
        }
    }

    private void reopen() throws IOException {
        spool.close();
        open();
    }

    private void expectBody(QueueId id, int size) throws IOException {
        try (InputStream in = spool.read(id).orElseThrow().body().open()) {
            assertThat(in.readAllBytes()).hasSize(size);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(folder.resolve("bodies"))) {
            return list.toList();
        }
    }

    @Test
    void aMessageThatWasRefusedIsGone() throws Exception {
        commit();
        try (Draft draft = spool.begin()) {
            disk.arm();
            assertThatThrownBy(() -> commit(draft, LARGE)).hasMessageContaining("no answer from the disk");
            commit();
            reopen();
            assertThat(spool.read(draft.id())).isEmpty();
            assertThat(files()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LARGE})
    void aBounceIsHandedOverOnceWhenTheDiskHasItAfterAll(int size) throws Exception {
        QueueId failed = commit();
        try (Draft draft = spool.begin()) {
            disk.arm();
            QueueId bounce = commit(draft, size, new Change.Removal(failed));
            assertThat(taken).containsExactly(failed, bounce);
            assertThat(spool.read(failed)).isEmpty();
            reopen();
            expectBody(bounce, size);
            assertThat(spool.read(failed)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LARGE})
    void aBounceThatTheDiskDoesNotHaveIsRefusedForSure(int size) throws Exception {
        QueueId failed = commit();
        try (Draft draft = spool.begin()) {
            disk.refuse();
            assertThatThrownBy(() -> commit(draft, size, new Change.Removal(failed)))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            reason ->
                                    assertThat(RocksSpool.maybeWritten(reason)).isFalse());
            assertThat(taken).containsExactly(failed);
            expectBody(failed, 1);
            spool.close();
            assertThat(files()).isEmpty();
            open();
            assertThat(spool.read(draft.id())).isEmpty();
            expectBody(failed, 1);
        }
    }

    /** The message that it tells of may be gone, with the write that the disk did not answer for. */
    @ParameterizedTest
    @ValueSource(ints = {10, LARGE})
    void aBounceStaysWhileTheDiskDoesNotAnswer(int size) throws Exception {
        QueueId failed = commit();
        try (Draft draft = spool.begin()) {
            disk.arm();
            disk.die();
            assertThatThrownBy(() -> commit(draft, size, new Change.Removal(failed)))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            reason ->
                                    assertThat(RocksSpool.maybeWritten(reason)).isTrue());
            reopen();
            expectBody(draft.id(), size);
            assertThat(spool.read(failed)).isEmpty();
        }
    }
}
