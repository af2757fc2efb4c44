package dev.nexthop.config;

import dev.nexthop.lookup.TableReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of the stores that rules ask. */
final class SettingsLookup {
    static final Setting<TableReader.Format> FORMAT = Setting.of(
            "store.<id>.format",
            Kinds.word(formats()),
            "What a store in memory holds: values, keys with values, patterns with * and ?, regular expressions, CSV.",
            "\"list\"");

    static final Setting<Node> VALUES = Setting.of(
            "store.<id>.values",
            new AnyKind("list, table or file URL"),
            "What a store in memory holds: a list, a table, lines such as \"key value\", or file: and a path.",
            "[\"example.org\", \"example.com\"]");

    static final Setting<String> COMMENT = Setting.of(
                    "store.<id>.comment", Kinds.TEXT, "Lines of files that begin like this are no entries.", "\"#\"")
            .or("#");

    static final Setting<String> SEPARATOR = Setting.of(
                    "store.<id>.separator",
                    new Plain<>("text", "a text of at least one character", text -> text.isEmpty() ? null : text),
                    "What parts key and value in the lines of a map, or the fields of CSV.",
                    "\",\"")
            .orElse("a space; a comma for CSV");

    static final Setting<Integer> KEY_COLUMN = Setting.of(
                    "store.<id>.key-column", Kinds.count(1, 1_000), "The field of CSV that is the key.", "2")
            .or("1")
            .ours();

    static final Setting<Integer> VALUE_COLUMN = Setting.of(
                    "store.<id>.value-column",
                    Kinds.count(0, 1_000),
                    "The field of CSV that is the value; 0 when the key is its own value.",
                    "3")
            .or("2")
            .ours();

    static final Setting<Integer> SKIP = Setting.of(
                    "store.<id>.skip-lines",
                    Kinds.count(0, 1_000),
                    "How many lines of a file come before the first entry, such as the names of the columns.",
                    "1")
            .or("0")
            .ours();

    static final Setting<String> HOST = Setting.of(
            "store.<id>.host",
            new Plain<>(
                    "host name or address",
                    "a host name such as db.example.org, or an address",
                    text -> Texts.isHost(text) || Texts.address(text) != null ? text : null),
            "The host of a PostgreSQL server.",
            "\"db.example.org\"");

    static final Setting<Integer> PORT = Setting.of(
                    "store.<id>.port", Kinds.count(1, 65_535), "The port of a PostgreSQL server.", "5432")
            .or("5432");

    static final Setting<String> DATABASE =
            Setting.of("store.<id>.database", Kinds.NAME, "The database of a PostgreSQL server.", "\"mail\"");

    static final Setting<String> USER = Setting.of(
                    "store.<id>.user", Kinds.TEXT, "The name to log in with at PostgreSQL or Redis.", "\"mail\"")
            .or("");

    static final Setting<String> USERNAME = Setting.of(
                    "store.<id>.username", Kinds.TEXT, "The same as user, for Redis.", "\"mail\"")
            .or("");

    static final Setting<String> PASSWORD = Setting.of(
                    "store.<id>.password",
                    Kinds.TEXT,
                    "The password at PostgreSQL or Redis.",
                    "\"%{file:/etc/nexthop/db.secret}%\"")
            .or("")
            .secret();

    static final Setting<Duration> TIMEOUT = Setting.of(
                    "store.<id>.timeout",
                    Kinds.DURATION,
                    "The longest that one question takes, connecting included; then it has failed.",
                    "\"2s\"")
            .or("5s");

    static final Setting<Integer> CONNECTIONS = Setting.of(
                    "store.<id>.pool.max-connections",
                    Kinds.count(1, 1_000),
                    "The most connections of a store, and questions under way at once.",
                    "20")
            .or("10");

    static final Setting<Boolean> TLS = Setting.of(
                    "store.<id>.tls.enable", Kinds.TRUTH, "Whether the connection to PostgreSQL is encrypted.", "true")
            .or("false");

