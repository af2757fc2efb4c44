package dev.nexthop.lookup;

import com.zaxxer.hikari.HikariDataSource;
import dev.nexthop.expr.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database over JDBC. What reads does so in a read-only transaction. */
final class SqlBackend implements Backend {
    /** Statements for keys and counters unless {@code store.<id>.query} has others of the same names. */
    private static final Map<String, String> OWN = Map.of(
            "key-get",
            "SELECT value FROM nexthop_values WHERE name = ?",
            "key-set",
            "INSERT INTO nexthop_values (name, value) VALUES (?, ?)"
                    + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            "counter-get",
            "SELECT value FROM nexthop_counters WHERE name = ?",
            "counter-incr",
            "INSERT INTO nexthop_counters (name, value) VALUES (?, ?)"
                    + " ON CONFLICT (name) DO UPDATE SET value = nexthop_counters.value + excluded.value"
                    + " RETURNING value");

    private static final Logger LOG = LoggerFactory.getLogger(SqlBackend.class);

    private final HikariDataSource pool;
    private final SqlDialect dialect;
    private final StoreSettings.SqlTexts texts;
    private final SqlFailures failures;
    private final int seconds;
    private final ReentrantLock first = new ReentrantLock();
    private volatile boolean prepared;

    private SqlBackend(
            HikariDataSource pool,
            SqlDialect dialect,
            StoreSettings.SqlTexts texts,
            String password,
            Duration timeout) {
        this.pool = pool;
        this.dialect = dialect;
        this.texts = texts;
        this.failures = new SqlFailures(password);
        this.seconds = SqlPools.seconds(timeout);
        this.prepared = texts.first().isEmpty();
    }

    static SqlBackend sqlite(String id, StoreSettings.Sqlite settings) {
        return new SqlBackend(
                SqlPools.sqlite(id, settings),
                SqlDialect.SQLITE,
                settings.texts(),
                "",
                settings.limits().timeout());
    }

    static SqlBackend postgres(String id, StoreSettings.Postgres settings) {
        return new SqlBackend(
                SqlPools.postgres(id, settings),
                SqlDialect.POSTGRESQL,
                settings.texts(),
                settings.server().password(),
                settings.limits().timeout());
    }

    @Override
    public boolean isNative() {
        return dialect == SqlDialect.SQLITE;
    }

    @Override
    public @Nullable String get(String query, String key) throws StoreFailure {
        List<List<Value>> rows = rows(text(query.isEmpty() ? "key-get" : query, 1), List.of(Value.of(key)), 1);
        return rows.isEmpty() || rows.getFirst().isEmpty()
                ? null
                : rows.getFirst().getFirst().asText();
    }

    @Override
    public boolean exists(String query, String key) throws StoreFailure {
        boolean own = query.isEmpty() && texts.queries().containsKey("key-exists");
        String name = own ? "key-exists" : query.isEmpty() ? "key-get" : query;
        return !rows(text(name, 1), List.of(Value.of(key)), 1).isEmpty();
    }

    @Override
    public void set(String key, String value) throws StoreFailure {
        ask(text("key-set", 2), List.of(Value.of(key), Value.of(value)), statement -> {
            statement.execute();
            return 0;
        });
    }

    @Override
    public long increment(String key, long by) throws StoreFailure {
        return number(text("counter-incr", 2), List.of(Value.of(key), Value.of(by)));
    }

    @Override
    public long counter(String key) throws StoreFailure {
        return number(text("counter-get", 1), List.of(Value.of(key)));
    }

    private long number(PreparedText text, List<Value> arguments) throws StoreFailure {
        List<List<Value>> rows = rows(text, arguments, 1);
        if (rows.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(rows.getFirst().getFirst().asText());
        } catch (NumberFormatException e) {
            throw new StoreFailure("the counter is no whole number", false, e);
        }
    }

    @Override
    public Value query(PreparedText text, List<Value> arguments) throws StoreFailure {
        return ask(text, arguments, statement -> {
            statement.setMaxRows(SqlRows.MAX_ROWS + 1);
            if (!statement.execute()) {
                return Value.of((long) statement.getUpdateCount());
            }
            try (ResultSet results = statement.getResultSet()) {
                return SqlRows.value(SqlRows.read(results));
            }
        });
    }

