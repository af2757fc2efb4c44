package dev.nexthop.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Which settings a type of store has; others would have no effect unseen. */
final class StoreKeys {
    private static final List<Setting<?>> REMOTE = List.of(
            SettingsLookup.TIMEOUT,
            SettingsLookup.CONNECTIONS,
            SettingsLookup.CACHE_SIZE,
            SettingsLookup.CACHE_FOUND,
            SettingsLookup.CACHE_MISSING);

    private static final Map<String, List<Setting<?>>> OWN = Map.of(
            "memory",
            List.of(
                    SettingsLookup.FORMAT,
                    SettingsLookup.VALUES,
                    SettingsLookup.COMMENT,
                    SettingsLookup.SEPARATOR,
                    SettingsLookup.KEY_COLUMN,
                    SettingsLookup.VALUE_COLUMN,
                    SettingsLookup.SKIP),
            "rocksdb",
            List.of(SettingsStore.STORE_PATH),
            "sqlite",
            List.of(SettingsStore.STORE_PATH, SettingsLookup.INIT),
            "postgresql",
            List.of(
                    SettingsLookup.HOST,
                    SettingsLookup.PORT,
                    SettingsLookup.DATABASE,
                    SettingsLookup.USER,
                    SettingsLookup.PASSWORD,
                    SettingsLookup.TLS,
                    SettingsLookup.INVALID_CERTS,
                    SettingsLookup.CA,
                    SettingsLookup.INIT),
            "redis",
            List.of(
                    SettingsLookup.REDIS_CLUSTER,
                    SettingsLookup.URLS,
                    SettingsLookup.URL,
                    SettingsLookup.USER,
                    SettingsLookup.USERNAME,
                    SettingsLookup.PASSWORD,
                    SettingsLookup.CA));

    private static final List<String> ANSWER_AT_ONCE = List.of("memory", "rocksdb");
    private static final List<String> SQL = List.of("sqlite", "postgresql");

    private StoreKeys() {}

    /** Reports settings that stores of a type don't have. */
    static void check(Values values, String id, String type) {
        List<Setting<?>> own = OWN.getOrDefault(type, List.of());
        Stream.concat(SettingsLookup.all().stream(), Stream.of(SettingsStore.STORE_PATH))
                .filter(setting -> !setting.equals(SettingsLookup.QUERY))
                .filter(setting -> !own.contains(setting))
                .filter(setting -> ANSWER_AT_ONCE.contains(type) || !REMOTE.contains(setting))
                .filter(setting -> values.given(setting, id))
                .forEach(setting -> without(values, setting, id, type));
        if (!SQL.contains(type)) {
            values.ids("store", id, "query").stream()
                    .limit(1)
                    .forEach(name -> without(values, SettingsLookup.QUERY, id, type, name));
        }
    }

    private static void without(Values values, Setting<?> setting, String id, String type, String... more) {
        String[] ids = Stream.concat(Stream.of(id), Stream.of(more)).toArray(String[]::new);
        values.problems()
                .addKey(
                        Code.STORE_KEY,
                        values.at(setting, ids),
                        1,
                        setting.key().with(ids) + " has no effect: the store is of type " + type,
                        "");
    }
}
