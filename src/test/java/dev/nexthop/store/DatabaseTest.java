package dev.nexthop.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final Family NAMES = new Family("names", Family.Kind.RECORDS);
    private static final Family BODIES = new Family("bodies", Family.Kind.BODIES);

    @TempDir
    Path folder;

    private Database open() throws IOException {
        return Database.open(folder.resolve("db"), "test", List.of(NAMES, BODIES), StoreMemory.SMALL);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Edit put(String key, String value) {
        return new Edit.Put(NAMES, bytes(key), bytes(value));
    }

    @Test
    void whatWasCommittedIsThereAfterOpeningAgain() throws Exception {
        byte[] large = new byte[300_000];
        large[299_999] = 7;
        try (Database database = open()) {
            database.commit(List.of(put("a", "1"), new Edit.Put(BODIES, bytes("a"), large)));
            database.await(database.submit(List.of(put("b", "2")), Promise.WRITTEN));
            database.await(database.submit(List.of(put("c", "3")), Promise.WRITTEN_SOON));
        }
        try (Database database = open()) {
            assertThat(database.get(NAMES, bytes("a"))).hasValue(bytes("1"));
            assertThat(database.get(NAMES, bytes("b"))).hasValue(bytes("2"));
            assertThat(database.get(NAMES, bytes("c"))).hasValue(bytes("3"));
            assertThat(database.get(BODIES, bytes("a"))).hasValue(large);
            assertThat(database.get(BODIES, bytes("b"))).isEmpty();
        }
    }

    @Test
    void scansFromKeyToKeyInOrder() throws Exception {
        try (Database database = open()) {
            database.commit(List.of(put("c", "3"), put("a", "1"), put("b", "2"), put("\u00ff", "4")));
            assertThat(keys(database.scan(NAMES, bytes("a"), bytes("c"), 10))).containsExactly("a", "b");
            assertThat(keys(database.scan(NAMES, new byte[0], new byte[0], 10)))
                    .containsExactly("a", "b", "c", "\u00ff");
            assertThat(keys(database.scan(NAMES, bytes("b"), new byte[0], 2))).containsExactly("b", "c");
        }
    }

    private static List<String> keys(List<Entry> entries) {
        return entries.stream()
                .map(entry -> new String(entry.key(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void useAfterCloseIsAnException() throws Exception {
        Database database = open();
        database.close();
        assertThatThrownBy(() -> database.get(NAMES, bytes("a"))).hasMessage("the database is closed");
        assertThatThrownBy(() -> database.scan(NAMES, bytes("a"), bytes("b"), 1))
                .hasMessage("the database is closed");
        assertThatThrownBy(() -> database.commit(List.of(put("a", "1")))).hasMessage("the database is closed");
        database.close();
    }

    @Test
    void aFolderInUseIsRefusedInPlainWords() throws Exception {
        Database first = open();
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is in use by another process")
                .hasMessageContaining(folder.toString());
        first.commit(List.of(put("a", "1")));
        first.close();
        open().close();
    }

    @Test
    void aNewFolderIsTheOwnersAlone() throws Exception {
        open().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("db"))))
                .isEqualTo("rwx------");
    }

    @Test
    void manyWaitingCommitsShareAWrite() throws Exception {
        try (Database database = open()) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            // Nobody writes while this is held: one commit may already be with the committer, the others gather.
            database.engine().exclusive().lock();
            try {
                for (int i = 0; i < 200; i++) {
                    all.add(database.submit(List.of(put("k" + i, "v")), Promise.SYNCED));
                }
                assertThat(all).noneMatch(CompletableFuture::isDone);
            } finally {
                database.engine().exclusive().unlock();
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
            assertThat(database.counts().commits()).isEqualTo(200);
            assertThat(database.counts().writes()).isLessThan(200);
            assertThat(database.scan(NAMES, new byte[0], new byte[0], 1_000)).hasSize(200);
        }
    }

    @Test
    void aRevivedDatabaseHoldsEverythingThatWasAcknowledged() throws Exception {
        try (Database database = open()) {
            database.commit(List.of(put("a", "1")));
            database.await(database.submit(List.of(put("b", "2")), Promise.WRITTEN));
            database.engine().revive();
            assertThat(database.get(NAMES, bytes("a"))).hasValue(bytes("1"));
            assertThat(database.get(NAMES, bytes("b"))).hasValue(bytes("2"));
            database.commit(List.of(put("c", "3")));
            assertThat(database.get(NAMES, bytes("c"))).hasValue(bytes("3"));
        }
    }
}
