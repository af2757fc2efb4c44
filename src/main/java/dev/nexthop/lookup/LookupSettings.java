package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The stores that rules may ask.
 *
 * @param stores by id, in the order of the file; the table {@code default} always exists and is {@link StoreSettings.Memory}
 * @param fallback the id of the store that {@code ''} and {@code '*'} mean for keys that the table {@code default} does not
 *     have, and for every counter; empty when there is none
 */
public record LookupSettings(Map<String, StoreSettings> stores, String fallback) {
    /** The table that {@code ''} and {@code '*'} ask first. */
    public static final String DEFAULT = "default";

    /** No stores but an empty table {@code default}. */
    public static final LookupSettings NONE = new LookupSettings(Map.of(), "");

    /** Copies the map and adds the table {@code default} when it is missing. */
    public LookupSettings {
        Map<String, StoreSettings> copy = new LinkedHashMap<>();
        copy.put(DEFAULT, new StoreSettings.Memory(MemoryTable.of(Map.of())));
        copy.putAll(stores);
        stores = Collections.unmodifiableMap(copy);
        if (!(copy.get(DEFAULT) instanceof StoreSettings.Memory)) {
            throw new IllegalArgumentException("the store 'default' is a table in memory");
        }
        if (!fallback.isEmpty() && !copy.containsKey(fallback)) {
            throw new IllegalArgumentException("there is no store '" + fallback + "'");
        }
    }

    /**
     * What is wrong with an id that a rule names.
     *
     * @param id as it is written there
     * @param sql whether the store must take SQL
     * @return one phrase; empty when the id can be asked
     */
    public Optional<String> unknown(String id, boolean sql) {
        try {
            StoreSettings store = StoreIds.known(this, id);
            boolean speaks = store instanceof StoreSettings.Sqlite || store instanceof StoreSettings.Postgres;
            boolean whole = StoreIds.resolve(this, id).query().isEmpty();
            return !sql || speaks && whole
                    ? Optional.empty()
                    : Optional.of(String.valueOf(StoreIds.noSql(id).getMessage()));
        } catch (LookupException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Tables in memory alone.
     *
     * @param tables values by table and key
     * @return the settings
     */
    public static LookupSettings ofTables(Map<String, Map<String, String>> tables) {
        Map<String, StoreSettings> stores = new LinkedHashMap<>();
        tables.forEach((id, values) -> stores.put(id, new StoreSettings.Memory(MemoryTable.of(values))));
        return new LookupSettings(stores, "");
    }
}
