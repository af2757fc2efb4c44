package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Value;
import dev.nexthop.tls.TestCertificates;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class PostgresStoreTest extends SqlStoreContract {
    private static final Duration TIME = Duration.ofSeconds(5);

    @TempDir
    static Path folder;

    private EmbeddedPostgres server;
    private RemoteStore store;

    @BeforeAll
    void start() throws Exception {
        server = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .start();
        execute("CREATE ROLE keeper LOGIN PASSWORD 'hush'");
        Path access = folder.resolve("data/pg_hba.conf");
        Files.writeString(access, "host all keeper all scram-sha-256\n" + Files.readString(access));
        execute("SELECT pg_reload_conf()");
        store = Sql.postgres(at("postgres", "", StoreSettings.Tls.NONE), Sql.TABLES, TIME);
    }

    @AfterAll
    void stop() throws Exception {
        store.close();
        server.close();
    }

    @Override
    RemoteStore store() {
        return store;
    }

    private void execute(String... statements) throws Exception {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    private StoreSettings.Server at(String user, String password, StoreSettings.Tls tls) {
        return new StoreSettings.Server("localhost", server.getPort(), user, password, tls);
    }

    private Value ask(String statement) throws LookupException {
        return store.query(PreparedText.of(statement), List.of());
    }

    @Test
    void typesOfPostgresBecomeValues() throws Exception {
        assertThat(ask("SELECT true, 2::smallint, 3.5::float8, 7::numeric, 1.25::numeric, 'x'::char(3)"))
                .isEqualTo(Value.of(List.of(
                        Value.of(1),
                        Value.of(2),
                        new Value.Real(3.5),
                        Value.of(7),
                        new Value.Real(1.25),
                        Value.of("x  "))));
        assertThat(ask("SELECT ARRAY['a', 'b']")).isEqualTo(Value.ofTexts(List.of("a", "b")));
        assertThat(ask("SELECT '6f2f3c56-0000-4000-8000-000000000000'::uuid"))
                .isEqualTo(Value.of("6f2f3c56-0000-4000-8000-000000000000"));
        assertThatThrownBy(() -> ask("SELECT '\\x00'::bytea")).hasMessageContaining("octets");
    }

    @Test
    void aStatementThatSleepsIsEndedThereToo() throws Exception {
        try (RemoteStore hasty =
                Sql.postgres(at("postgres", "", StoreSettings.Tls.NONE), List.of(), Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> hasty.query(PreparedText.of("SELECT pg_sleep(600)"), List.of()))
                    .hasMessageMatching("the PostgreSQL store 'pg' (did not answer within 1 s"
                            + "|refused the question: the statement took too long and was ended)");
            while (hasty.free() < 4) {
                LockSupport.parkNanos(1_000_000);
            }
            while (!ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'")
                    .equals(Value.of(0))) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void aWrongPasswordIsSaidWithoutThePassword() throws Exception {
        try (RemoteStore wrong = Sql.postgres(at("keeper", "sesame", StoreSettings.Tls.NONE), List.of(), TIME);
                RemoteStore right = Sql.postgres(at("keeper", "hush", StoreSettings.Tls.NONE), List.of(), TIME)) {
            assertThatThrownBy(() -> wrong.query(PreparedText.of("SELECT 1"), List.of()))
                    .hasMessageContaining("password authentication failed for user \"keeper\"")
                    .hasMessageNotContaining("sesame");
            assertThat(right.query(PreparedText.of("SELECT 1"), List.of())).isEqualTo(Value.of(1));
        }
    }

    @Test
    void wordsThatRepeatAnArgumentAreNotShown() {
        assertThatThrownBy(
                        () -> store.query(PreparedText.of("SELECT ?::integer"), List.of(Value.of("jane@example.org"))))
                .hasMessage("the PostgreSQL store 'pg' refused the question: the database refused it in words that hold"
                        + " an argument and are not shown (SQLSTATE 22P02)");
    }

    @Test
    void aServerThatHangsIsCut() throws Exception {
        try (HangingServer hanging = new HangingServer();
                RemoteStore hung = Sql.postgres(
                        new StoreSettings.Server("localhost", hanging.port(), "u", "", StoreSettings.Tls.NONE),
                        List.of(),
                        Duration.ofMillis(700))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> hung.get("routes", "example.org"))
                    .hasMessageStartingWith("the PostgreSQL store 'pg' ");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThatThrownBy(() -> hung.get("routes", "example.org")).hasMessageContaining("so soon after a failure");
            while (hung.free() < 4) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void aServerThatDiesAndComesBackIsAskedAgain() throws Exception {
        int port;
        Path data = folder.resolve("mortal");
        try (EmbeddedPostgres mortal = start(data, 0)) {
            port = mortal.getPort();
        }
        StoreSettings.Server there =
                new StoreSettings.Server("localhost", port, "postgres", "", StoreSettings.Tls.NONE);
        try (RemoteStore asked = Sql.postgres(there, Sql.TABLES, Duration.ofSeconds(2))) {
            assertThatThrownBy(() -> asked.get("routes", "example.org"))
                    .isInstanceOf(LookupException.class)
                    .hasMessageContaining("refused");
            try (EmbeddedPostgres _ = start(data, port)) {
                assertThat(eventually(asked)).isEqualTo("relay");
            }
            assertThatThrownBy(() -> asked.get("routes", "example.org")).isInstanceOf(LookupException.class);
            try (EmbeddedPostgres _ = start(data, port)) {
                assertThat(eventually(asked)).isEqualTo("relay");
            }
        }
    }

    private static EmbeddedPostgres start(Path data, int port) throws Exception {
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false);
        return port == 0 ? builder.start() : builder.setPort(port).start();
    }

    /** Failures are quick while the store is left alone, so this asks until it is asked again. */
    private static String eventually(RemoteStore store) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            try {
                return String.valueOf(store.get("routes", "example.org"));
            } catch (LookupException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void theCertificateMustBeTheHosts() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path ca = authority.pem(folder);
        authority.serverPem(folder, "localhost");
        Files.setPosixFilePermissions(folder.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
        try (EmbeddedPostgres secured = EmbeddedPostgres.builder()
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", folder.resolve("server.pem").toString())
                .setServerConfig("ssl_key_file", folder.resolve("server.key").toString())
                .start()) {
            for (boolean known : List.of(true, false)) {
                StoreSettings.Tls tls = new StoreSettings.Tls(true, true, known ? Optional.of(ca) : Optional.empty());
                StoreSettings.Server there =
                        new StoreSettings.Server("localhost", secured.getPort(), "postgres", "", tls);
                try (RemoteStore asked = Sql.postgres(there, List.of(), Duration.ofSeconds(3))) {
                    PreparedText encrypted =
                            PreparedText.of("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
                    if (known) {
                        assertThat(asked.query(encrypted, List.of())).isEqualTo(Value.of(1));
                    } else {
                        assertThatThrownBy(() -> asked.query(encrypted, List.of()))
                                .hasMessageContaining("certification path");
                    }
                }
            }
        }
    }
}