    private List<List<Value>> rows(PreparedText text, List<Value> arguments, int most) throws StoreFailure {
        return ask(text, arguments, statement -> {
            statement.setMaxRows(most);
            if (!statement.execute()) {
                throw new StoreFailure("the statement gives no rows");
            }
            try (ResultSet results = statement.getResultSet()) {
                return SqlRows.read(results);
            }
        });
    }

    private PreparedText text(String name, int arguments) throws StoreFailure {
        String written = texts.queries().get(name);
        String statement = written == null ? OWN.get(name) : written;
        if (statement == null) {
            throw new StoreFailure("there is no query '" + name + "'");
        }
        PreparedText text = PreparedText.of(statement);
        if (text.arguments() != arguments) {
            throw new StoreFailure(
                    "the query '" + name + "' takes " + text.arguments() + " arguments, not " + arguments);
        }
        return text;
    }

    private interface Work<T> {
        T on(PreparedStatement statement) throws SQLException, StoreFailure;
    }

    private interface Step<T> {
        T run() throws SQLException, StoreFailure;
    }

    private <T> T ask(PreparedText text, List<Value> arguments, Work<T> work) throws StoreFailure {
        try (Connection connection = pool.getConnection()) {
            prepare(connection);
            connection.setAutoCommit(false);
            dialect.readOnly(connection, text.reads());
            try (PreparedStatement statement = connection.prepareStatement(text.sql())) {
                bind(statement, text, arguments);
                T answer = bounded(statement, () -> work.on(statement));
                connection.commit();
                return answer;
            }
        } catch (SQLException e) {
            throw failures.failure(e, arguments);
        }
    }

    /** SQLite runs in this process, where only another thread can end a statement; PostgreSQL ends it itself. */
    private <T> T bounded(Statement statement, Step<T> step) throws SQLException, StoreFailure {
        if (!isNative()) {
            return step.run();
        }
        CountDownLatch done = new CountDownLatch(1);
        Thread.ofVirtual().name("lookup-end").start(() -> endLate(statement, done));
        try {
            return step.run();
        } finally {
            done.countDown();
        }
    }

    private void endLate(Statement statement, CountDownLatch done) {
        try {
            if (!done.await(seconds, TimeUnit.SECONDS)) {
                statement.cancel();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nobody interrupts this thread; the statement ends by itself.
        } catch (SQLException e) {
            LOG.warn(
                    "a statement that took too long could not be ended: {}",
                    e.getClass().getSimpleName());
        }
    }

    private static void bind(PreparedStatement statement, PreparedText text, List<Value> arguments)
            throws SQLException, StoreFailure {
        for (int i = 0; i < text.order().size(); i++) {
            switch (arguments.get(text.order().get(i))) {
                case Value.Text(String it) -> {
                    if (it.indexOf('\0') >= 0) {
                        throw new StoreFailure("an argument holds the character U+0000, which no database takes");
                    }
                    statement.setString(i + 1, it);
                }
                case Value.Int(long number) -> statement.setLong(i + 1, number);
                case Value.Real(double number) -> statement.setDouble(i + 1, number);
                case Value.Array _ ->
                    throw new StoreFailure("argument " + (i + 1) + " is a list, and a statement takes none");
            }
        }
    }

    /** The statements that come before the first question. */
    private void prepare(Connection connection) throws SQLException, StoreFailure {
        if (prepared) {
            return;
        }
        enter();
        try {
            if (prepared) {
                return;
            }
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                for (String text : new ArrayList<>(texts.first())) {
                    bounded(statement, () -> statement.execute(text));
                }
            }
            prepared = true;
        } finally {
            first.unlock();
        }
    }

    /** Another question may be at the first statements; it is waited for as long as for an answer. */
    private void enter() throws StoreFailure {
        try {
            if (!first.tryLock(seconds, TimeUnit.SECONDS)) {
                throw new StoreFailure("the statements of init.execute did not end within " + seconds + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreFailure("the question was given up before the statements of init.execute ended", true, e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
