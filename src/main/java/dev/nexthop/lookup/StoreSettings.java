package dev.nexthop.lookup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One store that rules may ask. Secrets never show in its text. */
public sealed interface StoreSettings {
    /**
     * What the word for it is in messages: {@code the PostgreSQL store}.
     *
     * @return one word or two
     */
    String noun();

    /**
     * Values in memory, fixed at load.
     *
     * @param table the values
     */
    record Memory(MemoryTable table) implements StoreSettings {
        @Override
        public String noun() {
            return "memory";
        }
    }

    /**
     * The embedded database of this host.
     *
     * @param folder where it lives; made when missing
     */
    record Embedded(Path folder) implements StoreSettings {
        @Override
        public String noun() {
            return "embedded";
        }
    }

    /**
     * An SQLite database.
     *
     * @param file its file; made when missing
     * @param texts the statements
     * @param limits how long, how many at once, how long an answer is kept
     */
    record Sqlite(Path file, SqlTexts texts, Limits limits) implements StoreSettings {
        @Override
        public String noun() {
            return "SQLite";
        }
    }

    /**
     * A PostgreSQL database.
     *
     * @param server where, and as whom
     * @param database its name
     * @param texts the statements
     * @param limits how long, how many at once, how long an answer is kept
     */
    record Postgres(Server server, String database, SqlTexts texts, Limits limits) implements StoreSettings {
        @Override
        public String noun() {
            return "PostgreSQL";
        }
    }

    /**
     * A Redis server.
     *
     * @param server where, and as whom
     * @param database its number
     * @param limits how long, how many at once, how long an answer is kept
     */
    record Redis(Server server, int database, Limits limits) implements StoreSettings {
        @Override
        public String noun() {
            return "Redis";
        }
    }

    /**
     * Where a server is.
     *
     * @param host its name or address
     * @param port its port, 1 to 65535
     * @param user whom to log in as; empty for nobody
     * @param password the password; empty for none, never shown
     * @param tls whether and how the connection is encrypted
     */
    record Server(String host, int port, String user, String password, Tls tls) {
        @Override
        public String toString() {
            return "Server[" + host + ":" + port + (user.isEmpty() ? "" : " as " + user) + ", " + tls + "]";
        }
    }

    /**
     * How a connection is encrypted.
     *
     * @param enabled whether it is
     * @param check whether the certificate must be valid for the host
     * @param authorities a file with the certificates to trust; empty for those of the platform
     */
    record Tls(boolean enabled, boolean check, Optional<Path> authorities) {
        /** No encryption. */
        public static final Tls NONE = new Tls(false, true, Optional.empty());
    }

    /**
     * The statements of an SQL store.
     *
     * @param queries statements by name, {@code store.<id>.query.<name>}
     * @param first what is executed before the first question, each on its own
     */
    record SqlTexts(Map<String, String> queries, List<String> first) {
        /** No statements. */
        public static final SqlTexts NONE = new SqlTexts(Map.of(), List.of());

        /** Copies both. */
        public SqlTexts {
            queries = Map.copyOf(queries);
            first = List.copyOf(first);
        }
    }

    /**
     * What bounds the questions to a store.
     *
     * @param timeout the longest that one question takes, connecting included
     * @param connections the most connections, and questions under way at once
     * @param cache how long answers are kept
     */
    record Limits(Duration timeout, int connections, Cache cache) {}

    /**
     * How long answers are kept.
     *
     * @param size the most answers; 0 keeps none
     * @param found how long what was found is kept
     * @param missing how long it is remembered that nothing was found
     */
    record Cache(int size, Duration found, Duration missing) {}
}
