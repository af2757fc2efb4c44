package dev.nexthop.config;

import dev.nexthop.lookup.LookupSettings;
import dev.nexthop.lookup.MemoryTable;
import dev.nexthop.lookup.StoreSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the stores that rules ask. */
final class LookupReader {
    /** The types of stores that are served. */
    static final List<String> TYPES = List.of("memory", "rocksdb", "sqlite", "postgresql", "redis");

    /** The id of the embedded store when the file defines none; no file can define it. */
    private static final String UNNAMED = "*";

    private final Values values;
    private final RemoteStoreReader remote;

    LookupReader(Values values) {
        this.values = values;
        this.remote = new RemoteStoreReader(values);
    }

    /**
     * Reads the stores.
     *
     * @param tables the tables {@code lookup.<id>}
     * @param data the folder of the store that keeps the queue
     */
    LookupSettings read(Map<String, Map<String, String>> tables, Path data) {
        Map<String, StoreSettings> stores = new LinkedHashMap<>();
        tables.forEach((id, table) -> stores.put(id, new StoreSettings.Memory(MemoryTable.of(table))));
        MemoryReader memory = new MemoryReader(
                values, tables.values().stream().mapToInt(Map::size).sum());
        List<String> ids = values.ids("store");
        for (String id : ids) {
            Optional<String> type =
                    values.optional(SettingsStore.STORE_TYPE, id).filter(TYPES::contains);
            if (type.isPresent() && free(id, tables)) {
                StoreKeys.check(values, id, type.get());
                stores.put(id, store(id, type.get(), data, memory));
            }
        }
        Optional<String> named = values.optional(SettingsStore.STORAGE_LOOKUP).filter(stores::containsKey);
        String fallback = named.orElseGet(() -> embedded(stores, data));
        return new LookupSettings(stores, fallback);
    }

    private boolean free(String id, Map<String, Map<String, String>> tables) {
        boolean reserved = id.isEmpty() || id.equals(UNNAMED) || id.equals(LookupSettings.DEFAULT);
        if (!reserved && !tables.containsKey(id)) {
            return true;
        }
        values.problems()
                .addKey(
                        Code.STORE_ID,
                        values.place("store", id),
                        Math.max(1, id.length()),
                        reserved
                                ? "'" + id + "' means the default store in rules and can't be the id of another"
                                : "there is a table lookup." + KeyPath.quoted(id) + ", too",
                        "choose another id");
        return false;
    }

    /** The embedded store of the mail, which is always there. */
    private static String embedded(Map<String, StoreSettings> stores, Path data) {
        StoreSettings own = new StoreSettings.Embedded(folder(data));
        for (Map.Entry<String, StoreSettings> store : stores.entrySet()) {
            if (store.getValue().equals(own)) {
                return store.getKey();
            }
        }
        stores.put(UNNAMED, own);
        return UNNAMED;
    }

    private static Path folder(Path store) {
        return store.resolve("lookup");
    }

    private StoreSettings store(String id, String type, Path data, MemoryReader memory) {
        return switch (type) {
            case "memory" -> new StoreSettings.Memory(memory.read(id));
            case "sqlite" -> remote.sqlite(id);
            case "postgresql" -> remote.postgres(id);
            case "redis" -> remote.redis(id);
            default -> {
                Optional<Path> path = values.optional(SettingsStore.STORE_PATH, id)
                        .map(it -> values.resolve(it, SettingsStore.STORE_PATH, id));
                yield new StoreSettings.Embedded(folder(path.orElse(data)));
            }
        };
    }
}
