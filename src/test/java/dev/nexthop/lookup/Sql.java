package dev.nexthop.lookup;

import com.github.benmanes.caffeine.cache.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** SQL stores for tests, without a cache. */
final class Sql {
    /** What the manual says to make. */
    static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS nexthop_values (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS nexthop_counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS routes (domain TEXT PRIMARY KEY, hop TEXT NOT NULL, weight INTEGER)",
            "DELETE FROM routes",
            "INSERT INTO routes VALUES ('example.org', 'relay', 10), ('example.net', 'bulk', 20)");

    static final Map<String, String> QUERIES = Map.of("routes", "SELECT hop FROM routes WHERE domain = $1");

    private Sql() {}

    static StoreSettings.Limits limits(Duration timeout) {
        return new StoreSettings.Limits(
                timeout, 4, new StoreSettings.Cache(0, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }

    static RemoteStore sqlite(Path file, Duration timeout) {
        StoreSettings.Sqlite settings =
                new StoreSettings.Sqlite(file, new StoreSettings.SqlTexts(QUERIES, TABLES), limits(timeout));
        return store(SqlBackend.sqlite("lite", settings), "the SQLite store 'lite'", timeout);
    }

    static RemoteStore postgres(StoreSettings.Server server, List<String> first, Duration timeout) {
        StoreSettings.Postgres settings = new StoreSettings.Postgres(
                server, "postgres", new StoreSettings.SqlTexts(QUERIES, first), limits(timeout));
        return store(SqlBackend.postgres("pg", settings), "the PostgreSQL store 'pg'", timeout);
    }

    static RemoteStore store(Backend backend, String label, Duration timeout) {
        Guard guard = new Guard(label, limits(timeout), backend.isNative(), System::nanoTime);
        return new RemoteStore(backend, guard, limits(timeout).cache(), Ticker.systemTicker());
    }
}
