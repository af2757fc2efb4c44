package dev.nexthop.config;

import dev.nexthop.queue.SpoolSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads where data is kept, and the look-up tables. */
final class StoreReader {
    private static final String SERVED = "rocksdb";
    private static final List<Setting<String>> ROLES = List.of(
            SettingsStore.STORAGE_DATA,
            SettingsStore.STORAGE_BLOB,
            SettingsStore.STORAGE_LOOKUP,
            SettingsStore.STORAGE_FTS);

    private final Values values;
    private final @Nullable Path folder;

    /**
     * A reader.
     *
     * @param folder what relative paths begin at; null for the working directory
     */
    StoreReader(Values values, @Nullable Path folder) {
        this.values = values;
        this.folder = folder;
    }

    Configuration.Stores stores() {
        List<String> ids = values.ids("store");
        List<String> used = ROLES.stream()
                .map(role -> role(role, ids))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        for (Setting<String> role : List.of(SettingsStore.STORAGE_DATA, SettingsStore.STORAGE_BLOB)) {
            values.optional(role).filter(ids::contains).ifPresent(id -> keeps(role, id));
        }
        for (String id : ids) {
            type(id, used.contains(id) || ids.size() == 1);
        }
        Path path = path(ids);
        int memoryBody = Math.toIntExact(Math.min(values.value(SettingsQueue.MEMORY_BODY), 64L * 1024 * 1024));
        long reserve = values.value(SettingsQueue.RESERVE);
        SpoolSettings spool = new SpoolSettings(path.resolve("spool"), memoryBody, reserve);
        return new Configuration.Stores(path, spool, path.resolve("mailbox"));
    }

    /** The store in a role, empty when nobody says or it is not defined; the latter is reported. */
    private Optional<String> role(Setting<String> role, List<String> ids) {
        Optional<String> id = values.optional(role);
        if (id.isPresent() && !ids.contains(id.get())) {
            undefined(values, role, "store", id.get(), ids);
            return Optional.empty();
        }
        return id;
    }

    static void undefined(Values values, Setting<?> setting, String kind, String id, List<String> ids, String... path) {
        String near = Nearest.to(id, ids);
        String defined = ids.isEmpty() ? "none is defined" : "defined: " + String.join(", ", ids);
        values.wrong(
                setting,
                Code.UNKNOWN_ID,
                "there is no " + kind + " '" + id + "'",
                near == null ? defined : "did you mean '" + near + "'? " + defined,
                path);
    }

    private void type(String id, boolean used) {
        int at = values.place("store", id);
        Optional<String> type = values.required(SettingsStore.STORE_TYPE, at, "write type = \"rocksdb\"", id);
        if (type.isPresent() && !LookupReader.TYPES.contains(type.get())) {
            values.wrong(
                    SettingsStore.STORE_TYPE,
                    used ? Code.KIND_NOT_SERVED : Code.STORE_NOT_SERVED,
                    "stores of type '" + type.get() + "' are not served yet",
                    "served are: " + String.join(", ", LookupReader.TYPES),
                    id);
        }
    }

    private boolean keepsMail(String id) {
        return values.optional(SettingsStore.STORE_TYPE, id)
                .filter(SERVED::equals)
                .isPresent();
    }

    private Path path(List<String> ids) {
        List<String> fit = ids.stream().filter(this::keepsMail).toList();
        Optional<String> data = values.optional(SettingsStore.STORAGE_DATA).filter(ids::contains);
        String id = data.orElseGet(() -> fit.size() == 1 ? fit.getFirst() : "");
        if (id.isEmpty() && fit.size() > 1 && !values.given(SettingsStore.STORAGE_DATA)) {
            values.missing("storage.data is not set, and there are several stores", values.place("store"), "name one");
        }
        if (id.isEmpty()) {
            return resolve(Path.of("data"));
        }
        String hint = "write path = \"/var/lib/nexthop\"";
        return values.required(SettingsStore.STORE_PATH, values.place("store", id), hint, id)
                .map(path -> values.resolve(path, SettingsStore.STORE_PATH, id).normalize())
                .orElseGet(() -> resolve(Path.of("data")));
    }

    /** Mail is kept by the embedded database alone. */
    private void keeps(Setting<String> role, String id) {
        Optional<String> type = values.optional(SettingsStore.STORE_TYPE, id);
        if (type.isPresent()
                && LookupReader.TYPES.contains(type.get())
                && !type.get().equals(SERVED)) {
            values.wrong(
                    role,
                    Code.KIND_NOT_SERVED,
                    "'" + id + "' is of type " + type.get() + ", which rules can ask, but which can't keep mail",
                    "name a store of type rocksdb");
        }
    }

    private Path resolve(Path path) {
        return (folder == null ? path : folder.resolve(path)).normalize();
    }

    /** The tables {@code lookup.<id>.<key>}. */
    Map<String, Map<String, String>> tables() {
        Map<String, Map<String, String>> tables = new LinkedHashMap<>();
        for (String id : values.ids("lookup")) {
            Map<String, String> table = new LinkedHashMap<>();
            for (String key : values.ids("lookup", id)) {
                values.optional(SettingsStore.LOOKUP, id, key).ifPresent(value -> table.put(key, value));
            }
            tables.put(id, Map.copyOf(table));
        }
        return Map.copyOf(tables);
    }
}