    static final Setting<Boolean> INVALID_CERTS = Setting.of(
                    "store.<id>.tls.allow-invalid-certs",
                    Kinds.TRUTH,
                    "Whether a server may show any certificate.",
                    "false")
            .or("false");

    static final Setting<Path> CA = Setting.of(
                    "store.<id>.tls.ca",
                    Kinds.PATH,
                    "A file in PEM with the authorities to trust, in place of the system's.",
                    "\"/etc/nexthop/db-ca.pem\"")
            .ours();

    static final Setting<String> QUERY = Setting.of(
            "store.<id>.query.<name>",
            Kinds.NAME,
            "A statement for key_get('id/name', key): the key is its argument; some names replace built-in statements.",
            "\"SELECT hop FROM routes WHERE domain = $1\"");

    static final Setting<List<String>> INIT = Setting.of(
                    "store.<id>.init.execute",
                    Kinds.NAME.list(),
                    "Statements that are executed before the first question to an SQL store.",
                    "[\"CREATE TABLE IF NOT EXISTS routes (domain TEXT PRIMARY KEY, hop TEXT NOT NULL)\"]")
            .or("[]");

    static final Setting<Boolean> REDIS_CLUSTER = Setting.of(
                    "store.<id>.redis-type",
                    Kinds.word(redisTypes()),
                    "Which setup of Redis; single is served.",
                    "\"single\"")
            .or("single");

    static final Setting<List<String>> URLS = Setting.of(
                    "store.<id>.urls",
                    Kinds.NAME.list(),
                    "Where Redis is: redis[s]://[user:password@]host[:port][/database][#insecure]; exactly one.",
                    "[\"rediss://redis.example.org/1\"]")
            .secret();

    static final Setting<String> URL = Setting.of(
                    "store.<id>.url", Kinds.NAME, "The same as urls with one.", "\"redis://127.0.0.1:6379\"")
            .secret();

    static final Setting<Integer> CACHE_SIZE = Setting.of(
                    "store.<id>.cache.size",
                    Kinds.count(0, 10_000_000),
                    "The most answers of a store that are kept; counters never are.",
                    "0")
            .or("10000")
            .ours();

    static final Setting<Duration> CACHE_FOUND = Setting.of(
                    "store.<id>.cache.ttl.positive",
                    Kinds.DURATION,
                    "How long an answer is kept: until then a change in the store goes unseen.",
                    "\"5m\"")
            .or("30s")
            .ours();

    static final Setting<Duration> CACHE_MISSING = Setting.of(
                    "store.<id>.cache.ttl.negative",
                    Kinds.DURATION,
                    "How long it is remembered that a store has no such key; failures are never remembered.",
                    "\"1m\"")
            .or("10s")
            .ours();

    private SettingsLookup() {}

    /** Whatever stands there; who reads it says what is wrong. */
    private record AnyKind(String noun) implements Kind<Node> {
        @Override
        public @Nullable Node read(Node node, Reading reading) {
            return node instanceof Node.Broken ? null : node;
        }
    }

    static List<Setting<?>> all() {
        return List.of(
                FORMAT,
                VALUES,
                COMMENT,
                SEPARATOR,
                KEY_COLUMN,
                VALUE_COLUMN,
                SKIP,
                HOST,
                PORT,
                DATABASE,
                USER,
                USERNAME,
                PASSWORD,
                TIMEOUT,
                CONNECTIONS,
                TLS,
                INVALID_CERTS,
                CA,
                QUERY,
                INIT,
                REDIS_CLUSTER,
                URLS,
                URL,
                CACHE_SIZE,
                CACHE_FOUND,
                CACHE_MISSING);
    }

    private static Map<String, TableReader.Format> formats() {
        Map<String, TableReader.Format> words = new LinkedHashMap<>();
        for (TableReader.Format format : TableReader.Format.values()) {
            words.put(format.name().toLowerCase(Locale.ROOT), format);
        }
        return words;
    }

    private static Map<String, Boolean> redisTypes() {
        Map<String, Boolean> words = new LinkedHashMap<>();
        words.put("single", false);
        words.put("cluster", true);
        return words;
    }
}
