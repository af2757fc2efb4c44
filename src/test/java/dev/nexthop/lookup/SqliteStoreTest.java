package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends SqlStoreContract {
    private static final String ENDLESS =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i < 0";

    @TempDir
    Path folder;

    private RemoteStore store;

    @BeforeEach
    void open() {
        store = Sql.sqlite(folder.resolve("data.sqlite"), Duration.ofSeconds(10));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    RemoteStore store() {
        return store;
    }

    @Test
    void aStatementThatNeverEndsIsCutAndEnds() throws Exception {
        try (RemoteStore hasty = Sql.sqlite(folder.resolve("data.sqlite"), Duration.ofSeconds(1))) {
            assertThat(hasty.get("routes", "example.org")).isEqualTo("relay");
            assertThatThrownBy(() -> hasty.query(PreparedText.of(ENDLESS), List.of()))
                    .hasMessage("the SQLite store 'lite' did not answer within 1 s");
            while (hasty.free() < 4) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void aFirstStatementThatNeverEndsIsCutAndEnds() {
        Duration second = Duration.ofSeconds(1);
        StoreSettings.Sqlite settings = new StoreSettings.Sqlite(
                folder.resolve("first.sqlite"),
                new StoreSettings.SqlTexts(Sql.QUERIES, List.of(ENDLESS)),
                Sql.limits(second));
        SqlBackend backend = SqlBackend.sqlite("first", settings);
        try (RemoteStore endless = Sql.store(backend, "the SQLite store 'first'", second)) {
            assertThatThrownBy(() -> endless.get("routes", "example.org")).hasMessageContaining("'first'");
            while (endless.free() < 4) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsAFailure() throws Exception {
        Path file = Files.writeString(
                folder.resolve("text"), "this is no database, but a text of some length\n".repeat(40));
        try (RemoteStore broken = Sql.sqlite(file, Duration.ofSeconds(2))) {
            assertThatThrownBy(() -> broken.get("routes", "example.org")).hasMessageContaining("not a database");
        }
        try (RemoteStore nowhere = Sql.sqlite(folder.resolve("no/such/folder/x"), Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> nowhere.get("routes", "example.org"))
                    .hasMessageStartingWith("the SQLite store 'lite'");
        }
    }
}
